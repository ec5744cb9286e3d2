#include "data/acquire/crawl/crawl.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "base/hash.h"
#include "base/json.h"
#include "data/acquire/crawl/journal.h"
#include "data/acquire/dates.h"
#include "data/acquire/feeds/feed.h"
#include "data/acquire/fetch/charset.h"
#include "data/acquire/pages/page.h"
#include "text/unicode.h"

namespace yupu::data {
namespace {

std::string site_of(const http::Url& url) { return url.host + ":" + std::to_string(url.port); }

// What a crawl is asked for, apart from how far: a limit may be raised later.
std::string plan_of(const CrawlOptions& options) {
  std::string plan = fmt::format("depth {}{}", options.depth_max, options.sitemaps ? " with sitemaps" : "");
  for (const http::Url& start : options.starts) plan += " " + start.text();
  return plan;
}

struct Taken {
  std::string result;
  std::vector<Waiting> found = {};
  std::string content = {};
  std::string row = {};  // a line, or empty
};

class Crawl {
 public:
  Crawl(Fetcher& fetcher, const Clock& clock, const CrawlOptions& options, const CrawlJournal& journal)
      : fetcher_(fetcher), clock_(clock), options_(options), journal_(journal) {
    for (const http::Url& start : options.starts) sites_.push_back(site_of(start));
  }

  // Errors: "resting" alone: the page is asked for another time.
  Result<Taken> take(const Waiting& waiting) {
    Taken taken;
    const auto url = http::parse_url(waiting.url);
    if (!url.ok()) return Taken{.result = url.status().field()};
    const auto fetched = fetcher_.fetch(*url);
    if (!fetched.ok()) {
      if (fetched.status().field() == "resting") return fetched.status();
      return Taken{.result = fetched.status().field()};
    }
    if (!is_ours(fetched->url)) return Taken{.result = "elsewhere"};  // a redirect led away
    const std::string type = text::lower(fetched->content_type);
    const auto decoded = decode_bytes(fetched->body, fetched->content_type);
    if (!decoded.ok()) return Taken{.result = decoded.status().field()};
    if (type.find("xml") != std::string::npos && type.find("xhtml") == std::string::npos)
      return take_map(*decoded, fetched->url, waiting.depth);
    if (type.starts_with("text/plain"))
      return with_row(std::move(taken), *decoded, Page{}, decoded->text, fetched->url);
    if (!type.empty() && type.find("html") == std::string::npos) return Taken{.result = "type"};
    auto page = read_page(decoded->text, fetched->url);
    if (!page.ok()) return Taken{.result = "html"};
    if (page->may_follow && waiting.depth < options_.depth_max) {
      for (const PageLink& link : page->links) {
        if (is_ours(link.url)) taken.found.push_back({link.url.text(), waiting.depth + 1});
      }
    }
    if (!page->may_index) {
      taken.result = "noindex";
      return taken;
    }
    return with_row(std::move(taken), *decoded, *page, page->text, fetched->url);
  }

  // Where the crawl begins.
  std::vector<Waiting> starts() {
    std::vector<Waiting> found;
    for (const http::Url& start : options_.starts) {
      found.push_back({start.text(), 0});
      if (!options_.sitemaps) continue;
      const auto maps = fetcher_.sitemaps(start);
      if (!maps.ok()) continue;
      for (const std::string& map : *maps) {
        const auto url = http::resolve_url(start, map);
        if (url.ok() && is_ours(*url)) found.push_back({url->text(), 0});
      }
    }
    return found;
  }

 private:
  bool is_ours(const http::Url& url) const {
    return std::find(sites_.begin(), sites_.end(), site_of(url)) != sites_.end();
  }

  // What a sitemap lists is as near as the map itself.
  Taken take_map(const DecodedBytes& decoded, const http::Url& url, std::int64_t depth) {
    if (!options_.sitemaps) return {.result = "type"};
    auto map = read_feed(FeedKind::kSitemap, decoded.text, url, clock_.now_ns());
    if (!map.ok()) return {.result = map.status().field()};
    Taken taken;
    taken.result = "sitemap";
    for (FeedEntry& entry : map->entries) map->maps.push_back(std::move(entry.url));
    for (const std::string& address : map->maps) {
      const auto listed = http::parse_url(address);
      if (listed.ok() && is_ours(*listed)) taken.found.push_back({listed->text(), depth});
    }
    return taken;
  }

  Taken with_row(Taken taken, const DecodedBytes& decoded, const Page& page, const std::string& text,
                 const http::Url& url) {
    const std::string content = sha256_hex(text);
    if (text.size() < options_.text_bytes_min) {
      taken.result = "short";
    } else if (journal_.contents().find(content) != journal_.contents().end()) {
      taken.result = "duplicate";
    } else {
      const std::int64_t now_ns = clock_.now_ns();
      const auto published = read_published(page.published, options_.utc_offset_minutes, now_ns);
      OrderedJson row = {{"text", text}, {"title", page.title}, {"url", url.text()}};
      row["published"] = published.utc_ns ? format_utc(*published.utc_ns) : "";
      row["fetched"] = format_utc(now_ns);
      row["charset"] = decoded.charset;
      row["sha256"] = content;
      taken.result = "written";
      taken.content = content;
      taken.row = row.dump(-1, ' ', false, OrderedJson::error_handler_t::replace) + "\n";
    }
    return taken;
  }

  Fetcher& fetcher_;
  const Clock& clock_;
  const CrawlOptions& options_;
  const CrawlJournal& journal_;
  std::vector<std::string> sites_;
};

}  // namespace

Result<CrawlReport> crawl(Fetcher& fetcher, const Clock& clock, const CrawlOptions& options, const CrawlStep& step) {
  YUPU_ASSIGN_OR_RETURN(CrawlJournal journal, CrawlJournal::open(options.rows + ".crawl", plan_of(options)));
  YUPU_ASSIGN_OR_RETURN(AppendFile rows, AppendFile::open(options.rows));
  YUPU_RETURN_IF_ERROR(rows.cut(journal.rows_bytes()));
  Crawl site(fetcher, clock, options, journal);
  CrawlReport report;
  if (journal.empty() && journal.done() == 0) YUPU_RETURN_IF_ERROR(journal.add(site.starts()));
  bool go_on = true;
  while (go_on && !journal.empty() && journal.done() < options.pages_max) {
    const std::string url = journal.next().url;
    const auto taken = site.take(journal.next());
    if (!taken.ok()) {
      const auto resting = http::parse_url(url);
      report.next_ns = resting.ok() ? fetcher.next_ns(*resting) : 0;
      break;
    }
    YUPU_RETURN_IF_ERROR(rows.append(taken->row));
    YUPU_RETURN_IF_ERROR(journal.finish(taken->found, taken->result, taken->content, rows.size()));
    ++report.results[taken->result];
    go_on = !step || step(url, taken->result);
  }
  YUPU_RETURN_IF_ERROR(rows.sync());
  YUPU_RETURN_IF_ERROR(journal.sync());
  report.asked = journal.done();
  report.finished = journal.empty() || journal.done() >= options.pages_max;
  return report;
}

}  // namespace yupu::data
