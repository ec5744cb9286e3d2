// Pages and feeds of other people's machines, asked for politely and within bounds.
//
//   url -> robots.txt allows it? -> the host's turn (host_gate.h) -> its addresses -> each public? -> transfer
//            ^                                                                                         |
//            '---------------------- redirect, up to `redirects_max` ----------------------------------'
//
// robots     of every site that is asked, for kRobotsKeptNs: answers of 2xx are read, of 4xx allow everything; of 429,
//            5xx and no answer allow nothing, until asked again after kRobotsHeldNs.
// pace       one exchange at a time with a host, at least `pause_ns` apart (or its Crawl-delay); what asks for more
//            than `crawl_delay_max_ns` is not fetched. Retry-After of 429 and 503 is kept, up to a day.
// addresses  the name is looked up once; one address that is not of the open Internet refuses the host, and the
//            connection goes to those that were looked at. After a redirect the same again.
// unchanged  ETag and Last-Modified of the last time are sent; 304 gives `unchanged`.
// Threads    any; two of them at one host wait for each other.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/mutex.h"
#include "base/status.h"
#include "data/acquire/fetch/host_gate.h"
#include "data/acquire/fetch/robots.h"
#include "data/acquire/fetch/transfer.h"
#include "http/url.h"

namespace yupu::data {

inline constexpr std::int64_t kRobotsKeptNs = std::int64_t{24} * 3600 * 1'000'000'000;
inline constexpr std::int64_t kRobotsHeldNs = std::int64_t{10} * 60 * 1'000'000'000;

struct FetchOptions {
  std::string user_agent;  // "name/version (+how to reach us)"; robots.txt is asked for the name
  std::int64_t pause_ns = 1'000'000'000;
  std::int64_t wait_max_ns = 30'000'000'000;         // a turn that is further off is "resting"
  std::int64_t crawl_delay_max_ns = 30'000'000'000;  // at most wait_max_ns makes sense
  int redirects_max = 5;
  bool allow_private = false;  // tests and pages of one's own network
  bool obey_robots = true;     // false: only what belongs to oneself
  TransferLimits limits = {};
};

struct Validators {  // of what was fetched last; empty: nothing was
  std::string etag, last_modified;
};

struct Fetched {
  http::Url url;           // after redirects
  bool unchanged = false;  // 304: there is no body
  std::string content_type;
  std::string body;
  Validators validators;
};

class Fetcher {
 public:
  // REQUIRES: `clock` outlives it; the user agent begins with a letter.
  Fetcher(FetchOptions options, const Clock& clock, Sleep sleep = real_sleep());

  // Errors, by field; whoever counts them counts that:
  //   "robots"      not allowed (kPermissionDenied), "robots_held" the site's robots.txt cannot be had now
  //   "crawl_delay" the site asks for longer pauses than `crawl_delay_max_ns`
  //   "resting"     the host has asked for rest, or others are before this one
  //   "name"        stands for no address, "private" for one that may not be reached (kPermissionDenied)
  //   "redirects"   too many, or to nowhere
  //   "status_404"  and its like: any status that is neither 2xx nor 304
  //   those of transfer() and, of a redirect's address, "url"
  Result<Fetched> fetch(const http::Url& url, const Validators& last = {});

  // When the host may be asked again: its pause, or the rest it has asked for.
  std::int64_t next_ns(const http::Url& url) const { return gate_.next_ns(url.host); }
  // Sitemaps its robots.txt names.  Errors: those of asking for it.
  Result<std::vector<std::string>> sitemaps(const http::Url& url);

 private:
  struct Rules {
    Robots robots;
    bool held = false;
    std::int64_t until_ns = 0;
  };
  using SharedRules = std::shared_ptr<const Rules>;

  Result<http::Response> exchange(const http::Url& url, const http::Headers& headers, std::int64_t pause_ns);
  Result<SharedRules> rules_of(const http::Url& url);
  Result<SharedRules> ask_rules(const http::Url& url);
  Result<std::int64_t> allowed_pause(const http::Url& url);

  const FetchOptions options_;
  const std::string product_;
  const Clock& clock_;
  HostGate gate_;
  Mutex mutex_;
  std::map<std::string, SharedRules> rules_ YUPU_GUARDED_BY(mutex_);  // by scheme and authority
};

// Retry-After in seconds or as a date, from now; nothing when it says neither.
std::optional<std::int64_t> retry_after_ns(std::string_view value, std::int64_t now_ns);

}  // namespace yupu::data
