#include "products/service/knowledge/threshold.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "products/service/knowledge/testing.h"

namespace yupu::products {
namespace {

using ::testing::HasSubstr;
using testing::Shelf;

AskedScore row(double score, bool right, bool answerable = true) {
  return {.score = score, .right = right, .answerable = answerable};
}

TEST(Threshold, IsTheLeastScoreThatKeepsTheTarget) {
  // Sorted by score: right, right, right, wrong, right, right, wrong, wrong.
  const std::vector<AskedScore> rows = {row(0.9, true),         row(0.8, true),         row(0.75, true),
                                        row(0.7, false, false), row(0.6, true),         row(0.55, true),
                                        row(0.4, false),        row(0.3, false, false), row(0, false)};
  const ThresholdFit sixth = fit_threshold(rows, {.target = 0.17});
  EXPECT_TRUE(sixth.reached);
  EXPECT_DOUBLE_EQ(sixth.threshold, 0.55);
  EXPECT_EQ(sixth.answered, 6);
  EXPECT_EQ(sixth.wrong, 1);
  EXPECT_EQ(sixth.question_count, 9);
  EXPECT_EQ(sixth.answerable_count, 7);
  EXPECT_GT(sixth.bound, 1.0 / 6.0);
  const ThresholdFit strict = fit_threshold(rows, {.target = 0.01});
  EXPECT_TRUE(strict.reached);
  EXPECT_DOUBLE_EQ(strict.threshold, 0.75);
  EXPECT_EQ(strict.wrong, 0);
  // Everything with a word in common, and never what has none.
  EXPECT_EQ(fit_threshold(rows, {.target = 0.9}).answered, 8);
}

TEST(Threshold, PartsNoEqualScores) {
  const std::vector<AskedScore> rows = {row(0.9, true), row(0.5, true), row(0.5, false)};
  const ThresholdFit fit = fit_threshold(rows, {.target = 0.2});
  EXPECT_TRUE(fit.reached);
  EXPECT_DOUBLE_EQ(fit.threshold, 0.9);
}

TEST(Threshold, WhatCannotBeReachedIsSaidWithTheReason) {
  const std::vector<AskedScore> rows = {row(0.9, false, false), row(0.8, true), row(0.7, true), row(0.6, false)};
  const ThresholdFit fit = fit_threshold(rows, {.target = 0.05});
  EXPECT_FALSE(fit.reached);
  EXPECT_THAT(fit.reason, HasSubstr("from a score of 0.700 on, 1 of 3 answers are wrong (33.3 %)"));
  EXPECT_THAT(fit.to_text(), HasSubstr("at most 5.0 % wrong answers cannot be reached on these 4 questions"));
  EXPECT_TRUE(fit.to_json()["threshold"].is_null());
  EXPECT_THAT(fit_threshold(std::vector<AskedScore>{row(0, false)}, {.target = 0.05}).reason,
              HasSubstr("no sentence of the documents"));
}

TEST(Threshold, APromiseWantsMoreRowsThanATarget) {
  std::vector<AskedScore> rows;
  for (int i = 0; i < 30; ++i) rows.push_back(row(0.5 + 0.01 * i, true));
  EXPECT_TRUE(fit_threshold(rows, {.target = 0.05}).reached);
  const ThresholdFit few = fit_threshold(rows, {.target = 0.05, .confidence = 0.95});
  EXPECT_FALSE(few.reached);
  EXPECT_THAT(few.reason, HasSubstr("59 answers without a mistake"));
  for (int i = 0; i < 400; ++i) rows.push_back(row(0.5 + 0.001 * i, true));
  const ThresholdFit many = fit_threshold(rows, {.target = 0.05, .confidence = 0.95});
  EXPECT_TRUE(many.reached);
  EXPECT_LE(many.bound, 0.05);
}

TEST(Threshold, IsFittedOnDocumentsAndKeptForTheirShelf) {
  Shelf shelf;
  shelf.add("a.md", "# Returns\n\nTea may be returned within thirty days. A refund takes three days.\n");
  shelf.add("b.md", "# Delivery\n\nParcels leave on weekdays. We deliver to Norway.\n");
  auto retriever = shelf.retriever();
  const std::vector<Question> questions = {
      {"how many days does a refund take", {"a.md"}}, {"may tea be returned", {"a.md"}},
      {"do you deliver to Norway", {"b.md"}},         {"do parcels leave on Sundays", {"b.md"}},
      {"do you sell parcels of land in Norway", {}},  {"who won the football match", {}}};
  const ThresholdFit fit = fit_threshold(*retriever, questions, {.target = 0.05}).value();
  ASSERT_TRUE(fit.reached) << fit.to_text();
  EXPECT_GE(fit.answered, 3);
  EXPECT_EQ(fit.wrong, 0);
  EXPECT_FALSE(fitted_threshold(shelf.store(), "shop", "").value().has_value());
  ASSERT_TRUE(keep_threshold(shelf.store(), shelf.clock(), *retriever, fit).ok());
  EXPECT_EQ(fitted_threshold(shelf.store(), "shop", "").value(), fit.threshold);
  EXPECT_FALSE(fitted_threshold(shelf.store(), "shop", "em_other").value().has_value());
  EXPECT_FALSE(fitted_threshold(shelf.store(), "rival", "").value().has_value());
  ASSERT_TRUE(keep_threshold(shelf.store(), shelf.clock(), *retriever,
                             fit_threshold(*retriever, questions, {.target = 0.9}).value())
                  .ok());
  EXPECT_LT(fitted_threshold(shelf.store(), "shop", "").value().value(), fit.threshold);

  EXPECT_EQ(fit_threshold(*retriever, std::vector<Question>{{"x", {}}}, {}).status().code(), Code::kInvalidArgument);
  EXPECT_EQ(fit_threshold(*retriever, std::vector<Question>{{"x", {"gone.md"}}}, {}).status().field(), "source");
}

}  // namespace
}  // namespace yupu::products
