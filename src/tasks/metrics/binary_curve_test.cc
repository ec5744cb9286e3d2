#include "tasks/metrics/binary_curve.h"

#include <vector>

#include <gtest/gtest.h>

namespace yupu::tasks {
namespace {

TEST(BinaryCurve, ByHand) {
  // Order: 0.9 yes, 0.8 no, 0.7 yes, 0.1 no.  Of the four pairs three are right; precision 1/1 and 2/3 at the hits.
  const std::vector<double> scores = {0.1, 0.7, 0.8, 0.9};
  const std::vector<std::uint8_t> positive = {0, 1, 0, 1};
  const auto curve = binary_curve(scores, positive);
  ASSERT_TRUE(curve);
  EXPECT_DOUBLE_EQ(curve->auroc, 0.75);
  EXPECT_DOUBLE_EQ(curve->average_precision, 0.5 * 1.0 + 0.5 * 2.0 / 3.0);
}

TEST(BinaryCurve, TiesCountHalfAndAreOneThreshold) {
  // 0.5 holds one of each.  Pairs: (0.5, 0.5) half, (0.5, 0.2) right, (0.2 yes, 0.5) wrong, (0.2, 0.2) half.
  const std::vector<double> scores = {0.5, 0.5, 0.2, 0.2};
  const std::vector<std::uint8_t> positive = {1, 0, 1, 0};
  const auto curve = binary_curve(scores, positive);
  ASSERT_TRUE(curve);
  EXPECT_DOUBLE_EQ(curve->auroc, 0.5);
  EXPECT_DOUBLE_EQ(curve->average_precision, 0.5);
}

TEST(BinaryCurve, PerfectAndReversed) {
  const std::vector<double> scores = {3, 2, 1};
  const std::vector<std::uint8_t> best = {1, 0, 0}, worst = {0, 0, 1};
  EXPECT_DOUBLE_EQ(binary_curve(scores, best)->auroc, 1.0);
  EXPECT_DOUBLE_EQ(binary_curve(scores, best)->average_precision, 1.0);
  EXPECT_DOUBLE_EQ(binary_curve(scores, worst)->auroc, 0.0);
  EXPECT_DOUBLE_EQ(binary_curve(scores, worst)->average_precision, 1.0 / 3.0);
}

TEST(BinaryCurve, OneKindAloneHasNoCurve) {
  const std::vector<double> scores = {1, 2};
  const std::vector<std::uint8_t> all = {1, 1}, none = {0, 0};
  EXPECT_FALSE(binary_curve(scores, all));
  EXPECT_FALSE(binary_curve(scores, none));
}

}  // namespace
}  // namespace yupu::tasks
