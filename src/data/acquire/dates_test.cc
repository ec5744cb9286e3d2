#include "data/acquire/dates.h"

#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "base/utc.h"

namespace yupu::data {
namespace {

constexpr std::int64_t kHourNs = 3'600'000'000'000;

TEST(Dates, OfMailAndHttp) {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"Sun, 06 Nov 1994 08:49:37 GMT", "1994-11-06T08:49:37Z"},
      {"Sunday, 06-Nov-94 08:49:37 GMT", "1994-11-06T08:49:37Z"},
      {"Sun Nov  6 08:49:37 1994", "1994-11-06T08:49:37Z"},
      {"Fri, 27 Nov 2026 08:30:00 +0800", "2026-11-27T00:30:00Z"},
      {"27 Nov 2026 08:30 EST", "2026-11-27T13:30:00Z"},
      {"Fri, 27 November 26 8:30:00 +08:00", "2026-11-27T00:30:00Z"},
      {"Fri,27 Nov 2026 08:30:00 CST", "2026-11-27T14:30:00Z"},
  };
  for (const auto& [text, utc] : cases) {
    const auto read = parse_mail_date(text);
    ASSERT_TRUE(read) << text;
    EXPECT_EQ(read->utc_ns, parse_utc(utc)) << text;
    EXPECT_TRUE(read->has_zone) << text;
  }
  EXPECT_FALSE(parse_mail_date("27 Nov 2026 08:30:00")->has_zone);
  for (const char* text : {"", "yesterday", "Fri, 31 Feb 2026 08:30:00 GMT", "27 Nox 2026 08:30:00 GMT", "27 Nov 2026",
                           "27 Nov 2026 25:00:00 GMT", "06-Nov", "1 2 3 4", "- - - -"})
    EXPECT_FALSE(parse_mail_date(text)) << text;
}

TEST(Dates, WrittenAlmostAsTheyShould) {
  const std::string day = "2026-11-07T00:30:00Z";
  for (const char* text : {"2026-11-07T08:30:00+08:00", "2026-11-07t00:30:00.000z", "2026-11-07 00:30:00 GMT",
                           "2026/11/7 00:30Z", "2026.11.07 0:30 +0000",
                           "2026\xe5\xb9\xb4"
                           "11\xe6\x9c\x88"
                           "7\xe6\x97\xa5 08:30 +08:00"}) {
    const auto read = parse_date_like(text);
    ASSERT_TRUE(read) << text;
    EXPECT_EQ(read->utc_ns, parse_utc(day)) << text;
  }
  EXPECT_TRUE(parse_date_like("2026-11-07")->day_only);
  for (const char* text : {"", "26-11-07", "2026-13-01", "2026-11", "2026-11-07 noon", "2026-11-07T08"})
    EXPECT_FALSE(parse_date_like(text)) << text;
}

TEST(Dates, WhatCannotBeBelievedIsNotTaken) {
  const std::int64_t now = *parse_utc("2026-11-27T12:00:00Z");
  const auto read = [&](const char* text) { return read_published(text, 480, now); };
  EXPECT_EQ(read("2026-11-27T10:00:00Z").utc_ns, now - 2 * kHourNs);
  EXPECT_EQ(read("2026-11-27T10:00:00Z").repair, "");
  EXPECT_EQ(read("2026-11-27 18:00:00").utc_ns, now - 2 * kHourNs);
  EXPECT_EQ(read("2026-11-27 18:00:00").repair, "no_zone");
  for (const auto& [text, repair] : std::vector<std::pair<const char*, const char*>>{{"1970-01-01T00:00:00Z", "past"},
                                                                                     {"2027-01-01T00:00:00Z", "future"},
                                                                                     {"just now", "unreadable"},
                                                                                     {"2026-11-27", "day_only"}}) {
    EXPECT_FALSE(read(text).utc_ns) << text;
    EXPECT_EQ(read(text).repair, repair) << text;
  }
  EXPECT_EQ(read("2026-11-20").utc_ns, parse_utc("2026-11-19T16:00:00Z"));
  EXPECT_FALSE(read("").utc_ns);
  EXPECT_EQ(read("").repair, "");
}

}  // namespace
}  // namespace yupu::data
