#include "products/service/conversation/civil_date.h"

#include <array>
#include <chrono>

#include <fmt/format.h>

#include "products/service/conversation/relative_date.h"
#include "products/service/conversation/scanner.h"

namespace yupu::products {
namespace {

constexpr std::int64_t kNsPerMinute = 60'000'000'000;
constexpr std::array<std::string_view, 12> kMonths = {"jan", "feb", "mar", "apr", "may", "jun",
                                                      "jul", "aug", "sep", "oct", "nov", "dec"};
constexpr std::array<std::string_view, 12> kLongMonths = {"january",   "february", "march",    "april",
                                                          "may",       "june",     "july",     "august",
                                                          "september", "october",  "november", "december"};

// "feb", "february", "sept."
bool take_month(Scanner& scan, int& out) {
  for (std::size_t i = 0; i < kMonths.size(); ++i) {
    const std::size_t before = scan.at();
    if (!scan.word(kLongMonths[i]) && !scan.word(kMonths[i])) continue;
    if (kMonths[i] == "sep") scan.word("t");
    scan.character(".");
    if (scan.touches_letter()) {
      scan.go_to(before);
      continue;
    }
    out = static_cast<int>(i) + 1;
    return true;
  }
  return false;
}

// A year after day and month, perhaps with a comma and a space before it.
void take_year(Scanner& scan, int& out) {
  const std::size_t before = scan.at();
  scan.word(",");
  scan.word(" ");
  if (!scan.number(4, 4, out)) scan.go_to(before);
}

struct Shape {
  int year;
  int month = 0;
  int day = 0;
  std::size_t end = 0;
};

// 2026-2-3, 2026/02/03, 2026.2.3: one sign, twice.
std::optional<Shape> read_numbers(std::string_view text, std::size_t at, int year) {
  for (const std::string_view sign : {"-", "/", "."}) {
    Scanner scan(text, at);
    Shape shape{.year = year};
    if (scan.number(4, 4, shape.year) && scan.word(sign) && scan.number(1, 2, shape.month) && scan.word(sign) &&
        scan.number(1, 2, shape.day)) {
      shape.end = scan.at();
      return shape;
    }
  }
  return std::nullopt;
}

// 2026年2月3日, 2月3号, 二〇二六年二月三日, 十二月三十一号.
std::optional<Shape> read_chinese(std::string_view text, std::size_t at, int year) {
  constexpr int kYearMost = 9999;
  constexpr int kTwoDigitsMost = 99;
  Scanner scan(text, at);
  Shape shape{.year = year};
  int number = 0;
  if ((scan.number(4, 4, number) || scan.numerals(kYearMost, number)) && scan.word("年")) {
    if (number < 1000) return std::nullopt;  // 三年: how long
    shape.year = number;
    scan.word(" ");
  } else {
    scan.go_to(at);
  }
  if ((!scan.number(1, 2, shape.month) && !scan.numerals(kTwoDigitsMost, shape.month)) || !scan.word("月"))
    return std::nullopt;
  scan.word(" ");
  const bool in_digits = scan.number(1, 2, shape.day);
  if (!in_digits && !scan.numerals(kTwoDigitsMost, shape.day)) return std::nullopt;
  // Of numerals it must be said that they are a day: 三月一直下雨.
  if (!scan.one_of({"日", "号"}) && !in_digits) return std::nullopt;
  shape.end = scan.at();
  return shape;
}

// 3 Feb 2026, 3rd of February, Feb 3, 2026.
std::optional<Shape> read_english(std::string_view text, std::size_t at, int year) {
  Shape shape{.year = year};
  Scanner scan(text, at);
  if (scan.number(1, 2, shape.day)) {
    scan.one_of({"st", "nd", "rd", "th"});
    scan.word(" ");
    scan.word("of ");
    if (!take_month(scan, shape.month)) return std::nullopt;
  } else {
    if (!take_month(scan, shape.month) || !scan.word(" ") || !scan.number(1, 2, shape.day)) return std::nullopt;
    scan.one_of({"st", "nd", "rd", "th"});
  }
  take_year(scan, shape.year);
  shape.end = scan.at();
  return shape;
}

std::chrono::sys_days days_of(CivilDate date) { return std::chrono::year{date.year} / date.month / date.day; }

CivilDate date_of(std::chrono::sys_days days) {
  const std::chrono::year_month_day date{days};
  return {static_cast<int>(date.year()), static_cast<int>(static_cast<unsigned>(date.month())),
          static_cast<int>(static_cast<unsigned>(date.day()))};
}

}  // namespace

std::string CivilDate::to_string() const { return fmt::format("{:04}-{:02}-{:02}", year, month, day); }

std::optional<CivilDate> make_date(int year, int month, int day) {
  if (year < 1 || year > 9999 || month < 1 || month > 12 || day < 1 || day > 31) return std::nullopt;
  const std::chrono::year_month_day date = std::chrono::year{year} / month / day;
  if (!date.ok()) return std::nullopt;
  return CivilDate{year, month, day};
}

CivilDate civil_date(std::int64_t utc_ns, std::int64_t utc_offset_minutes) {
  const std::chrono::sys_time<std::chrono::nanoseconds> local{
      std::chrono::nanoseconds{utc_ns + utc_offset_minutes * kNsPerMinute}};
  return date_of(std::chrono::floor<std::chrono::days>(local));
}

CivilDate add_days(CivilDate date, int days) { return date_of(days_of(date) + std::chrono::days{days}); }

std::int64_t begin_of_day_ns(CivilDate date, std::int64_t utc_offset_minutes) {
  constexpr std::int64_t kMinutesPerDay = 24 * 60;
  return (days_of(date).time_since_epoch().count() * kMinutesPerDay - utc_offset_minutes) * kNsPerMinute;
}

std::optional<std::int64_t> parse_utc_offset(std::string_view text) {
  if (text == "Z" || text == "z") return 0;
  if (text.size() != 6 || (text[0] != '+' && text[0] != '-')) return std::nullopt;
  Scanner scan(text, 1);
  int hours = 0;
  int minutes = 0;
  if (!scan.number(2, 2, hours) || !scan.word(":") || !scan.number(2, 2, minutes) || hours > 14 || minutes > 59)
    return std::nullopt;
  const std::int64_t offset = hours * 60 + minutes;
  return text[0] == '-' ? -offset : offset;
}

std::optional<Instant> parse_instant(std::string_view text, std::int64_t utc_offset_minutes) {
  Scanner scan(text, 0);
  int year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0;
  if (!scan.number(4, 4, year) || !scan.word("-") || !scan.number(2, 2, month) || !scan.word("-") ||
      !scan.number(2, 2, day))
    return std::nullopt;
  const auto date = make_date(year, month, day);
  // Nanoseconds since 1970 fit into 64 bits until 2262.
  if (!date || year < 1970 || year > 2261) return std::nullopt;
  if (scan.at() == text.size()) return Instant{begin_of_day_ns(*date, utc_offset_minutes), true};
  if (!scan.character("Tt ") || !scan.number(2, 2, hour) || !scan.word(":") || !scan.number(2, 2, minute) ||
      !scan.word(":") || !scan.number(2, 2, second) || hour > 23 || minute > 59 || second > 59)
    return std::nullopt;
  int fraction = 0;
  if (scan.word(".") && !scan.number(1, 9, fraction)) return std::nullopt;
  const auto offset = parse_utc_offset(text.substr(scan.at()));
  if (!offset) return std::nullopt;
  return Instant{begin_of_day_ns(*date, *offset) + (hour * 60 + minute) * kNsPerMinute + second * (kNsPerMinute / 60),
                 false};
}

DateReading read_date(std::string_view raw, CivilDate today) {
  const std::string text = ascii_lower(raw);
  for (std::size_t at = 0; at < text.size(); ++at) {
    // Not in the middle of a number or word.
    if (at > 0 && is_ascii_word(text[at]) && is_ascii_word(text[at - 1])) continue;
    if (const auto relative = read_relative_date(text, at, today)) return *relative;
    for (const auto& read : {read_numbers, read_chinese, read_english}) {
      const auto shape = read(text, at, today.year);
      if (!shape) continue;
      return {.found = true, .date = make_date(shape->year, shape->month, shape->day), .span = {at, shape->end}};
    }
  }
  return {};
}

}  // namespace yupu::products
