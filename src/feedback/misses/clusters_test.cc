#include "feedback/misses/clusters.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace yupu::feedback {
namespace {

using ::testing::ElementsAre;

Likeness of_pairs(std::size_t count, std::initializer_list<std::tuple<std::size_t, std::size_t, double>> pairs) {
  Likeness likeness(count);
  for (const auto& [i, j, cosine] : pairs) {
    likeness.set(i, j, static_cast<std::int64_t>(cosine * static_cast<double>(Likeness::kOne)));
  }
  return likeness;
}

TEST(ClustersTest, TheAverageOfAllPairsDecides) {
  // 0 and 1 are one; 2 is near 1 but far from 0: (0.75 + 0.25) / 2 = 0.5 on average.
  const Likeness likeness = of_pairs(4, {{0, 1, 0.875}, {1, 2, 0.75}, {0, 2, 0.25}});
  EXPECT_THAT(average_linkage(likeness, 0.5), ElementsAre(ElementsAre(0, 1, 2), ElementsAre(3)));
  EXPECT_THAT(average_linkage(likeness, 0.51), ElementsAre(ElementsAre(0, 1), ElementsAre(2), ElementsAre(3)));
  EXPECT_THAT(average_linkage(likeness, 0.9),
              ElementsAre(ElementsAre(0), ElementsAre(1), ElementsAre(2), ElementsAre(3)));
}

TEST(ClustersTest, FollowsAChainOfNearerAndNearerTexts) {
  const Likeness likeness = of_pairs(5, {{0, 1, 0.5}, {1, 2, 0.625}, {2, 3, 0.75}, {3, 4, 0.875}});
  // 3 with 4; then 1 with 2 (0.625), which is nearer than 2 with the two (0.375); then 0 with 1 and 2 is 0.25 on
  // average, and the two pairs are 0.1875 from each other.
  EXPECT_THAT(average_linkage(likeness, 0.3), ElementsAre(ElementsAre(0), ElementsAre(1, 2), ElementsAre(3, 4)));
  EXPECT_THAT(average_linkage(likeness, 0.2), ElementsAre(ElementsAre(0, 1, 2), ElementsAre(3, 4)));
}

TEST(ClustersTest, EdgesOfTheInput) {
  EXPECT_TRUE(average_linkage(Likeness(0), 0.5).empty());
  EXPECT_THAT(average_linkage(Likeness(1), 0.5), ElementsAre(ElementsAre(0)));
  // All equal, and nothing to choose between: one cluster.
  EXPECT_THAT(average_linkage(of_pairs(3, {{0, 1, 0.5}, {0, 2, 0.5}, {1, 2, 0.5}}), 0.5),
              ElementsAre(ElementsAre(0, 1, 2)));
}

TEST(ClustersTest, LikenessOfTexts) {
  const std::vector<std::string> texts = {"where is my parcel", "where is my parcel", "refund", "?!", ""};
  const Likeness likeness = ngram_likeness(texts);
  EXPECT_NEAR(static_cast<double>(likeness.at(0, 1)), static_cast<double>(Likeness::kOne), 4.0);
  EXPECT_LT(likeness.at(0, 2), Likeness::kOne / 10);
  EXPECT_EQ(likeness.at(0, 4), 0);
  EXPECT_EQ(likeness.at(2, 0), likeness.at(0, 2));
  const std::vector<std::vector<float>> vectors = {{1.0F, 0.0F}, {5.0F, 0.0F}, {-1.0F, 0.0F}, {0.0F, 0.0F}};
  const Likeness of_vectors = vector_likeness(vectors);
  EXPECT_EQ(of_vectors.at(0, 1), Likeness::kOne);
  EXPECT_EQ(of_vectors.at(0, 2), -Likeness::kOne);
  EXPECT_EQ(of_vectors.at(0, 3), 0);
}

}  // namespace
}  // namespace yupu::feedback
