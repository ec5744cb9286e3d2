#include "products/service/knowledge/order_fit.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "products/service/knowledge/testing.h"

namespace yupu::products {
namespace {

using ::testing::HasSubstr;
using testing::Shelf;

TEST(OrderFit, OfEqualWeightsTheFirstIsTaken) {
  const WeightFit fit = best_weight({{1.0, 0.5}, {0.3, 0.7}, {3.0, 0.7}, {0.0, 0.2}});
  EXPECT_EQ(fit.weight, 0.3);
  EXPECT_EQ(fit.mrr(), 0.7);
  EXPECT_EQ(fit.mrr_at(0.0), 0.2);
  EXPECT_EQ(fit.tried.front().first, 0.0);
  EXPECT_EQ(best_weight({{0.0, 0.0}, {1.0, 0.0}}).weight, 0.0);
}

TEST(OrderFit, AGainCountsWhereItIsAboveItsStandardError) {
  const std::vector<double> before(100, 0.5);
  std::vector<double> after = before;
  after[0] = 1.0;  // a single one gains, another loses a little: a mean of 0.004, an error of 0.005
  after[99] = 0.4;
  EXPECT_FALSE(gains_more_than_its_error(before, after));
  for (std::size_t i = 1; i < 10; ++i) after[i] = 1.0;  // 0.049 and 0.015
  EXPECT_TRUE(gains_more_than_its_error(before, after));
  for (std::size_t i = 10; i < 20; ++i) after[i] = 0.0;  // as many lose
  EXPECT_FALSE(gains_more_than_its_error(before, after));
  EXPECT_FALSE(gains_more_than_its_error(before, before));
  EXPECT_FALSE(gains_more_than_its_error(std::vector{0.0}, std::vector{1.0}));
}

class FittedOrder : public ::testing::Test {
 protected:
  void SetUp() override {
    shelf_.add("fee.md", "# fee\n\nwe pay the return fee");
    shelf_.add("tea.md", "# tea\n\nthe tea");
    shelf_.add("days.md", "# days\n\nwe ship in days");
    shelf_.add("pay.md", "# pay\n\npay the tea fee in days");
  }
  double mrr_of(const RetrievalEvaluation& evaluation, Stage wanted) {
    for (const auto& [stage, report] : evaluation.stages) {
      if (stage == wanted) return report.mrr;
    }
    return -1.0;
  }
  Shelf shelf_;
  engine::ExecutionContext context_{1};
  const std::vector<Question> questions_ = {{"the return fee", {"fee.md"}},
                                            {"tea", {"tea.md"}},
                                            {"ship days", {"days.md"}},
                                            {"pay the fee", {"pay.md", "tea.md"}}};
};

// The models are random: what is fitted must be no worse than its parts, and what evaluate() then measures.
TEST_F(FittedOrder, IsNoWorseThanItsPartsAndWhatSearchThenDoes) {
  for (const std::uint64_t seed : {1u, 2u, 3u}) {
    const auto embedder = testing::small_embedder(seed);
    const auto reranker = testing::small_reranker();
    auto retriever = shelf_.retriever({.embedder = embedder.get(), .reranker = reranker.get(), .context = &context_});
    const OrderFit fit = fit_order(*retriever, questions_).value();
    ASSERT_TRUE(fit.words && fit.rerank);
    EXPECT_EQ(fit.question_count, 4);
    EXPECT_GE(fit.words->mrr(), fit.words->mrr_at(0.0));
    EXPECT_GE(fit.words->mrr(), fit.words->mrr_at(1000.0));
    EXPECT_EQ(fit.rerank->mrr_at(0.0), fit.words->mrr());
    EXPECT_GE(fit.rerank->mrr(), fit.rerank->mrr_at(0.0));
    ASSERT_TRUE(keep_order(shelf_.clock(), *retriever, fit).ok());
    const RetrievalEvaluation after = evaluate(*retriever, questions_).value();
    EXPECT_DOUBLE_EQ(mrr_of(after, Stage::kHybrid), fit.words->mrr());
    EXPECT_DOUBLE_EQ(mrr_of(after, Stage::kReranked), fit.rerank->mrr());
    EXPECT_GE(mrr_of(after, Stage::kHybrid), mrr_of(after, Stage::kVectors));
    EXPECT_GE(mrr_of(after, Stage::kHybrid), mrr_of(after, Stage::kWords));
    EXPECT_EQ(after.weights->words, fit.words->weight);
    EXPECT_TRUE(after.weights->rerank_fitted);
  }
}

TEST_F(FittedOrder, ARerankerThatMakesNothingBetterIsNotAsked) {
  const auto reranker = testing::small_reranker();
  auto retriever = shelf_.retriever({.embedder = nullptr, .reranker = reranker.get(), .context = &context_});
  const std::vector<Question> easy = {{"tea", {"tea.md"}}, {"ship", {"days.md"}}, {"return", {"fee.md"}}};
  const OrderFit fit = fit_order(*retriever, easy).value();
  EXPECT_FALSE(fit.words);
  ASSERT_TRUE(fit.rerank);
  EXPECT_EQ(fit.rerank->mrr_at(0.0), 1.0);
  EXPECT_EQ(fit.rerank->weight, 0.0);
  EXPECT_THAT(fit.to_text(), HasSubstr("no weight gains more than a standard error: it is not asked"));
  EXPECT_TRUE(fit.to_json()["words"].is_null());
  ASSERT_TRUE(keep_order(shelf_.clock(), *retriever, fit).ok());
  EXPECT_THAT(evaluate(*retriever, easy)->to_text(), HasSubstr("the reranker weighs 0 of 1, fitted: it is not asked"));
}

TEST_F(FittedOrder, WhatCannotBeWeighedIsNamed) {
  EXPECT_EQ(fit_order(*shelf_.retriever(), questions_).status().field(), "embedder");
  const auto embedder = testing::small_embedder();
  auto retriever = shelf_.retriever({.embedder = embedder.get(), .context = &context_});
  EXPECT_EQ(fit_order(*retriever, {}).status().field(), "data");
  const std::vector<Question> gone = {{"tea", {"gone.md"}}};
  EXPECT_THAT(fit_order(*retriever, gone).status().message(), HasSubstr("gone.md"));
}

}  // namespace
}  // namespace yupu::products
