// What a site asks of robots: /robots.txt by RFC 9309.
//
//   which rules   all groups that name our product token, else those of "*", else none: everything is allowed
//   which wins    the longest pattern that matches path and query; as long as another, an Allow
//   patterns      '*' is anything, '$' at the end is the end; compared as http/url.h writes addresses
// Besides the RFC: Crawl-delay of the group (seconds, 0 or more; anything else is not said), Sitemap lines.
// What is no line of a robots.txt (a page in HTML) is passed over: the file then allows everything.
// Threads  const once parsed.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace yupu::data {

inline constexpr std::size_t kRobotsBytesMax = 500 << 10;  // what is read of a file (2.5)

class Robots {
 public:
  // Any bytes.  `product`: our token, without version.
  static Robots parse(std::string_view bytes, std::string_view product);
  static Robots allowing_all() { return {}; }
  static Robots allowing_nothing();

  // `target`: path and query as http/url.h writes them.  /robots.txt itself is always allowed.
  bool allows(std::string_view target) const;
  std::optional<std::int64_t> crawl_delay_ns() const { return crawl_delay_ns_; }
  const std::vector<std::string>& sitemaps() const { return sitemaps_; }

 private:
  struct Rule {
    bool allow = false;
    std::size_t length = 0;           // of the pattern
    std::vector<std::string> pieces;  // between the stars
    bool to_end = false;
    bool matches(std::string_view target) const;
  };
  static Rule rule_of(bool allow, std::string_view pattern);

  std::vector<Rule> rules_;
  std::optional<std::int64_t> crawl_delay_ns_;
  std::vector<std::string> sitemaps_;
};

// "yupu/0.1 (+https://...)" -> "yupu": the letters, '-' and '_' it begins with.
std::string_view product_token(std::string_view user_agent);

}  // namespace yupu::data
