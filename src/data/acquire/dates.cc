#include "data/acquire/dates.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "base/utc.h"
#include "http/message.h"

namespace yupu::data {
namespace {

constexpr std::int64_t kMinuteNs = 60'000'000'000;
constexpr std::int64_t kDayNs = 1440 * kMinuteNs;
constexpr std::int64_t kFirstNs = 788'918'400'000'000'000;  // 1995-01-01

constexpr std::array<std::string_view, 12> kMonths = {"jan", "feb", "mar", "apr", "may", "jun",
                                                      "jul", "aug", "sep", "oct", "nov", "dec"};
struct Zone {
  std::string_view name, offset;
};
constexpr std::array kZones = {Zone{"GMT", "Z"},      Zone{"UTC", "Z"},      Zone{"UT", "Z"},
                               Zone{"Z", "Z"},        Zone{"EST", "-05:00"}, Zone{"EDT", "-04:00"},
                               Zone{"CST", "-06:00"}, Zone{"CDT", "-05:00"}, Zone{"MST", "-07:00"},
                               Zone{"MDT", "-06:00"}, Zone{"PST", "-08:00"}, Zone{"PDT", "-07:00"}};

bool is_digit(char c) { return c >= '0' && c <= '9'; }

std::optional<int> number(std::string_view text, std::size_t digits_max) {
  int value = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || text.size() > digits_max || !is_digit(text.front()) || read.ec != std::errc() ||
      read.ptr != text.data() + text.size())
    return std::nullopt;
  return value;
}

std::optional<int> month_of(std::string_view word) {
  if (word.size() < 3) return std::nullopt;
  for (std::size_t i = 0; i < kMonths.size(); ++i) {
    if (http::equal_ignoring_case(word.substr(0, 3), kMonths[i])) return static_cast<int>(i) + 1;
  }
  return std::nullopt;
}

// "Z", "+08:00"; empty: not known.
std::string zone_of(std::string_view word) {
  for (const Zone& zone : kZones) {
    if (http::equal_ignoring_case(word, zone.name)) return std::string(zone.offset);
  }
  if (!word.starts_with('+') && !word.starts_with('-')) return {};
  return std::string(word);
}

struct Parts {
  int year = 0, month = 0, day = 0;
  std::string_view time = {};  // "8:30", "08:30:00.5"
  std::string zone = {};
  bool day_only = false;
};

std::optional<WrittenTime> put_together(const Parts& parts) {
  std::string clock = "00:00:00";
  if (!parts.day_only) {
    const std::size_t colon = parts.time.find(':');
    if (colon == std::string_view::npos) return std::nullopt;
    const auto hour = number(parts.time.substr(0, colon), 2);
    if (!hour) return std::nullopt;
    const std::string_view rest = parts.time.substr(colon + 1);
    clock = fmt::format("{:02}:{}{}", *hour, rest, rest.find(':') == std::string_view::npos ? ":00" : "");
  }
  const auto utc_ns =
      parse_utc(fmt::format("{:04}-{:02}-{:02}T{}{}", parts.year, parts.month, parts.day, clock, parts.zone));
  if (!utc_ns) return std::nullopt;
  return WrittenTime{*utc_ns, !parts.zone.empty(), parts.day_only};
}

std::vector<std::string_view> words_of(std::string_view text) {
  std::vector<std::string_view> words;
  for (std::size_t at = 0; at < text.size() && words.size() < 16;) {
    const std::size_t end = std::min(text.find_first_of(" ,\t\r\n", at), text.size());
    if (end > at) words.push_back(text.substr(at, end - at));
    at = end + 1;
  }
  return words;
}

// Takes up to `digits_max` digits from the front.
std::optional<int> take_number(std::string_view& text, std::size_t digits_max) {
  std::size_t count = 0;
  while (count < text.size() && count < digits_max && is_digit(text[count])) ++count;
  const auto value = number(text.substr(0, count), digits_max);
  text.remove_prefix(count);
  return value;
}

bool take_any(std::string_view& text, std::initializer_list<std::string_view> choices) {
  for (const std::string_view choice : choices) {
    if (!text.starts_with(choice)) continue;
    text.remove_prefix(choice.size());
    return true;
  }
  return false;
}

std::string_view trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t\r\n");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t\r\n") + 1 - first);
}

}  // namespace

