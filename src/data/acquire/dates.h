// Times as other people's pages, feeds and servers write them, right and wrong.
// Threads: pure functions.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace yupu::data {

struct WrittenTime {
  std::int64_t utc_ns = 0;  // read as UTC where no zone is written
  bool has_zone = false;
  bool day_only = false;
};

// "Sun, 06 Nov 1994 08:49:37 GMT", "6 Nov 94 08:49 +0800", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994"
// (RFC 5322, 3.3 and 4.3; RFC 9110, 5.6.7). The names of zones are the RFC's: CST is six hours behind UTC.
std::optional<WrittenTime> parse_mail_date(std::string_view text);

// "2026-11-27T08:30:00+08:00", and what is written instead: a blank for the T, slashes or the Chinese characters for
// year, month and day for the hyphens, one digit for two, no seconds, no time.
std::optional<WrittenTime> parse_date_like(std::string_view text);

// When something was published, as far as what is written can be believed.
//   "no_zone"     read in the source's zone, `utc_offset_minutes` east of UTC
//   "day_only"    a day without a time, of the last two: absent, because an hour would be made up; of earlier ones its
//                 beginning
//   "past"        before 1995, when nobody published here: absent        "future"  more than ten minutes to come:
//   absent "unreadable"  absent
struct PublishedTime {
  std::optional<std::int64_t> utc_ns;
  std::string_view repair = {};  // empty: it is as it was written, or nothing was written
};
PublishedTime read_published(std::string_view text, std::int64_t utc_offset_minutes, std::int64_t now_ns);

}  // namespace yupu::data
