#include "products/recommend/methods/tower/item_index.h"

#include <cmath>
#include <set>

#include <gtest/gtest.h>

#include "base/rng.h"

namespace yupu::recommend {
namespace {

std::vector<float> unit_vectors(std::size_t count, std::size_t width, std::uint64_t seed) {
  Rng rng(seed);
  std::vector<float> values(count * width);
  for (std::size_t i = 0; i < count; ++i) {
    double square = 0.0;
    for (std::size_t c = 0; c < width; ++c) {
      values[i * width + c] = static_cast<float>(rng.normal());
      square += static_cast<double>(values[i * width + c]) * static_cast<double>(values[i * width + c]);
    }
    for (std::size_t c = 0; c < width; ++c) values[i * width + c] /= static_cast<float>(std::sqrt(square));
  }
  return values;
}

TEST(ItemIndex, FindsWhatComparingAllFinds) {
  constexpr std::size_t kItems = 5000, kWidth = 32, kCount = 200;
  const std::vector<float> values = unit_vectors(kItems, kWidth, 1), queries = unit_vectors(20, kWidth, 2);
  const ItemVectors vectors{.values = values, .width = kWidth};
  const ItemIndex index(vectors);
  EXPECT_EQ(index.size(), kItems);
  std::vector<std::uint8_t> open(kItems, 1);
  for (std::size_t i = 0; i < kItems; i += 7) open[i] = 0;
  std::size_t found = 0;
  for (std::size_t q = 0; q < 20; ++q) {
    const auto query = std::span(queries).subspan(q * kWidth, kWidth);
    const auto near = index.nearest(query, kCount, open), exact = exact_nearest(vectors, query, kCount, open);
    ASSERT_EQ(near.size(), kCount);
    std::set<std::uint32_t> wanted;
    for (const Scored& one : exact) wanted.insert(one.item);
    for (std::size_t i = 0; i < near.size(); ++i) {
      found += wanted.contains(near[i].item) ? 1 : 0;
      EXPECT_NE(near[i].item % 7, 0u) << "not open";
      if (i > 0) {
        EXPECT_GE(near[i - 1].score, near[i].score);
      }
    }
    EXPECT_EQ(near[0].item, exact[0].item);
    EXPECT_EQ(near[0].score, exact[0].score) << "scores are of the floats";
  }
  EXPECT_GE(static_cast<double>(found), 0.98 * 20 * kCount);
}

TEST(ItemIndex, FewItemsAndNone) {
  const std::vector<float> values = {1, 0, 0, 1, 0.6f, 0.8f};
  const ItemVectors vectors{.values = values, .width = 2};
  const ItemIndex index(vectors);
  const std::vector<float> query = {0.0f, 1.0f};
  const auto near = index.nearest(query, 10, std::vector<std::uint8_t>{1, 1, 1});
  ASSERT_EQ(near.size(), 3u);
  EXPECT_EQ(near[0].item, 1u);
  EXPECT_EQ(near[1].item, 2u);
  EXPECT_TRUE(index.nearest(query, 10, std::vector<std::uint8_t>{0, 0, 0}).empty());
  EXPECT_TRUE(ItemIndex({.values = {}, .width = 2}).nearest(query, 3, {}).empty());
}

}  // namespace
}  // namespace yupu::recommend
