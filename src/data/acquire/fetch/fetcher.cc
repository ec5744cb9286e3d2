#include "data/acquire/fetch/fetcher.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "base/check.h"
#include "data/acquire/dates.h"
#include "http/addresses.h"

namespace yupu::data {
namespace {

constexpr std::int64_t kSecondNs = 1'000'000'000;
constexpr std::int64_t kRestMaxNs = 24 * 3600 * kSecondNs;
constexpr std::size_t kSitesKept = 4096;

std::string site_of(const http::Url& url) { return url.scheme + "://" + url.authority(); }

bool is_redirect(int status) {
  return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

// Where an answer sends one.
Result<http::Url> redirected(const http::Url& url, const http::Response& response) {
  const std::string_view location = response.headers.get("location");
  if (location.empty())
    return Status(Code::kUnavailable, fmt::format("{}: status {} to nowhere", url.text(), response.status),
                  "redirects");
  return http::resolve_url(url, location);
}

Status too_many(const http::Url& url, int count) {
  return Status(Code::kUnavailable, fmt::format("{}: more than {} redirects", url.text(), count), "redirects");
}

Status wrong_status(const http::Url& url, int status) {
  const Code code = status == 404 || status == 410   ? Code::kNotFound
                    : status == 401 || status == 403 ? Code::kPermissionDenied
                                                     : Code::kUnavailable;
  return Status(code, fmt::format("{}: status {}", url.text(), status), fmt::format("status_{}", status));
}

Result<std::vector<std::string>> addresses_of(const http::Url& url, bool allow_private) {
  auto addresses = http::resolve(url.host);
  if (!addresses.ok()) return Status(Code::kUnavailable, addresses.status().message(), "name");
  for (const std::string& address : *addresses) {
    if (!allow_private && !http::is_public_address(address))
      return Status(Code::kPermissionDenied,
                    fmt::format("{}: {} is an address of this machine or network", url.authority(), address),
                    "private");
  }
  return addresses;
}

}  // namespace

std::optional<std::int64_t> retry_after_ns(std::string_view value, std::int64_t now_ns) {
  std::int64_t seconds = 0;
  const auto read = std::from_chars(value.data(), value.data() + value.size(), seconds);
  if (read.ec == std::errc() && read.ptr == value.data() + value.size() && seconds >= 0)
    return std::min(seconds, kRestMaxNs / kSecondNs) * kSecondNs;
  const auto date = parse_mail_date(value);
  if (!date) return std::nullopt;
  return std::clamp<std::int64_t>(date->utc_ns - now_ns, 0, kRestMaxNs);
}

Fetcher::Fetcher(FetchOptions options, const Clock& clock, Sleep sleep)
    : options_(std::move(options)),
      product_(product_token(options_.user_agent)),
      clock_(clock),
      gate_(clock, std::move(sleep), options_.wait_max_ns) {
  CHECK(!product_.empty(), "a user agent begins with a name");
}

Result<http::Response> Fetcher::exchange(const http::Url& url, const http::Headers& headers, std::int64_t pause_ns) {
  YUPU_ASSIGN_OR_RETURN(const auto turn, gate_.enter(url.host, pause_ns));
  YUPU_ASSIGN_OR_RETURN(const auto addresses, addresses_of(url, options_.allow_private));
  http::Headers all = headers;
  all.add("user-agent", options_.user_agent);
  YUPU_ASSIGN_OR_RETURN(http::Response response, transfer(url, addresses, all, options_.limits));
  if (response.status == 429 || response.status == 503) {
    const std::int64_t now_ns = clock_.now_ns();
    if (const auto rest_ns = retry_after_ns(response.headers.get("retry-after"), now_ns))
      gate_.rest_until(url.host, now_ns + *rest_ns);
  }
  return response;
}

Result<Fetcher::SharedRules> Fetcher::ask_rules(const http::Url& url) {
  auto rules = std::make_shared<Rules>();
  rules->until_ns = clock_.now_ns() + kRobotsKeptNs;
  http::Url at = url;
  at.path = "/robots.txt";
  at.query.clear();
  const auto hold = [&] {
    rules->robots = Robots::allowing_nothing();
    rules->held = true;
    rules->until_ns = clock_.now_ns() + kRobotsHeldNs;
    return SharedRules(rules);
  };
  for (int hop = 0; hop <= options_.redirects_max; ++hop) {
    const auto response = exchange(at, {}, options_.pause_ns);
    if (!response.ok()) {
      const std::string why = response.status().field();
      if (why == "private" || why == "name" || why == "resting") return response.status();
      if (why != "too_large") return hold();
      rules->robots = Robots::allowing_nothing();  // what it says is not known: nothing is taken for allowed
      return SharedRules(rules);
    }
    if (is_redirect(response->status)) {
      const auto next = redirected(at, *response);
      if (!next.ok()) break;
      at = *next;
      continue;
    }
    if (response->status == 429 || response->status >= 500) return hold();
    if (response->status < 300) rules->robots = Robots::parse(response->body, product_);
    return SharedRules(rules);
  }
  return SharedRules(rules);  // as of a site without one (2.3.1.2)
}

Result<Fetcher::SharedRules> Fetcher::rules_of(const http::Url& url) {
  const std::string site = site_of(url);
  {
    MutexLock lock(mutex_);
    const auto found = rules_.find(site);
    if (found != rules_.end() && clock_.now_ns() < found->second->until_ns) return found->second;
  }
  YUPU_ASSIGN_OR_RETURN(SharedRules rules, ask_rules(url));
  MutexLock lock(mutex_);
  if (rules_.size() >= kSitesKept) rules_.clear();  // asked again when needed
  rules_[site] = rules;
  return rules;
}

Result<std::int64_t> Fetcher::allowed_pause(const http::Url& url) {
  if (!options_.obey_robots) return options_.pause_ns;
  YUPU_ASSIGN_OR_RETURN(const SharedRules rules, rules_of(url));
  if (rules->held)
    return Status(Code::kUnavailable, fmt::format("{}: its robots.txt cannot be had now", site_of(url)), "robots_held");
  if (!rules->robots.allows(url.target()))
    return Status(Code::kPermissionDenied, fmt::format("{}: not allowed by robots.txt", url.text()), "robots");
  const std::int64_t pause_ns = std::max(options_.pause_ns, rules->robots.crawl_delay_ns().value_or(0));
  if (pause_ns > std::max(options_.pause_ns, options_.crawl_delay_max_ns))
    return Status(Code::kPermissionDenied,
                  fmt::format("{}: asks for {} s between pages", site_of(url), pause_ns / kSecondNs), "crawl_delay");
  return pause_ns;
}

Result<Fetched> Fetcher::fetch(const http::Url& url, const Validators& last) {
  http::Headers headers;
  if (!last.etag.empty()) headers.add("if-none-match", last.etag);
  if (!last.last_modified.empty()) headers.add("if-modified-since", last.last_modified);
  http::Url at = url;
  for (int hop = 0; hop <= options_.redirects_max; ++hop) {
    YUPU_ASSIGN_OR_RETURN(const std::int64_t pause_ns, allowed_pause(at));
    YUPU_ASSIGN_OR_RETURN(http::Response response, exchange(at, headers, pause_ns));
    if (is_redirect(response.status)) {
      YUPU_ASSIGN_OR_RETURN(at, redirected(at, response));
      continue;
    }
    const bool unchanged = response.status == 304;
    if (!unchanged && (response.status < 200 || response.status > 299)) return wrong_status(at, response.status);
    Fetched fetched;
    fetched.url = at;
    fetched.unchanged = unchanged;
    fetched.content_type = response.headers.get("content-type");
    fetched.validators = {std::string(response.headers.get("etag")),
                          std::string(response.headers.get("last-modified"))};
    if (unchanged && fetched.validators.etag.empty()) fetched.validators.etag = last.etag;
    if (unchanged && fetched.validators.last_modified.empty()) fetched.validators.last_modified = last.last_modified;
    fetched.body = std::move(response.body);
    return fetched;
  }
  return too_many(url, options_.redirects_max);
}

Result<std::vector<std::string>> Fetcher::sitemaps(const http::Url& url) {
  YUPU_ASSIGN_OR_RETURN(const SharedRules rules, rules_of(url));
  return rules->robots.sitemaps();
}

}  // namespace yupu::data
