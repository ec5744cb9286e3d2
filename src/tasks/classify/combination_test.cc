#include "tasks/classify/combination.h"

#include <cmath>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/rng.h"

namespace yupu::tasks {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

double logistic(double x) { return 1.0 / (1.0 + std::exp(-x)); }

// In scope with the log-odds 0.5 + 2 probability - energy; the agreement says nothing, distances are there for some.
std::vector<SignedRow> drawn(int count, std::uint64_t seed) {
  Rng rng(seed);
  std::vector<SignedRow> rows;
  for (int i = 0; i < count; ++i) {
    const double probability = 4.0 * rng.uniform() - 2.0;
    const double energy = 30.0 + 3.0 * rng.uniform();
    const bool in_scope = rng.uniform() < logistic(0.5 + 2.0 * probability - (energy - 31.5));
    rows.push_back(
        {.signs = {probability, energy, i % 3 == 0 ? std::optional(1.0) : std::nullopt, std::nullopt, rng.uniform()},
         .in_scope = in_scope});
  }
  return rows;
}

TEST(ScopeCombination, FindsTheWeightsRowsWereDrawnWith) {
  const ScopeCombination combination = fit_combination(drawn(20'000, 1));
  EXPECT_THAT(combination.signs, ElementsAre(ScopeSign::kProbability, ScopeSign::kEnergy, ScopeSign::kAgreement));
  EXPECT_NEAR(combination.weights[0], 2.0, 0.1);
  EXPECT_NEAR(combination.weights[1], -1.0, 0.1);
  EXPECT_NEAR(combination.weights[2], 0.0, 0.15);
  const ScopeSigns middle = {0.0, 31.5, std::nullopt, std::nullopt, 0.5};
  EXPECT_NEAR(combination.score(middle), 0.5, 0.15);
  EXPECT_TRUE(combination.uses(ScopeSign::kAgreement));
  EXPECT_FALSE(combination.uses(ScopeSign::kMahalanobis));
}

TEST(ScopeCombination, RowsThatCanBePartedHaveOneFiniteAnswer) {
  std::vector<SignedRow> rows;
  for (int i = 0; i < 100; ++i) {
    const double sign = i % 2 == 0 ? 1.0 + i : -1.0 - i;
    // The second sign never changes: it must not divide by nothing.
    rows.push_back({.signs = {sign, 7.0, std::nullopt, std::nullopt, std::nullopt}, .in_scope = i % 2 == 0});
  }
  const ScopeCombination combination = fit_combination(rows);
  EXPECT_TRUE(std::isfinite(combination.weights[0]) && combination.weights[0] > 0.0);
  EXPECT_NEAR(combination.weights[1], 0.0, 1e-9);
  for (const SignedRow& row : rows) EXPECT_EQ(combination.score(row.signs) > 0.0, row.in_scope);
}

TEST(ScopeCombination, CrossFittedScoresDoNotKnowTheirRows) {
  auto rows = drawn(500, 2);
  const std::vector<double> before = cross_fitted_scores(rows);
  ASSERT_EQ(before.size(), rows.size());
  rows[7].in_scope = !rows[7].in_scope;  // of fold 2
  const std::vector<double> after = cross_fitted_scores(rows);
  for (std::size_t i = 2; i < rows.size(); i += 5) EXPECT_EQ(before[i], after[i]);
  EXPECT_NE(before[0], after[0]);
}

TEST(ScopeCombination, IsWrittenAndRead) {
  const ScopeCombination combination = fit_combination(drawn(300, 3));
  const Json json = Json::parse(combination.to_json().dump());
  const auto again = ScopeCombination::from_json(json, "yupu.json");
  ASSERT_TRUE(again.ok()) << again.status().to_string();
  EXPECT_EQ(again->signs, combination.signs);
  EXPECT_EQ(again->weights, combination.weights);
  EXPECT_EQ(again->bias, combination.bias);
  Json unknown = json;
  unknown["signs"]["feeling"] = 1.0;
  EXPECT_THAT(ScopeCombination::from_json(unknown, "yupu.json").status().message(), HasSubstr("yupu.json: 'signs'"));
  Json broken = json;
  broken["signs"]["energy"] = "much";
  EXPECT_THAT(ScopeCombination::from_json(broken, "yupu.json").status().message(), HasSubstr("energy"));
  EXPECT_FALSE(ScopeCombination::from_json(Json::array(), "yupu.json").ok());
}

TEST(ScopeCombination, AgreementIsOneForEqualAndNothingForDisjointBranches) {
  const std::vector<float> left = {50.0f, 0.0f, 0.0f};
  const std::vector<float> right = {0.0f, 50.0f, 0.0f};
  EXPECT_DOUBLE_EQ(branch_agreement(left, left), 1.0);
  EXPECT_LT(branch_agreement(left, right), 1e-9);
  EXPECT_DOUBLE_EQ(log_odds(0.5), 0.0);
  EXPECT_EQ(log_odds(1.0), log_odds(1.0 - 1e-9));
}

}  // namespace
}  // namespace yupu::tasks
