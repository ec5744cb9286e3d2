#include "data/acquire/fetch/robots.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <utility>

#include "http/message.h"
#include "http/url.h"

namespace yupu::data {
namespace {

using http::equal_ignoring_case;

constexpr std::size_t kSitemapsMax = 1000;
constexpr double kCrawlDelayMaxSeconds = 86400.0 * 365;  // above it the number is nonsense, not a wish

std::string_view trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") + 1 - first);
}

struct Line {
  std::string_view key, value;
};

// The "key: value" lines, ends of any system, comments gone.
std::vector<Line> lines_of(std::string_view bytes) {
  std::vector<Line> lines;
  while (!bytes.empty()) {
    const std::size_t end = std::min(bytes.find_first_of("\r\n"), bytes.size());
    const std::string_view line = bytes.substr(0, std::min(end, bytes.find('#')));
    bytes.remove_prefix(std::min(end + 1, bytes.size()));
    if (const std::size_t colon = line.find(':'); colon != std::string_view::npos)
      lines.push_back({trimmed(line.substr(0, colon)), trimmed(line.substr(colon + 1))});
  }
  return lines;
}

std::optional<std::int64_t> read_delay(std::string_view value) {
  double seconds = 0;
  const auto read = std::from_chars(value.data(), value.data() + value.size(), seconds);
  if (read.ec != std::errc() || read.ptr != value.data() + value.size()) return std::nullopt;
  if (!std::isfinite(seconds) || seconds < 0 || seconds > kCrawlDelayMaxSeconds) return std::nullopt;
  return static_cast<std::int64_t>(seconds * 1e9);
}

// "%2A" and "%24" are the characters themselves, in a pattern and in an address (2.2.3).
std::string with_literals(std::string text) {
  constexpr std::array<std::pair<std::string_view, char>, 2> kLiterals = {{{"%2A", '*'}, {"%24", '$'}}};
  for (const auto& [escape, character] : kLiterals) {
    for (std::size_t at = text.find(escape); at != std::string::npos; at = text.find(escape, at + 1))
      text.replace(at, escape.size(), 1, character);
  }
  return text;
}

// The rules of one kind of group.
struct Found {
  bool any = false;
  std::vector<std::pair<bool, std::string_view>> rules;
  std::optional<std::int64_t> delay_ns;
};

}  // namespace

Robots::Rule Robots::rule_of(bool allow, std::string_view pattern) {
  Rule rule;
  rule.allow = allow;
  rule.to_end = pattern.ends_with('$');
  if (rule.to_end) pattern.remove_suffix(1);
  const std::string written = http::normal_url_piece(pattern);
  rule.length = written.size() + (rule.to_end ? 1 : 0);
  for (std::size_t begin = 0;;) {
    const std::size_t end = std::min(written.find('*', begin), written.size());
    rule.pieces.push_back(with_literals(written.substr(begin, end - begin)));
    if (end == written.size()) break;
    begin = end + 1;
  }
  return rule;
}

// Each piece as early as it can stand: what is left for the next ones is then the most there is.
bool Robots::Rule::matches(std::string_view target) const {
  if (!target.starts_with(pieces.front())) return false;
  std::size_t at = pieces.front().size();
  if (pieces.size() == 1) return !to_end || at == target.size();
  for (std::size_t i = 1; i + 1 < pieces.size(); ++i) {
    const std::size_t found = target.find(pieces[i], at);
    if (found == std::string_view::npos) return false;
    at = found + pieces[i].size();
  }
  const std::string& last = pieces.back();
  if (to_end) return target.size() - at >= last.size() && target.ends_with(last);
  return target.find(last, at) != std::string_view::npos;
}

Robots Robots::parse(std::string_view bytes, std::string_view product) {
  bytes = bytes.substr(0, kRobotsBytesMax);
  if (bytes.starts_with("\xef\xbb\xbf")) bytes.remove_prefix(3);
  Robots robots;
  Found ours, everyones;
  bool for_us = false, for_all = false;
  bool names_end = true;  // the next User-agent begins another group
  for (const Line& line : lines_of(bytes)) {
    if (equal_ignoring_case(line.key, "user-agent")) {
      if (names_end) for_us = for_all = false;
      names_end = false;
      for_all = for_all || line.value == "*";
      for_us = for_us || (!product.empty() && equal_ignoring_case(product_token(line.value), product));
      ours.any = ours.any || for_us;
      everyones.any = everyones.any || for_all;
      continue;
    }
    if (equal_ignoring_case(line.key, "sitemap")) {  // belongs to no group, and ends none
      if (robots.sitemaps_.size() < kSitemapsMax) robots.sitemaps_.emplace_back(line.value);
      continue;
    }
    const bool allow = equal_ignoring_case(line.key, "allow");
    const bool is_rule = allow || equal_ignoring_case(line.key, "disallow");
    const bool is_delay = equal_ignoring_case(line.key, "crawl-delay");
    if (!is_rule && !is_delay) continue;
    names_end = true;
    for (Found* found : {for_us ? &ours : nullptr, for_all ? &everyones : nullptr}) {
      if (found == nullptr) continue;
      // A pattern that begins with neither '/' nor '*' matches no path; an empty one says nothing.
      if (is_rule && (line.value.starts_with('/') || line.value.starts_with('*')))
        found->rules.emplace_back(allow, line.value);
      if (is_delay) {
        if (const auto delay_ns = read_delay(line.value)) found->delay_ns = delay_ns;
      }
    }
  }
  const Found& chosen = ours.any ? ours : everyones;
  for (const auto& [allow, pattern] : chosen.rules) robots.rules_.push_back(rule_of(allow, pattern));
  robots.crawl_delay_ns_ = chosen.delay_ns;
  return robots;
}

Robots Robots::allowing_nothing() {
  Robots robots;
  robots.rules_.push_back(rule_of(false, "/"));
  return robots;
}

bool Robots::allows(std::string_view target) const {
  if (target == "/robots.txt") return true;
  const std::string written = with_literals(std::string(target));
  const Rule* best = nullptr;
  for (const Rule& rule : rules_) {
    const bool longer = best == nullptr || rule.length > best->length || (rule.length == best->length && rule.allow);
    if (longer && rule.matches(written)) best = &rule;
  }
  return best == nullptr || best->allow;
}

std::string_view product_token(std::string_view user_agent) {
  const auto end = std::find_if(user_agent.begin(), user_agent.end(), [](char c) {
    return !((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' || c == '_');
  });
  return user_agent.substr(0, static_cast<std::size_t>(end - user_agent.begin()));
}

}  // namespace yupu::data
