#include "products/service/knowledge/fusion.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace yupu::products {
namespace {

TEST(Fusion, RanksAddUp) {
  const std::vector<Ranked> lists[] = {{{7, 9.0}, {3, 8.0}, {5, 1.0}}, {{3, 0.5}, {9, 0.4}}};
  const double weights[] = {1.0, 1.0};
  const auto fused = fuse(lists, weights);
  ASSERT_EQ(fused.size(), 4u);
  EXPECT_EQ(fused[0].id, 3);
  EXPECT_DOUBLE_EQ(fused[0].score, 1.0 / 62 + 1.0 / 61);
  EXPECT_EQ(fused[1].id, 7);
  EXPECT_DOUBLE_EQ(fused[1].score, 1.0 / 61);
  EXPECT_EQ(fused[2].id, 9);
  EXPECT_EQ(fused[3].id, 5);
}

TEST(Fusion, AListMayCountForLess) {
  const std::vector<Ranked> lists[] = {{{7, 9.0}, {3, 8.0}}, {{9, 0.5}, {3, 0.4}}};
  const double weights[] = {0.25, 1.0};
  const auto fused = fuse(lists, weights);
  EXPECT_EQ(fused[0].id, 3);
  EXPECT_DOUBLE_EQ(fused[0].score, 0.25 / 62 + 1.0 / 62);
  EXPECT_EQ(fused[1].id, 9);
  EXPECT_DOUBLE_EQ(fused[2].score, 0.25 / 61);
}

std::vector<std::int64_t> ids_of(const std::vector<Ranked>& order) {
  std::vector<std::int64_t> ids;
  for (const Ranked& ranked : order) ids.push_back(ranked.id);
  return ids;
}

TEST(Fusion, BlendLiesBetweenTwoOrders) {
  const std::vector<Ranked> before = {{4, 0.9}, {3, 0.8}, {9, 0.7}, {1, 0.6}};
  const std::vector<Ranked> read = {{9, 5.0}, {3, 2.0}, {4, 0.5}};  // of the first three
  const auto all = blend(before, read, 1.0);
  EXPECT_THAT(ids_of(all), ::testing::ElementsAre(9, 3, 4, 1));
  EXPECT_EQ(all[0].score, 5.0);
  EXPECT_LT(all[3].score, 0.0);
  EXPECT_THAT(ids_of(blend(before, read, 0.0)), ::testing::ElementsAre(4, 3, 9, 1));
  EXPECT_EQ(blend(before, read, 0.0)[0].score, 0.9);
  // Weights a quarter: 0.75/61 + 0.25/63, 0.75/62 + 0.25/62, 0.75/63 + 0.25/61.
  const auto quarter = blend(before, read, 0.25);
  EXPECT_THAT(ids_of(quarter), ::testing::ElementsAre(4, 3, 9, 1));
  EXPECT_DOUBLE_EQ(quarter[0].score, 0.75 / 61 + 0.25 / 63);
  EXPECT_THAT(ids_of(blend(before, read, 0.75)), ::testing::ElementsAre(9, 3, 4, 1));
  // Two that change places weigh the same at a half: the one that stood before stays.
  const std::vector<Ranked> swapped = {{3, 2.0}, {4, 1.0}};
  EXPECT_THAT(ids_of(blend(std::span(before).first(2), swapped, 0.5)), ::testing::ElementsAre(4, 3));
  EXPECT_THAT(ids_of(blend(before, {}, 1.0)), ::testing::ElementsAre(4, 3, 9, 1));
}

TEST(Fusion, EqualOnesAreInTheOrderOfTheirIds) {
  const std::vector<Ranked> lists[] = {{{8, 1.0}}, {{2, 1.0}}, {}};
  const double weights[] = {1.0, 1.0, 1.0};
  EXPECT_EQ(fuse(lists, weights)[0].id, 2);
  EXPECT_TRUE(fuse({}, {}).empty());
}

}  // namespace
}  // namespace yupu::products
