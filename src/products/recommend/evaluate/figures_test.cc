#include "products/recommend/evaluate/figures.h"

#include <cmath>

#include <gtest/gtest.h>

namespace yupu::recommend {
namespace {

TEST(ListFigures, ByHand) {
  // One wanted item in third place.
  ListFigures figures = list_figures(std::vector<Placing>{{.item = 5, .ahead = 2, .score = 1.0f}});
  EXPECT_DOUBLE_EQ(figures.recall, 1.0);
  EXPECT_DOUBLE_EQ(figures.ndcg, 0.5);  // 1 / log2(4)
  EXPECT_DOUBLE_EQ(figures.mrr, 1.0 / 3.0);
  // Two: one in front of all, one behind it and 19 others, in place 21.
  figures = list_figures(
      std::vector<Placing>{{.item = 1, .ahead = 19, .score = 0.1f}, {.item = 2, .ahead = 0, .score = 9.0f}});
  EXPECT_DOUBLE_EQ(figures.recall, 0.5);
  EXPECT_DOUBLE_EQ(figures.ndcg, 1.0 / (1.0 + 1.0 / std::log2(3.0)));
  EXPECT_DOUBLE_EQ(figures.mrr, 1.0);
  // In place 20 it counts for recall, in place 11 not for nDCG.
  figures = list_figures(std::vector<Placing>{{.item = 1, .ahead = 19, .score = 0.0f}});
  EXPECT_DOUBLE_EQ(figures.recall, 1.0);
  EXPECT_DOUBLE_EQ(figures.ndcg, 0.0);
  EXPECT_DOUBLE_EQ(list_figures(std::vector<Placing>{{.item = 1, .ahead = 9, .score = 0.0f}}).ndcg,
                   1.0 / std::log2(11.0));
}

TEST(UserTally, AUserWithManyQuestionsCountsOnce) {
  UserTally tally;
  tally.add(7, {.recall = 1.0, .ndcg = 1.0, .mrr = 1.0});
  tally.add(3, {.recall = 0.0, .ndcg = 0.0, .mrr = 0.5});
  tally.add(3, {.recall = 0.0, .ndcg = 0.5, .mrr = 0.5});
  EXPECT_EQ(tally.user_count(), 2u);
  EXPECT_EQ(tally.question_count(), 3);
  EXPECT_EQ(tally.ndcg(), (std::vector<double>{0.25, 1.0}));
  EXPECT_EQ(tally.recall(), (std::vector<double>{0.0, 1.0}));
}

TEST(Bootstrap, CoversTheMeanAndRepeats) {
  const std::vector<double> same(50, 0.25);
  const Interval none = bootstrap_mean(same, 1, 200);
  EXPECT_DOUBLE_EQ(none.low, 0.25);
  EXPECT_DOUBLE_EQ(none.high, 0.25);
  std::vector<double> values;
  for (int i = 0; i < 400; ++i) values.push_back(i % 2 == 0 ? 0.0 : 1.0);
  const Interval interval = bootstrap_mean(values, 1, 1000);
  EXPECT_DOUBLE_EQ(interval.value, 0.5);
  // The standard error is 0.5 / 20: 1.96 of it on either side.
  EXPECT_NEAR(interval.low, 0.5 - 1.96 * 0.025, 0.005);
  EXPECT_NEAR(interval.high, 0.5 + 1.96 * 0.025, 0.005);
  const Interval again = bootstrap_mean(values, 1, 1000);
  EXPECT_EQ(again.low, interval.low);
  EXPECT_EQ(again.high, interval.high);
  EXPECT_NE(bootstrap_mean(values, 2, 1000).low, interval.low);
  EXPECT_EQ(bootstrap_mean({}, 1, 10).value, 0.0);
}

TEST(Catalogue, CoverageGiniAndNoveltyByHand) {
  // Four items, two of which stand in lists, evenly.  Of 8 users 4 knew the one and 1 the other.
  const std::vector<std::int64_t> listed = {3, 0, 3, 0};
  const std::vector<float> users = {4.0f, 8.0f, 1.0f, 0.0f};
  const CatalogueFigures figures = catalogue_figures(listed, users, 8);
  EXPECT_DOUBLE_EQ(figures.coverage, 0.5);
  EXPECT_DOUBLE_EQ(figures.gini, 0.5);
  EXPECT_DOUBLE_EQ(figures.novelty, (1.0 + 3.0) / 2.0);
  const CatalogueFigures even = catalogue_figures(std::vector<std::int64_t>{2, 2, 2, 2}, users, 8);
  EXPECT_DOUBLE_EQ(even.gini, 0.0);
  EXPECT_DOUBLE_EQ(even.coverage, 1.0);
  EXPECT_DOUBLE_EQ(catalogue_figures(std::vector<std::int64_t>{0, 0}, users, 8).coverage, 0.0);
}

TEST(ListNdcg, ByHand) {
  const std::vector<std::uint32_t> wanted = {3, 8}, list = {5, 8, 1, 3};
  const double best = 1.0 + 1.0 / std::log2(3.0);
  EXPECT_NEAR(list_ndcg(list, wanted), (1.0 / std::log2(3.0) + 1.0 / std::log2(5.0)) / best, 1e-12);
  EXPECT_EQ(list_ndcg(std::vector<std::uint32_t>{3, 8}, wanted), 1.0);
  EXPECT_EQ(list_ndcg({}, wanted), 0.0);
}

}  // namespace
}  // namespace yupu::recommend
