#include "products/service/knowledge/knowledge_base.h"

#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "products/service/knowledge/shelf.h"
#include "products/service/knowledge/testing.h"
#include "products/service/knowledge/threshold.h"

namespace yupu::products {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using testing::Shelf;

constexpr const char* kTenant = "tn_1";

std::vector<std::string> texts_of(const Found& found) {
  std::vector<std::string> out;
  for (const Quote& quote : found.quotes) out.push_back(quote.text);
  return out;
}

TEST(KnowledgeBase, ATenantsDocumentsStandBesideTheFolders) {
  Shelf shelf;
  shelf.add("refunds.md", "# Refunds\n\nA refund takes three days.\n", kOwnShelf);
  shelf.add("ship.md", "# Delivery\n\nWe deliver to Norway.\n", kOwnShelf);
  shelf.add("refunds.md", "# Refunds\n\nA refund takes nine days.\n", kTenant);
  shelf.add("more.md", "# Refunds\n\nA refund of tea takes ten days.\n", "tn_2");
  KnowledgeBase base(shelf.store(), nullptr, {});
  const auto ask = [&](const std::string& tenant, const char* query) {
    return texts_of(base.find(tenant, query).value());
  };
  EXPECT_THAT(ask("", "how many days does a refund take"), ElementsAre("A refund takes three days."));
  // Of one name, the tenant's own.
  EXPECT_THAT(ask(kTenant, "how many days does a refund take"), ElementsAre("A refund takes nine days."));
  EXPECT_THAT(ask(kTenant, "do you deliver to Norway"), ElementsAre("We deliver to Norway."));
  EXPECT_THAT(ask("tn_2", "how many days does a refund take"),
              ::testing::UnorderedElementsAre("A refund takes three days.", "A refund of tea takes ten days."));
  EXPECT_THAT(ask("tn_3", "who won the match"), IsEmpty());
  EXPECT_THAT(ask(kTenant, "?! …"), IsEmpty());
}

TEST(KnowledgeBase, TheThresholdIsTheGivenOneElseTheFittedOne) {
  Shelf shelf;
  shelf.add("refunds.md", "# Refunds\n\nA refund takes three days.\n", kOwnShelf);
  const char* half = "refund of elephants";
  KnowledgeBase fitted(shelf.store(), nullptr, {});
  const Found below = fitted.find("", half).value();
  EXPECT_THAT(below.quotes, IsEmpty());
  EXPECT_GT(below.score, 0.0);
  EXPECT_LT(below.score, below.threshold);
  EXPECT_DOUBLE_EQ(below.threshold, 0.5);
  const auto retriever = shelf.retriever({}, kOwnShelf);
  ThresholdFit fit;
  fit.reached = true;
  fit.threshold = below.score;
  ASSERT_TRUE(keep_threshold(shelf.store(), shelf.clock(), *retriever, fit).ok());
  EXPECT_EQ(fitted.find("", half).value().quotes.size(), 1U);  // from the next question on; at the threshold is enough
  KnowledgeBase given(shelf.store(), nullptr, {.threshold = 0.99});
  EXPECT_THAT(given.find("", half).value().quotes, IsEmpty());
}

TEST(KnowledgeBase, ManyAskAtOnceWithAnEmbedderToo) {
  Shelf shelf;
  shelf.add("refunds.md", "# Refunds\n\nA refund takes three days.\n", kOwnShelf);
  shelf.add("tea.md", "# Tea\n\nWe ship tea.\n", kTenant);
  KnowledgeBase base(shelf.store(), testing::small_embedder(), {.threshold = 0.1});
  std::atomic<int> failed{0};
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 4; ++i) {
      threads.emplace_back([&base, &failed] {
        for (int k = 0; k < 5; ++k) {
          const auto found = base.find(kTenant, "refund days tea");
          if (!found.ok() || found->quotes.empty()) ++failed;
        }
      });
    }
  }
  EXPECT_EQ(failed, 0);
  // A document that comes later is found too.
  shelf.add("new.md", "# News\n\nElephants are not for sale.\n", kOwnShelf);
  const auto quotes = base.find("", "elephants for sale").value().quotes;
  ASSERT_FALSE(quotes.empty());
  EXPECT_EQ(quotes.front().source, "new.md");
}

