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

TEST(Fusion, EqualOnesAreInTheOrderOfTheirIds) {
  const std::vector<Ranked> lists[] = {{{8, 1.0}}, {{2, 1.0}}, {}};
  const double weights[] = {1.0, 1.0, 1.0};
  EXPECT_EQ(fuse(lists, weights)[0].id, 2);
  EXPECT_TRUE(fuse({}, {}).empty());
}

}  // namespace
}  // namespace yupu::products
