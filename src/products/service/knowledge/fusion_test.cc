#include "products/service/knowledge/fusion.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace yupu::products {
namespace {

TEST(Fusion, RanksAddUp) {
  const std::vector<Ranked> lists[] = {{{7, 9.0}, {3, 8.0}, {5, 1.0}}, {{3, 0.5}, {9, 0.4}}};
  const auto fused = fuse(lists);
  ASSERT_EQ(fused.size(), 4u);
  EXPECT_EQ(fused[0].id, 3);
  EXPECT_DOUBLE_EQ(fused[0].score, 1.0 / 62 + 1.0 / 61);
  EXPECT_EQ(fused[1].id, 7);
  EXPECT_DOUBLE_EQ(fused[1].score, 1.0 / 61);
  EXPECT_EQ(fused[2].id, 9);
  EXPECT_EQ(fused[3].id, 5);
}

TEST(Fusion, EqualOnesAreInTheOrderOfTheirIds) {
  const std::vector<Ranked> lists[] = {{{8, 1.0}}, {{2, 1.0}}, {}};
  EXPECT_EQ(fuse(lists)[0].id, 2);
  EXPECT_TRUE(fuse({}).empty());
}

}  // namespace
}  // namespace yupu::products
