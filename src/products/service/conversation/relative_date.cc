#include "products/service/conversation/relative_date.h"

#include <algorithm>
#include <array>
#include <chrono>

#include "products/service/conversation/scanner.h"

namespace yupu::products {
namespace {

constexpr int kDaysPerWeek = 7;
constexpr int kCountMost = 1000;  // days, weeks, months

struct Named {
  std::string_view word;
  int days;
};
// Longer words first: one may hold another.
constexpr Named kNamedDays[] = {{"the day after tomorrow", 2},
                                {"day after tomorrow", 2},
                                {"the day before yesterday", -2},
                                {"day before yesterday", -2},
                                {"大后天", 3},
                                {"大前天", -3},
                                {"后天", 2},
                                {"明天", 1},
                                {"明日", 1},
                                {"明晚", 1},
                                {"今天", 0},
                                {"今日", 0},
                                {"今晚", 0},
                                {"昨天", -1},
                                {"昨日", -1},
                                {"昨晚", -1},
                                {"前天", -2},
                                {"tomorrow", 1},
                                {"yesterday", -1},
                                {"today", 0},
                                {"tonight", 0}};
// Monday first.
constexpr std::array<std::string_view, kDaysPerWeek> kEnglishDays = {"monday", "tuesday",  "wednesday", "thursday",
                                                                     "friday", "saturday", "sunday"};
constexpr std::array<std::string_view, kDaysPerWeek> kChineseDays = {"一", "二", "三", "四", "五", "六", "日"};
constexpr Named kEnglishCounts[] = {{"a", 1},    {"an", 1},  {"one", 1},   {"two", 2},   {"three", 3}, {"four", 4},
                                    {"five", 5}, {"six", 6}, {"seven", 7}, {"eight", 8}, {"nine", 9},  {"ten", 10}};

enum class Step { kDay, kWeek, kMonth };

// 0: Monday.
int weekday_of(CivilDate date) {
  const std::chrono::sys_days days = std::chrono::year{date.year} / date.month / date.day;
  return static_cast<int>(std::chrono::weekday{days}.iso_encoding()) - 1;
}

CivilDate add_months(CivilDate date, int months) {
  const std::chrono::year_month month = std::chrono::year{date.year} / date.month + std::chrono::months{months};
  const auto last = std::chrono::year_month_day_last{month.year(), std::chrono::month_day_last{month.month()}};
  const int day = std::min(date.day, static_cast<int>(static_cast<unsigned>(last.day())));
  return {static_cast<int>(month.year()), static_cast<int>(static_cast<unsigned>(month.month())), day};
}

CivilDate step(CivilDate today, Step unit, int count) {
  switch (unit) {
    case Step::kDay:
      return add_days(today, count);
    case Step::kWeek:
      return add_days(today, count * kDaysPerWeek);
    case Step::kMonth:
      return add_months(today, count);
  }
  return today;
}

CivilDate day_of_week(CivilDate today, int week, int weekday) {
  return add_days(today, week * kDaysPerWeek + weekday - weekday_of(today));
}

// Today included.
CivilDate next_weekday(CivilDate today, int weekday) {
  return add_days(today, (weekday - weekday_of(today) + kDaysPerWeek) % kDaysPerWeek);
}

DateReading found(std::optional<CivilDate> date, std::size_t begin, std::size_t end) {
  return {.found = true, .date = date, .span = {begin, end}};
}

// 3天后, 三周之前, 两个月后.
std::optional<DateReading> read_chinese_distance(std::string_view text, std::size_t at, CivilDate today) {
  if (follows_chinese_numeral(text, at)) return std::nullopt;  // in the middle of a number
  Scanner scan(text, at);
  int count = 0;
  if (!scan.number(1, 4, count) && !scan.numerals(kCountMost, count)) return std::nullopt;
  scan.word(" ");
  Step unit = Step::kDay;
  if (scan.one_of({"个星期", "星期", "个礼拜", "礼拜", "周"})) {
    unit = Step::kWeek;
  } else if (scan.word("个月")) {
    unit = Step::kMonth;
  } else if (!scan.word("天")) {
    return std::nullopt;
  }
  if (count > kCountMost) return std::nullopt;
  if (scan.one_of({"之后", "以后", "后"})) return found(step(today, unit, count), at, scan.at());
  if (scan.one_of({"之前", "以前", "前"})) return found(step(today, unit, -count), at, scan.at());
  return std::nullopt;
}

// "3 days", "a week", "two months".
bool take_english_distance(Scanner& scan, Step& unit, int& count) {
  bool counted = scan.number(1, 4, count);
  for (std::size_t i = 0; !counted && i < std::size(kEnglishCounts); ++i) {
    const std::size_t before = scan.at();
    counted = scan.word(kEnglishCounts[i].word) && !scan.touches_word();
    if (!counted) scan.go_to(before);
    if (counted) count = kEnglishCounts[i].days;
  }
  if (!counted || count > kCountMost || !scan.word(" ")) return false;
  if (scan.word("day")) {
    unit = Step::kDay;
  } else if (scan.word("week")) {
    unit = Step::kWeek;
  } else if (scan.word("month")) {
    unit = Step::kMonth;
  } else {
    return false;
  }
  scan.word("s");
  return !scan.touches_word();
}

std::optional<DateReading> read_english_distance(std::string_view text, std::size_t at, CivilDate today) {
  Scanner scan(text, at);
  Step unit = Step::kDay;
  int count = 0;
  const bool is_ahead = scan.word("in ");
  if (!take_english_distance(scan, unit, count)) return std::nullopt;
  if (is_ahead || scan.one_of({" from now", " from today", " later"}))
    return found(step(today, unit, count), at, scan.at());
  if (scan.word(" ago")) return found(step(today, unit, -count), at, scan.at());
  return std::nullopt;
}

std::optional<int> take_chinese_weekday(Scanner& scan) {
  if (!scan.one_of({"周", "星期", "礼拜"})) return std::nullopt;
  if (scan.word("天")) return kDaysPerWeek - 1;
  for (std::size_t i = 0; i < kChineseDays.size(); ++i) {
    if (scan.word(kChineseDays[i])) return static_cast<int>(i);
  }
  return std::nullopt;
}

// Weeks or months from this one: 上上 -2, 上 -1, 这, 本 0, 下 1, 下下 2.
std::optional<int> take_chinese_distance(Scanner& scan) {
  constexpr Named kDistances[] = {{"上上", -2}, {"下下", 2}, {"上", -1}, {"下", 1}, {"这", 0}, {"本", 0}};
  for (const Named& distance : kDistances) {
    if (!scan.word(distance.word)) continue;
    scan.word("个");
    return distance.days;
  }
  return std::nullopt;
}

// 下周一, 上个星期天, 周五; 下个月5号.
std::optional<DateReading> read_chinese_week_or_month(std::string_view text, std::size_t at, CivilDate today) {
  Scanner scan(text, at);
  const auto distance = take_chinese_distance(scan);
  if (distance && scan.word("月")) {
    int day = 0;
    if (!scan.number(1, 2, day) && !scan.numerals(99, day)) return std::nullopt;
    if (!scan.one_of({"日", "号"})) return std::nullopt;
    const CivilDate month = add_months({today.year, today.month, 1}, *distance);
    return found(make_date(month.year, month.month, day), at, scan.at());
  }
  const auto weekday = take_chinese_weekday(scan);
  if (!weekday) return std::nullopt;
  if (distance) return found(day_of_week(today, *distance, *weekday), at, scan.at());
  // 每周一, 一周一次: no day of the calendar.
  if (text.substr(0, at).ends_with("每") || follows_chinese_numeral(text, at)) return std::nullopt;
  if (at > 0 && text[at - 1] >= '0' && text[at - 1] <= '9') return std::nullopt;
  return found(next_weekday(today, *weekday), at, scan.at());
}

// Friday, next monday, last sunday.
std::optional<DateReading> read_english_weekday(std::string_view text, std::size_t at, CivilDate today) {
  Scanner scan(text, at);
  const bool is_next = scan.word("next ");
  const bool is_last = !is_next && scan.word("last ");
  const bool is_this = !is_next && !is_last && scan.word("this ");
  for (std::size_t i = 0; i < kEnglishDays.size(); ++i) {
    if (!scan.word(kEnglishDays[i])) continue;
    if (scan.touches_word()) return std::nullopt;  // "mondays": every one
    const int weekday = static_cast<int>(i);
    if (is_next) return found(day_of_week(today, 1, weekday), at, scan.at());
    if (is_this) return found(day_of_week(today, 0, weekday), at, scan.at());
    if (is_last) return found(add_days(next_weekday(today, weekday), -kDaysPerWeek), at, scan.at());
    return found(next_weekday(today, weekday), at, scan.at());
  }
  return std::nullopt;
}

}  // namespace

std::optional<DateReading> read_relative_date(std::string_view text, std::size_t at, CivilDate today) {
  for (const Named& named : kNamedDays) {
    if (!text.substr(at).starts_with(named.word)) continue;
    return found(add_days(today, named.days), at, at + named.word.size());
  }
  for (const auto& read :
       {read_chinese_distance, read_english_distance, read_chinese_week_or_month, read_english_weekday}) {
    if (const auto reading = read(text, at, today)) return reading;
  }
  return std::nullopt;
}

}  // namespace yupu::products
