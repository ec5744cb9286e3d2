#include "products/service/knowledge/evaluation.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "products/service/knowledge/testing.h"

namespace yupu::products {
namespace {

using testing::Shelf;

TEST(KnowledgeEvaluation, CountsWhereTheRightDocumentsStand) {
  Shelf shelf;
  shelf.add("a.md", "apples and pears and plums");
  shelf.add("b.md", "apples\n\n# More\n\napples apples");  // two passages, one document
  shelf.add("c.md", "cherries");
  auto retriever = shelf.retriever();
  ASSERT_EQ(retriever->search("apples", 10)->size(), 3u);
  const std::vector<Question> questions = {{"cherries", {"c.md"}},  // first
                                           {"apples", {"a.md"}},    // second document, third passage
                                           {"pears", {"b.md"}},     // not found: one document is
                                           {"plums cherries", {"a.md", "c.md"}}};
  const auto evaluation = evaluate(*retriever, questions);
  ASSERT_TRUE(evaluation.ok()) << evaluation.status().to_string();
  ASSERT_EQ(evaluation->stages.size(), 1u);
  const tasks::RankingReport& report = evaluation->stages[0].second;
  EXPECT_EQ(report.query_count, 4);
  EXPECT_DOUBLE_EQ(report.mrr, (1.0 + 0.5 + 0.0 + 1.0) / 4);
  EXPECT_DOUBLE_EQ(report.recall.at(1), (1.0 + 0.0 + 0.0 + 0.5) / 4);
  EXPECT_DOUBLE_EQ(report.recall.at(10), (1.0 + 1.0 + 0.0 + 1.0) / 4);
  EXPECT_EQ(evaluation->to_json()["documents"], 3);
  EXPECT_DOUBLE_EQ(evaluation->to_json()["words"]["recall@10"].get<double>(), 0.75);
  EXPECT_THAT(evaluation->to_text(), ::testing::HasSubstr("4 questions, 3 documents"));
}

TEST(KnowledgeEvaluation, EveryStageIsJudged) {
  Shelf shelf;
  shelf.add("fee.md", "we pay the fee");
  shelf.add("tea.md", "the tea");
  engine::ExecutionContext context(1);
  const auto embedder = testing::small_embedder();
  const auto reranker = testing::small_reranker();
  auto retriever = shelf.retriever({.embedder = embedder.get(), .reranker = reranker.get(), .context = &context});
  const std::vector<Question> questions = {{"the tea", {"tea.md"}}};
  const auto evaluation = evaluate(*retriever, questions).value();
  ASSERT_EQ(evaluation.stages.size(), 4u);
  EXPECT_THAT(evaluation.to_text(), ::testing::HasSubstr("hybrid: words weigh 1 beside 1 of vectors"));
  EXPECT_EQ(evaluation.to_json()["weights"]["rerank"], 1.0);
  for (const auto& [stage, report] : evaluation.stages) EXPECT_EQ(report.recall.at(10), 1.0) << stage_name(stage);
}

TEST(KnowledgeEvaluation, ASourceThatIsNotThereIsRefused) {
  Shelf shelf;
  shelf.add("a.md", "apples");
  const std::vector<Question> questions = {{"apples", {"b.md"}}};
  const Status status = evaluate(*shelf.retriever(), questions).status();
  EXPECT_EQ(status.code(), Code::kInvalidArgument);
  EXPECT_THAT(status.message(), ::testing::HasSubstr("b.md"));
}

}  // namespace
}  // namespace yupu::products
