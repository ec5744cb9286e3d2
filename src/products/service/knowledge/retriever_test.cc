#include "products/service/knowledge/retriever.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "products/service/knowledge/testing.h"

namespace yupu::products {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Not;
using testing::Shelf;
using testing::sources_of;
using ::testing::UnorderedElementsAre;

class Retrieval : public ::testing::Test {
 protected:
  void SetUp() override {
    shelf_.add("fee.md", "# fee\n\nwe pay the fee");
    shelf_.add("tea.md", "# tea\n\nthe tea");
    shelf_.add("days.txt", "30 days");
    shelf_.add("zh.txt", "七天退款");
  }
  Models both() { return {.embedder = embedder_.get(), .reranker = reranker_.get(), .context = &context_}; }
  Models with_embedder() { return {.embedder = embedder_.get(), .reranker = nullptr, .context = &context_}; }

  Shelf shelf_;
  engine::ExecutionContext context_{1};
  std::unique_ptr<tasks::Embedder> embedder_ = testing::small_embedder();
  std::unique_ptr<tasks::PairModel> reranker_ = testing::small_reranker();
};

TEST_F(Retrieval, StagesAreThoseWhoseModelsAreThere) {
  EXPECT_EQ(shelf_.retriever()->last_stage(), Stage::kWords);
  EXPECT_EQ(shelf_.retriever(with_embedder())->last_stage(), Stage::kHybrid);
  EXPECT_EQ(shelf_.retriever(both())->last_stage(), Stage::kReranked);
  const auto without = shelf_.retriever()->orders("the tea").value();
  EXPECT_TRUE(without[0]);
  EXPECT_FALSE(without[1] || without[2] || without[3]);
  const auto with = shelf_.retriever(both())->orders("the tea").value();
  for (const Stage stage : kStages) EXPECT_TRUE(with[static_cast<std::size_t>(stage)]) << stage_name(stage);
}

TEST_F(Retrieval, VectorsSeeEveryPassageAndAreEmbeddedOnce) {
  auto retriever = shelf_.retriever(with_embedder());
  EXPECT_EQ(retriever->refresh().value(), 4);
  EXPECT_EQ(retriever->refresh().value(), 0);
  EXPECT_EQ(shelf_.count("SELECT count(*) FROM knowledge_vector"), 4);
  EXPECT_THAT(sources_of(retriever->search("tea", 10, Stage::kVectors).value()),
              UnorderedElementsAre("fee.md", "tea.md", "days.txt", "zh.txt"));
  EXPECT_EQ(sources_of(retriever->search("tea the tea", 1, Stage::kVectors).value()).size(), 1u);
  const auto before = retriever->search("pay the fee", 10, Stage::kVectors).value();
  shelf_.reopen();
  auto again = shelf_.retriever(with_embedder());
  EXPECT_EQ(again->refresh().value(), 0);  // the store has them
  const auto after = again->search("pay the fee", 10, Stage::kVectors).value();
  ASSERT_EQ(after.size(), before.size());
  for (std::size_t i = 0; i < after.size(); ++i) {
    EXPECT_EQ(after[i].passage.id, before[i].passage.id);
    EXPECT_EQ(after[i].score, before[i].score);
  }
  const auto other = testing::small_embedder(2);  // another model: vectors of its own
  Models models = with_embedder();
  models.embedder = other.get();
  EXPECT_EQ(shelf_.retriever(models)->refresh().value(), 4);
}

// Another process's change counts at the next search: the retriever does not hear of it.
TEST_F(Retrieval, WhatIsRemovedIsGoneAtOnce) {
  auto retriever = shelf_.retriever(both());
  ASSERT_EQ(retriever->search("tea", 10, Stage::kVectors)->size(), 4u);
  ASSERT_TRUE(shelf_.remove("tea.md").ok());
  EXPECT_EQ(shelf_.count("SELECT count(*) FROM knowledge_vector"), 3);
  for (const Stage stage : kStages)
    EXPECT_THAT(sources_of(retriever->search("the tea", 10, stage).value()), Not(::testing::Contains("tea.md")));
  shelf_.add("fee.md", "# fee\n\nyou pay nothing for tea");
  for (const Stage stage : kStages) {
    const auto hits = retriever->search("tea fee", 10, stage).value();
    std::int64_t of_fee = 0;
    for (const Hit& hit : hits) {
      if (hit.passage.source != "fee.md") continue;
      ++of_fee;
      EXPECT_EQ(hit.passage.version, 2);
    }
    EXPECT_EQ(of_fee, 1) << stage_name(stage);
  }
}

TEST_F(Retrieval, TenantsVectorsAreTheirOwn) {
  shelf_.add("theirs.md", "# tea\n\nthe tea", "rival");
  auto ours = shelf_.retriever(with_embedder());
  auto theirs = shelf_.retriever(with_embedder(), "rival");
  EXPECT_THAT(sources_of(theirs->search("tea", 10, Stage::kVectors).value()), ElementsAre("theirs.md"));
  EXPECT_EQ(ours->search("tea", 10, Stage::kVectors)->size(), 4u);
  EXPECT_THAT(sources_of(ours->search("tea", 10, Stage::kHybrid).value()), Not(::testing::Contains("theirs.md")));
}

TEST_F(Retrieval, PunctuationFindsNothingInAnyStage) {
  auto retriever = shelf_.retriever(both());
  for (const char* query : {"", "  ", "?!", "。。。", "— … —", "\xff"}) {
    for (const Stage stage : kStages) EXPECT_THAT(retriever->search(query, 10, stage).value(), IsEmpty()) << query;
  }
}

TEST_F(Retrieval, HybridFusesAndTheRerankerOrdersTheFirst) {
  auto retriever = shelf_.retriever(both(), "shop", {.depth = 50, .words_weight = 0.5, .rerank_count = 2});
  const auto orders = retriever->orders("the fee").value();
  const std::vector<Ranked> parts[] = {*orders[0], *orders[1]};
  const double weights[] = {0.5, 1.0};
  const auto fused = fuse(parts, weights);
  ASSERT_EQ(orders[2]->size(), fused.size());
  for (std::size_t i = 0; i < fused.size(); ++i) EXPECT_EQ((*orders[2])[i].id, fused[i].id);
  const auto& reranked = *orders[3];
  ASSERT_EQ(reranked.size(), fused.size());
  EXPECT_THAT((std::vector<std::int64_t>{reranked[0].id, reranked[1].id}),
              UnorderedElementsAre(fused[0].id, fused[1].id));
  EXPECT_GE(reranked[0].score, reranked[1].score);
  for (std::size_t i = 2; i < fused.size(); ++i) {
    EXPECT_EQ(reranked[i].id, fused[i].id);
    EXPECT_LT(reranked[i].score, reranked[i - 1].score);
  }
  const FoundPassage first = retriever->find(std::span(reranked).first(1)).value()[0].passage;
  const std::vector<text::Encoding> pair = {
      reranker_->encode("the fee", searchable_text(first.title, first.headings, first.text))};
  EXPECT_DOUBLE_EQ(reranked[0].score, *reranker_->relevance(reranker_->classifier().logits(context_, pair).value()[0]));
}

std::vector<std::int64_t> ids_of(const std::vector<Ranked>& order) {
  std::vector<std::int64_t> ids;
  for (const Ranked& ranked : order) ids.push_back(ranked.id);
  return ids;
}

TEST_F(Retrieval, WeightsAreThoseGivenElseThoseFittedElseOne) {
  auto retriever = shelf_.retriever(both());
  const auto plain = retriever->orders("the fee").value();
  EXPECT_EQ(retriever->weights()->words, 1.0);
  EXPECT_FALSE(retriever->weights()->rerank_fitted);
  // Another process keeps weights: the next search has them.
  ASSERT_TRUE(keep_weights(shelf_.store(), shelf_.clock(), retriever->place(), FoundWeight{.weight = 0.0},
                           FoundWeight{.weight = 0.0})
                  .ok());
  const auto off = retriever->orders("the fee").value();
  EXPECT_EQ(ids_of(*off[2])[0], ids_of(*off[1])[0]);  // vectors alone
  EXPECT_EQ(ids_of(*off[3]), ids_of(*off[2]));        // the cross-encoder is not asked
  EXPECT_TRUE(retriever->weights()->words_fitted && retriever->weights()->rerank_fitted);
  // Of these models and this shelf alone.
  EXPECT_EQ(shelf_.retriever(both(), "rival")->weights()->rerank, 1.0);
  const auto other = testing::small_embedder(2);
  Models models = both();
  models.embedder = other.get();
  EXPECT_EQ(shelf_.retriever(models)->weights()->words, 1.0);
  // Given ones come first.
  auto given = shelf_.retriever(both(), "shop", {.words_weight = 1.0, .rerank_weight = 1.0});
  EXPECT_EQ(ids_of(*given->orders("the fee").value()[3]), ids_of(*plain[3]));
  EXPECT_FALSE(given->weights()->words_fitted);
}

TEST_F(Retrieval, ARerankerMustOrder) {
  const auto classes = testing::small_reranker(std::nullopt);
  const auto opened =
      Retriever::open(shelf_.store(), "shop", {.embedder = nullptr, .reranker = classes.get(), .context = &context_});
  EXPECT_EQ(opened.status().code(), Code::kInvalidArgument);
}

}  // namespace
}  // namespace yupu::products
