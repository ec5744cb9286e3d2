#include "data/acquire/feeds/feed.h"

#include <utility>

#include "data/acquire/dates.h"
#include "data/acquire/feeds/entries.h"
#include "data/acquire/pages/page.h"
#include "text/unicode.h"

namespace yupu::data {
namespace {

constexpr std::size_t kMapsMax = 1000;

// HTML that is nested too deep is taken as it is written.
std::string plain(std::string_view written) {
  if (written.find_first_of("<&") == std::string_view::npos) return text::collapse_whitespace(written);
  auto words = words_of_html(written);
  return words.ok() ? std::move(words).value() : text::collapse_whitespace(written);
}

Status read_list(std::string_view html, const http::Url& url, const FeedOptions& options, EntryWriter& writer) {
  const auto page = read_page(html, url);
  if (!page.ok()) return invalid_argument(page.status().message(), "html");
  writer.set_title(page->title);
  for (const PageLink& link : page->links) {
    const bool other = link.url.host != url.host || link.url.target() == url.target();
    if (other || link.words.size() < options.title_bytes_min ||
        link.url.path.find(options.link_part) == std::string::npos)
      continue;
    const std::string address = link.url.text();
    WrittenEntry entry;
    entry.url = address;
    entry.title = link.words;
    writer.add(entry);
  }
  return ok_status();
}

}  // namespace

void EntryWriter::set_title(std::string_view title) { feed_.title = plain(title); }

void EntryWriter::add_map(std::string_view address) {
  const auto url = http::resolve_url(url_, address);
  if (url.ok() && feed_.maps.size() < kMapsMax) feed_.maps.push_back(url->text());
}

void EntryWriter::add(const WrittenEntry& written) {
  if (feed_.entries.size() >= options_.entries_max) {
    ++feed_.more_entries;
    return;
  }
  FeedEntry entry;
  entry.id = text::collapse_whitespace(written.id);
  if (!written.url.empty()) {
    // One that is none is kept as it is: whoever takes the entry refuses it by its reason.
    const auto url = http::resolve_url(url_, written.url);
    entry.url = url.ok() ? url->text() : text::collapse_whitespace(written.url);
  }
  entry.title = plain(written.title);
  entry.text = plain(written.text);
  entry.publisher = plain(written.publisher);
  entry.changed = text::collapse_whitespace(written.changed);
  if (entry.url.empty() && entry.title.empty() && entry.text.empty()) {
    ++feed_.empty_entries;
    return;
  }
  const PublishedTime published = read_published(written.published, options_.utc_offset_minutes, now_ns_);
  entry.published_ns = published.utc_ns;
  if (!published.repair.empty()) ++feed_.repairs[std::string(published.repair)];
  feed_.entries.push_back(std::move(entry));
}

Result<Feed> read_feed(FeedKind kind, std::string_view text, const http::Url& url, std::int64_t now_ns,
                       const FeedOptions& options) {
  EntryWriter writer(url, now_ns, options);
  switch (kind) {
    case FeedKind::kXml:
      YUPU_RETURN_IF_ERROR(read_xml_feed(text, writer));
      break;
    case FeedKind::kJson:
      YUPU_RETURN_IF_ERROR(read_json_feed(text, writer));
      break;
    case FeedKind::kSitemap:
      YUPU_RETURN_IF_ERROR(read_sitemap(text, writer));
      break;
    case FeedKind::kList:
      YUPU_RETURN_IF_ERROR(read_list(text, url, options, writer));
      break;
  }
  return writer.finish();
}

}  // namespace yupu::data
