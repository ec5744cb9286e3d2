#include "products/service/knowledge/vector_index.h"

#include <cmath>
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/rng.h"

namespace yupu::products {
namespace {

std::vector<float> random_vector(Rng& rng, std::size_t width) {
  std::vector<float> out(width);
  for (float& value : out) value = static_cast<float>(rng.normal());
  return out;
}

std::vector<std::int64_t> ids_of(const std::vector<Ranked>& ranked) {
  std::vector<std::int64_t> out;
  for (const Ranked& one : ranked) out.push_back(one.id);
  return out;
}

TEST(VectorIndex, NearestByCosine) {
  VectorIndex index(2);
  ASSERT_TRUE(index.add(4, std::vector<float>{10.0f, 0.0f}).ok());
  ASSERT_TRUE(index.add(2, std::vector<float>{1.0f, 1.0f}).ok());
  ASSERT_TRUE(index.add(9, std::vector<float>{0.0f, 0.0f}).ok());
  ASSERT_TRUE(index.add(1, std::vector<float>{2.0f, 2.0f}).ok());
  const auto nearest = index.nearest(std::vector<float>{0.0f, 3.0f}, 10);
  EXPECT_THAT(ids_of(nearest), ::testing::ElementsAre(1, 2, 4, 9));
  EXPECT_NEAR(nearest[0].score, std::sqrt(0.5), 1e-6);
  EXPECT_EQ(nearest[3].score, 0.0);
  EXPECT_EQ(index.nearest(std::vector<float>{0.0f, 3.0f}, 1).size(), 1u);
  ASSERT_TRUE(index.remove(1).ok());
  ASSERT_TRUE(index.remove(77).ok());
  EXPECT_THAT(ids_of(index.nearest(std::vector<float>{0.0f, 3.0f}, 10)), ::testing::ElementsAre(2, 4, 9));
  EXPECT_TRUE(VectorIndex(3).nearest(std::vector<float>(3), 5).empty());
}

// The graph against its exact twin, while vectors come and go.
TEST(VectorIndex, TheGraphFindsWhatIsNearest) {
  constexpr std::size_t kWidth = 24;
  VectorIndex exact(kWidth, {.exact_max = 1'000'000});
  VectorIndex graph(kWidth, {.exact_max = 200});
  Rng rng(7);
  const auto compare = [&] {
    std::size_t right = 0, asked = 0;
    for (int i = 0; i < 30; ++i) {
      const auto query = random_vector(rng, kWidth);
      const auto expected = ids_of(exact.nearest(query, 10));
      const auto found = ids_of(graph.nearest(query, 10));
      const std::set<std::int64_t> different(found.begin(), found.end());
      EXPECT_EQ(different.size(), expected.size());
      for (const std::int64_t id : expected) right += different.contains(id) ? 1 : 0;
      asked += expected.size();
    }
    EXPECT_GE(static_cast<double>(right), 0.97 * static_cast<double>(asked));
  };
  const auto add = [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t id = begin; id < end; ++id) {
      const auto vector = random_vector(rng, kWidth);
      ASSERT_TRUE(exact.add(id, vector).ok());
      ASSERT_TRUE(graph.add(id, vector).ok());
    }
  };
  add(1, 200);
  EXPECT_TRUE(graph.is_exact());
  add(200, 1500);
  EXPECT_FALSE(graph.is_exact());
  compare();
  for (std::int64_t id = 1; id < 1000; ++id) {  // beyond half: built anew on the way
    ASSERT_TRUE(exact.remove(id).ok());
    ASSERT_TRUE(graph.remove(id).ok());
    if (id % 100 != 0) continue;
    for (const std::int64_t found : ids_of(graph.nearest(random_vector(rng, kWidth), 50))) EXPECT_GT(found, id);
  }
  EXPECT_FALSE(graph.is_exact());
  EXPECT_EQ(graph.size(), 500u);
  compare();
  add(1500, 2500);
  compare();
  for (std::int64_t id = 1000; id < 2420; ++id) ASSERT_TRUE(graph.remove(id).ok());
  EXPECT_TRUE(graph.is_exact());
  EXPECT_EQ(graph.size(), 80u);
}

TEST(VectorIndex, TheSameCallsGiveTheSameAnswers) {
  const auto build = [] {
    VectorIndex index(16, {.exact_max = 100});
    Rng rng(3);
    for (std::int64_t id = 1; id < 400; ++id) EXPECT_TRUE(index.add(id, random_vector(rng, 16)).ok());
    std::vector<std::int64_t> all;
    for (int i = 0; i < 10; ++i) {
      for (const std::int64_t id : ids_of(index.nearest(random_vector(rng, 16), 10))) all.push_back(id);
    }
    return all;
  };
  EXPECT_EQ(build(), build());
}

TEST(VectorIndex, CosineOfVectors) {
  EXPECT_NEAR(cosine(std::vector<float>{3.0f, 4.0f}, std::vector<float>{4.0f, 3.0f}), 0.96, 1e-12);
  EXPECT_EQ(cosine(std::vector<float>{0.0f, 0.0f}, std::vector<float>{4.0f, 3.0f}), 0.0);
}

}  // namespace
}  // namespace yupu::products