TEST(KnowledgeBase, ARerankerHasItsSayAndTenantsTakeTheFoldersWeights) {
  Shelf shelf;
  shelf.add("fee.md", "# fee\n\nwe pay the fee", kOwnShelf);
  shelf.add("tea.md", "# tea\n\nthe tea", kTenant);
  KnowledgeBase base(shelf.store(), testing::small_embedder(), {.threshold = 0.1}, testing::small_reranker());
  EXPECT_FALSE(base.find(kTenant, "the fee").value().quotes.empty());
  engine::ExecutionContext context(1);
  const auto embedder = testing::small_embedder();
  const auto reranker = testing::small_reranker();
  const Models models{.embedder = embedder.get(), .reranker = reranker.get(), .context = &context};
  const auto folders = shelf.retriever(models, kOwnShelf);
  const auto tenants = shelf.retriever(models, kTenant, {.weights_of = kOwnShelf});
  EXPECT_EQ(tenants->weights()->rerank, 1.0);
  ASSERT_TRUE(keep_weights(shelf.store(), shelf.clock(), folders->place(), FoundWeight{.weight = 0.3},
                           FoundWeight{.weight = 0.25})
                  .ok());
  EXPECT_EQ(tenants->weights()->rerank, 0.25);
  EXPECT_EQ(shelf.retriever(models, kTenant)->weights()->rerank, 1.0);
  // Its own come before the folder's, each by itself.
  ASSERT_TRUE(
      keep_weights(shelf.store(), shelf.clock(), tenants->place(), std::nullopt, FoundWeight{.weight = 0.5}).ok());
  EXPECT_EQ(tenants->weights()->rerank, 0.5);
  EXPECT_EQ(tenants->weights()->words, 0.3);
}

TEST(KnowledgeBase, OneAnswerOfTwoShelves) {
  const auto of = [](const std::string& source, double score) {
    return Quote{.text = source, .score = score, .source = source, .title = {}, .headings = {}};
  };
  const Found merged =
      merge_found({.quotes = {of("a", 0.9), of("b", 0.6)}, .score = 0.9, .threshold = 0.5},
                  {.quotes = {of("c", 1.0), of("d", 0.85), of("d", 0.2)}, .score = 1.0, .threshold = 0.3},
                  {.of_best = 0.8, .documents_max = 2});
  EXPECT_THAT(texts_of(merged), ElementsAre("c", "a"));
  EXPECT_DOUBLE_EQ(merged.score, 1.0);
  EXPECT_DOUBLE_EQ(merged.threshold, 0.3);
}

TEST(Shelves, KnowWhoAddedWhat) {
  Shelf shelf;
  auto document = read_new_document("a.md", "# A\n\nwords\n", testing::kDated).value();
  document.origin = "strategy/shop";
  ASSERT_TRUE(add_document(shelf.store(), shelf.clock(), kOwnShelf, document).ok());
  shelf.add("b.md", "# B\n\nwords\n", kOwnShelf);
  EXPECT_THAT(sources_of_origin(shelf.store(), kOwnShelf, "strategy/shop").value(), ElementsAre("a.md"));
  EXPECT_THAT(sources_of_origin(shelf.store(), kOwnShelf, "strategy/other").value(), IsEmpty());
  EXPECT_TRUE(has_documents(shelf.store(), kOwnShelf).value());
  EXPECT_FALSE(has_documents(shelf.store(), kTenant).value());
  EXPECT_TRUE(has_document(shelf.store(), kOwnShelf, "b.md").value());
  ASSERT_TRUE(shelf.remove("b.md", kOwnShelf).ok());
  EXPECT_FALSE(has_document(shelf.store(), kOwnShelf, "b.md").value());
}

}  // namespace
}  // namespace yupu::products
