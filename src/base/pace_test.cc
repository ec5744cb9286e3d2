#include "base/pace.h"

#include <gtest/gtest.h>

namespace yupu {
namespace {

TEST(Pace, SaysNothingBeforeEnoughWasDone) {
  Pace pace(8, 64);
  pace.done(7, 7'000);
  EXPECT_FALSE(pace.known());
  EXPECT_EQ(pace.expected_ns(100), 0);
  pace.done(1, 1'000);
  EXPECT_TRUE(pace.known());
  EXPECT_EQ(pace.expected_ns(100), 100'000);
  pace.forget();
  EXPECT_FALSE(pace.known());
}

TEST(Pace, IsTheMeanOfBurstsAndNotOfTheirRates) {
  Pace pace(8, 1'000'000);
  for (int i = 0; i < 100; ++i) {
    pace.done(1, 0);  // eight at once, every eight microseconds
    if (i % 8 == 7) pace.done(1, 9'000);
  }
  EXPECT_NEAR(static_cast<double>(pace.expected_ns(112)), 108'000, 200);
}

TEST(Pace, TheNewestCounts) {
  Pace pace(8, 100);
  for (int i = 0; i < 1000; ++i) pace.done(1, 1'000);
  for (int i = 0; i < 100; ++i) pace.done(1, 10'000);
  const auto one = static_cast<double>(pace.expected_ns(1));
  EXPECT_NEAR(one, 10'000 - 9'000 / 2.718, 100);  // a third of what was before is left
  for (int i = 0; i < 1000; ++i) pace.done(1, 10'000);
  EXPECT_NEAR(static_cast<double>(pace.expected_ns(10)), 100'000, 10);
}

}  // namespace
}  // namespace yupu
