#include "products/recommend/methods/ranker/position_pull.h"

#include <cmath>

#include <gtest/gtest.h>

#include "base/rng.h"

namespace yupu::recommend {
namespace {

// Five places looked at with chance 1/place; what stands high is wanted more, so clicks alone would say a steeper
// curve.
TEST(PositionPull, IsToldApartFromWhatStandsThere) {
  RankingGroups groups{.width = 2, .features = {}, .relevance = {}, .sizes = {}};
  std::vector<std::int64_t> positions;
  Rng rng(5);
  double clicks[2] = {0.0, 0.0};
  for (int list = 0; list < 6000; ++list) {
    for (std::int64_t position = 1; position <= 5; ++position) {
      const double x = rng.normal() - 0.4 * static_cast<double>(position);
      const double wanted = 0.1 * std::exp(0.6 * x) / (1.0 + 0.1 * std::exp(0.6 * x));
      const bool clicked = rng.uniform() < wanted / static_cast<double>(position);
      groups.features.insert(groups.features.end(), {static_cast<float>(x), 7.0f});
      groups.relevance.push_back(clicked ? 1.0f : 0.0f);
      positions.push_back(position);
      if (clicked && (position == 1 || position == 5)) clicks[position / 5] += 1.0;
    }
    groups.sizes.push_back(5);
  }
  const std::vector<float> pull = position_pull(groups, 0, positions);
  ASSERT_EQ(pull.size(), 5U);
  EXPECT_GT(std::log(clicks[0] / clicks[1]), std::log(5.0) + 0.5) << "the clicks alone";
  EXPECT_NEAR(pull[0] - pull[1], std::log(2.0), 0.25);
  EXPECT_NEAR(pull[0] - pull[4], std::log(5.0), 0.35);
  EXPECT_EQ(position_pull(groups, 0, positions), pull);
  EXPECT_TRUE(position_pull(groups, groups.sizes.size(), {}).empty());
  EXPECT_EQ(place_of(1), 0U);
  EXPECT_EQ(place_of(1000), 49U);
}

}  // namespace
}  // namespace yupu::recommend
