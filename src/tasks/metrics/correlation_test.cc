#include "tasks/metrics/correlation.h"

#include <cmath>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace yupu::tasks {
namespace {

using ::testing::ElementsAre;

TEST(Correlation, PearsonByHand) {
  // Means 2.5 and 3: deviations -1.5 -0.5 0.5 1.5 and -2 1 0 1; sums of products 3 - 0.5 + 0 + 1.5 = 4, 5 and 6.
  const std::vector<double> x = {1, 2, 3, 4}, y = {1, 4, 3, 4};
  EXPECT_NEAR(*pearson(x, y), 4.0 / std::sqrt(30.0), 1e-15);
  const std::vector<double> up = {10, 20, 30, 40}, down = {4, 3, 2, 1};
  EXPECT_DOUBLE_EQ(*pearson(x, up), 1.0);
  EXPECT_DOUBLE_EQ(*pearson(x, down), -1.0);
}

TEST(Correlation, RanksShareTies) {
  const std::vector<double> values = {7, 1, 7, 3, 7};
  EXPECT_THAT(average_ranks(values), ElementsAre(4, 1, 4, 2, 4));
}

TEST(Correlation, SpearmanSeesOrderAlone) {
  const std::vector<double> x = {1, 2, 3, 4}, curved = {1, 10, 100, 1000};
  EXPECT_DOUBLE_EQ(*spearman(x, curved), 1.0);
  EXPECT_LT(*pearson(x, curved), 0.9);
  // Ranks 1 2 3 4 and 1 3.5 2 3.5: products of deviations 2.25 - 0.5 - 0.25 + 1.5 = 3, squares 5 and 4.5.
  const std::vector<double> tied = {1, 4, 3, 4};
  EXPECT_NEAR(*spearman(x, tied), 3.0 / std::sqrt(5.0 * 4.5), 1e-15);
}

TEST(Correlation, NothingWhereItIsNotDefined) {
  const std::vector<double> x = {1, 2, 3}, flat = {5, 5, 5}, one = {1};
  EXPECT_FALSE(pearson(x, flat));
  EXPECT_FALSE(spearman(flat, x));
  EXPECT_FALSE(pearson(one, one));
}

}  // namespace
}  // namespace yupu::tasks
