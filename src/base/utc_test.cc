#include "base/utc.h"

#include <gtest/gtest.h>

#include "base/clock.h"

namespace yupu {
namespace {

TEST(Utc, ReadsWhatPeopleWrite) {
  constexpr std::int64_t kSecond = 1'000'000'000;
  EXPECT_EQ(parse_utc("1970-01-01"), 0);
  EXPECT_EQ(parse_utc("1970-01-02T00:00:01Z"), 86'401 * kSecond);
  EXPECT_EQ(parse_utc("1970-01-02 00:00:01"), 86'401 * kSecond);
  EXPECT_EQ(parse_utc("2026-11-27T08:30:00.25+08:00"), parse_utc("2026-11-27T00:30:00.250Z"));
  EXPECT_EQ(parse_utc("2026-11-26T19:30:00-0500"), parse_utc("2026-11-27T00:30:00Z"));
  const std::int64_t time = *parse_utc("2024-02-29T23:59:59.123Z");
  EXPECT_EQ(format_utc(time), "2024-02-29T23:59:59.123Z");
}

TEST(Utc, RefusesEverythingElse) {
  for (const char* text :
       {"", "2026", "2026-13-01", "2023-02-29", "2026-1-1", "27.11.2026", "2026-11-27T", "2026-11-27T08:30",
        "2026-11-27T24:00:00Z", "2026-11-27T08:30:00.Z", "2026-11-27T08:30:00.1234567890Z", "2026-11-27T08:30:00+8",
        "2026-11-27T08:30:00Zx", "2026-11-27x", "1969-12-31", "2262-01-01", "1970-01-01T00:00:00+08:00"})
    EXPECT_FALSE(parse_utc(text).has_value()) << text;
}

}  // namespace
}  // namespace yupu
