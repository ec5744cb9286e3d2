#include "data/split/split.h"

#include <cmath>

#include <gtest/gtest.h>

namespace yupu::data {
namespace {

TEST(Split, CountsAreExactAndLeaveSomethingToTrain) {
  const auto counts = [](std::int64_t n, double valid, double test) {
    const SplitCounts c = split_counts(n, {valid, test});
    EXPECT_EQ(c.train + c.valid + c.test, n);
    return std::vector<std::int64_t>{c.train, c.valid, c.test};
  };
  EXPECT_EQ(counts(100, 0.1, 0.2), (std::vector<std::int64_t>{70, 10, 20}));
  EXPECT_EQ(counts(25, 0.1, 0.1), (std::vector<std::int64_t>{19, 3, 3}));
  EXPECT_EQ(counts(2, 0.1, 0.1), (std::vector<std::int64_t>{2, 0, 0}));
  EXPECT_EQ(counts(2, 0.4, 0.5), (std::vector<std::int64_t>{1, 0, 1}));
  EXPECT_EQ(counts(1, 0.4, 0.55), (std::vector<std::int64_t>{1, 0, 0}));
  EXPECT_EQ(counts(0, 0.4, 0.4), (std::vector<std::int64_t>{0, 0, 0}));
}

TEST(Split, FractionsAreChecked) {
  EXPECT_EQ(check_fractions({-0.1, 0.1}).field(), "valid_fraction");
  EXPECT_EQ(check_fractions({0.1, 1.0}).field(), "test_fraction");
  EXPECT_EQ(check_fractions({0.5, 0.5}).field(), "valid_fraction");
  EXPECT_EQ(check_fractions({0.0 / 1.0, std::nan("")}).field(), "test_fraction");
  EXPECT_TRUE(check_fractions({0, 0}).ok());
}

TEST(Split, RankDependsOnSeedAndText) {
  const CanonicalKey a = canonical_key("a"), b = canonical_key("b");
  EXPECT_EQ(split_rank(1, a), split_rank(1, a));
  EXPECT_NE(split_rank(1, a), split_rank(2, a));
  EXPECT_NE(split_rank(1, a), split_rank(1, b));
}

TEST(Split, Words) {
  EXPECT_EQ(parse_split("dev"), Split::kValid);
  EXPECT_EQ(parse_split(""), Split::kNone);
  EXPECT_FALSE(parse_split("tset"));
}

}  // namespace
}  // namespace yupu::data
