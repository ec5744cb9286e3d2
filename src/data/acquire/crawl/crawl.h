// The pages of sites as rows of a file: breadth first, politely (fetch/fetcher.h), going on where it was left.
//
//   starts --> journal --> fetch --> page --> a row of `rows`: {"text", "title", "url", "published", "fetched",
//                 ^                    |       "charset", "sha256"}
//                 '---- its links -----'
//
// Followed     links to a start's own host and port, up to `depth_max` steps from a start, each address once; not from
//              pages that say nofollow. With `sitemaps`, what the sitemaps of robots.txt list counts as a start.
// Written      pages in HTML or plain text whose text is new, of `text_bytes_min` bytes or more; not those that say
//              noindex. Provenance stands in the row.
// Ends         nothing waits, or `pages_max` were asked for; or a host asks for rest: then it is not finished, and the
//              same call goes on later.
// Killed       at any moment, the next call goes on; the rows are those of a crawl that was not (journal.h).
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/status.h"
#include "data/acquire/fetch/fetcher.h"

namespace yupu::data {

struct CrawlOptions {
  std::vector<http::Url> starts;
  std::string rows;  // the file; its journal is beside it, with ".crawl" behind the name
  std::int64_t depth_max = 3;
  std::int64_t pages_max = 100;  // in all calls together
  bool sitemaps = false;
  std::size_t text_bytes_min = 60;
  std::int64_t utc_offset_minutes = 0;  // of dates without a zone
};

struct CrawlReport {
  std::int64_t asked = 0;                       // pages, in all calls together
  std::map<std::string, std::int64_t> results;  // of this call: "written", "short", "duplicate", "noindex", "type",
                                                // "sitemap", and the reasons of fetcher.h
  bool finished = false;
  std::int64_t next_ns = 0;  // when a host that asks for rest may be asked again
};

// Called after each page; false ends the call as a kill would.
using CrawlStep = std::function<bool(const std::string& url, const std::string& result)>;

// Errors: those of the files and of journal.h; of a page: none, they are counted.
Result<CrawlReport> crawl(Fetcher& fetcher, const Clock& clock, const CrawlOptions& options,
                          const CrawlStep& step = {});

}  // namespace yupu::data
