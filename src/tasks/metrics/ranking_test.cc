#include "tasks/metrics/ranking.h"

#include <cmath>

#include <gtest/gtest.h>

namespace yupu::tasks {
namespace {

// Relevant with gain 1 where the word has a '+', from the best score to the worst.
std::vector<Candidate> ranked(std::string_view order) {
  std::vector<Candidate> out;
  for (std::size_t i = 0; i < order.size(); ++i) {
    const bool relevant = order[i] == '+';
    out.push_back({.score = -static_cast<double>(i), .gain = relevant ? 1.0 : 0.0, .relevant = relevant});
  }
  return out;
}

TEST(Ranking, ByHand) {
  const std::vector<std::vector<Candidate>> queries = {ranked("-+-+"), ranked("+"), ranked("--")};
  const RankingReport report = ranking_report(queries);
  EXPECT_EQ(report.query_count, 2);
  EXPECT_EQ(report.unanswerable_count, 1);
  EXPECT_DOUBLE_EQ(report.candidates_mean, 2.5);
  EXPECT_DOUBLE_EQ(report.mrr, (0.5 + 1.0) / 2);
  EXPECT_DOUBLE_EQ(report.recall.at(1), (0.0 + 1.0) / 2);
  EXPECT_DOUBLE_EQ(report.recall.at(3), (0.5 + 1.0) / 2);
  EXPECT_DOUBLE_EQ(report.recall.at(5), 1.0);
  const double first = (1 / std::log2(3.0) + 1 / std::log2(5.0)) / (1.0 + 1 / std::log2(3.0));
  EXPECT_DOUBLE_EQ(report.ndcg, (first + 1.0) / 2);
}

TEST(Ranking, NothingBelowTheTenthCounts) {
  const std::vector<std::vector<Candidate>> tenth = {ranked("---------+")}, eleventh = {ranked("----------+")};
  EXPECT_DOUBLE_EQ(ranking_report(tenth).mrr, 0.1);
  EXPECT_DOUBLE_EQ(ranking_report(tenth).recall.at(10), 1.0);
  EXPECT_EQ(ranking_report(eleventh).mrr, 0.0);
  EXPECT_EQ(ranking_report(eleventh).ndcg, 0.0);
  EXPECT_EQ(ranking_report(eleventh).recall.at(10), 0.0);
}

TEST(Ranking, EqualScoresEarnNothing) {
  std::vector<Candidate> flat = ranked("+--");
  for (Candidate& candidate : flat) candidate.score = 0.0;
  const std::vector<std::vector<Candidate>> queries = {flat};
  EXPECT_DOUBLE_EQ(ranking_report(queries).mrr, 1.0 / 3.0);
}

TEST(Ranking, GradesCountInNdcg) {
  // Gains 1, 3, 0 in this order; the best order is 3, 1, 0.
  const std::vector<std::vector<Candidate>> queries = {
      {{.score = 3, .gain = 1, .relevant = false}, {.score = 2, .gain = 3, .relevant = true}, {.score = 1}}};
  const RankingReport report = ranking_report(queries);
  EXPECT_DOUBLE_EQ(report.ndcg, (1 + 3 / std::log2(3.0)) / (3 + 1 / std::log2(3.0)));
  EXPECT_DOUBLE_EQ(report.mrr, 0.5);
  EXPECT_DOUBLE_EQ(report.to_json()["mrr@10"].get<double>(), 0.5);
}

TEST(Ranking, NoQueries) { EXPECT_EQ(ranking_report({}).query_count, 0); }

}  // namespace
}  // namespace yupu::tasks