std::optional<WrittenTime> parse_mail_date(std::string_view text) {
  std::vector<std::string_view> words = words_of(text);
  if (!words.empty() && !is_digit(words[0].front()) && (!month_of(words[0]) || words.size() == 5)) {
    words.erase(words.begin());  // the day of the week
  }
  if (words.empty()) return std::nullopt;
  if (const std::size_t hyphen = words[0].find('-'); hyphen != std::string_view::npos) {  // 06-Nov-94
    const std::string_view date = words[0];
    const std::size_t second = date.find('-', hyphen + 1);
    if (second == std::string_view::npos) return std::nullopt;
    words[0] = date.substr(0, hyphen);
    words.insert(words.begin() + 1, {date.substr(hyphen + 1, second - hyphen - 1), date.substr(second + 1)});
  }
  if (words.size() < 4) return std::nullopt;
  Parts parts;
  std::optional<int> day, month, year;
  if (month = month_of(words[0]); month) {  // Nov 6 08:49:37 1994
    day = number(words[1], 2);
    parts.time = words[2];
    year = number(words[3], 4);
    parts.zone = "Z";
  } else {
    day = number(words[0], 2);
    month = month_of(words[1]);
    year = number(words[2], 4);
    parts.time = words[3];
    if (words.size() > 4) parts.zone = zone_of(words[4]);
    if (year && words[2].size() < 4) year = *year + (*year < 50 ? 2000 : 1900);  // RFC 5322, 4.3
  }
  if (!day || !month || !year) return std::nullopt;
  parts.year = *year;
  parts.month = *month;
  parts.day = *day;
  return put_together(parts);
}

std::optional<WrittenTime> parse_date_like(std::string_view text) {
  text = trimmed(text);
  Parts parts;
  const auto year = take_number(text, 4);
  if (!year || !take_any(text, {"-", "/", ".", "\xe5\xb9\xb4"})) return std::nullopt;
  const auto month = take_number(text, 2);
  if (!month || !take_any(text, {"-", "/", ".", "\xe6\x9c\x88"})) return std::nullopt;
  const auto day = take_number(text, 2);
  if (!day) return std::nullopt;
  take_any(text, {"\xe6\x97\xa5"});
  parts.year = *year;
  parts.month = *month;
  parts.day = *day;
  take_any(text, {"T", "t"});
  text = trimmed(text);
  parts.day_only = text.empty();
  const std::size_t end = std::min(text.find_first_not_of("0123456789:."), text.size());
  parts.time = text.substr(0, end);
  const std::string_view zone = trimmed(text.substr(end));
  parts.zone = zone_of(zone);
  if (!zone.empty() && parts.zone.empty()) return std::nullopt;
  return put_together(parts);
}

PublishedTime read_published(std::string_view text, std::int64_t utc_offset_minutes, std::int64_t now_ns) {
  text = trimmed(text);
  if (text.empty()) return {};
  auto written = parse_date_like(text);
  if (!written) written = parse_mail_date(text);
  if (!written) return {std::nullopt, "unreadable"};
  const bool no_zone = !written->has_zone;
  std::int64_t utc_ns = written->utc_ns;
  if (utc_ns < kFirstNs) return {std::nullopt, "past"};
  if (no_zone) utc_ns -= utc_offset_minutes * kMinuteNs;
  if (written->day_only && utc_ns + 2 * kDayNs > now_ns && utc_ns <= now_ns) return {std::nullopt, "day_only"};
  if (utc_ns > now_ns + 10 * kMinuteNs) return {std::nullopt, "future"};
  return {utc_ns, written->day_only ? "day_only" : no_zone ? "no_zone" : ""};
}

}  // namespace yupu::data
