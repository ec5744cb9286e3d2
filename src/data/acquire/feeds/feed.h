// What a source offers, whatever it is written in, as one list of entries.
//
//   kXml      RSS 0.9x, 1.0 (RDF), 2.0 and Atom 1.0: what its root says, not what a strategy file calls it
//   kJson     JSON Feed 1.0, 1.1 (jsonfeed.org)
//   kSitemap  sitemaps.org 0.9, with news:news; an index gives `maps`
//   kList     a page in HTML: its links to the same host whose words are long enough for a title
// An entry that names neither address nor words is left out and counted. Titles and texts are plain: HTML in them is
// read (pages/page.h).
// Threads: pure functions.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "http/url.h"

namespace yupu::data {

enum class FeedKind : std::uint8_t { kXml, kJson, kSitemap, kList };

struct FeedEntry {
  std::string id;   // what the source calls it; may be empty
  std::string url;  // as http/url.h writes it; may be empty
  std::string title, text;
  std::string publisher;                     // whom the source says it has it from; may be empty
  std::optional<std::int64_t> published_ns;  // dates.h
  std::string changed = {};                  // lastmod of a sitemap, as it is written
};

struct Feed {
  std::string title;
  std::vector<FeedEntry> entries;                            // in the order of the source
  std::vector<std::string> maps;                             // of an index of sitemaps
  std::int64_t empty_entries = 0;                            // left out
  std::int64_t more_entries = 0;                             // beyond entries_max
  std::map<std::string, std::int64_t, std::less<>> repairs;  // of dates: how many, by what was done (dates.h)
};

struct FeedOptions {
  std::int64_t utc_offset_minutes = 0;  // of dates without a zone
  std::size_t entries_max = 1000;
  std::string link_part = {};        // kList: what the path of a link must hold
  std::size_t title_bytes_min = 12;  // kList: four Chinese characters
};

// `text`: valid UTF-8, as fetch/charset.h gives it.  `url`: where it came from; addresses are relative to it.
// Errors: kInvalidArgument, field "xml", "json", "html" (no such thing) or "feed" (none of the kind).
Result<Feed> read_feed(FeedKind kind, std::string_view text, const http::Url& url, std::int64_t now_ns,
                       const FeedOptions& options = {});

}  // namespace yupu::data
