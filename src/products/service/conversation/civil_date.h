// Days of the calendar: which one a text names, and which one it is where the shop is.
// Threads: pure functions.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "products/service/conversation/pattern.h"

namespace yupu::products {

struct CivilDate {
  int year = 1970;
  int month = 1;
  int day = 1;
  std::string to_string() const;  // "2026-02-03"
  bool operator==(const CivilDate&) const = default;
};

// Nothing for a day that is not there: 31 Feb, month 13.
std::optional<CivilDate> make_date(int year, int month, int day);
// The day it is at `utc_ns` where clocks are `utc_offset_minutes` ahead of UTC.
CivilDate civil_date(std::int64_t utc_ns, std::int64_t utc_offset_minutes);
CivilDate add_days(CivilDate date, int days);
// The instant that day begins there.
std::int64_t begin_of_day_ns(CivilDate date, std::int64_t utc_offset_minutes);

// "2026-12-31", or RFC 3339 ("2026-12-31T18:00:00+08:00", "...Z", a fraction is taken and dropped).
struct Instant {
  std::int64_t utc_ns = 0;
  bool whole_day = false;  // a date alone: utc_ns is its beginning
};
std::optional<Instant> parse_instant(std::string_view text, std::int64_t utc_offset_minutes);
// "+08:00", "-03:30", "Z" -> minutes.
std::optional<std::int64_t> parse_utc_offset(std::string_view text);

struct DateReading {
  bool found = false;                  // something is written as a date is
  std::optional<CivilDate> date = {};  // absent: no such day
  Span span = {};
};
// The first date of a text that was folded by slot_text(); the year of one without is today's.
DateReading read_date(std::string_view text, CivilDate today);

}  // namespace yupu::products
