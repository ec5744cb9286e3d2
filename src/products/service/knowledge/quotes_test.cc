#include "products/service/knowledge/quotes.h"

#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "products/service/knowledge/testing.h"

namespace yupu::products {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using testing::Shelf;

std::vector<std::string> texts_of(const std::vector<Quote>& quotes) {
  std::vector<std::string> out;
  for (const Quote& quote : quotes) out.push_back(quote.text);
  return out;
}

// Every quote stands in its document where it says, byte for byte.
void check_citations(Shelf& shelf, const std::vector<Quote>& quotes) {
  for (const Quote& one : quotes) {
    const std::string text = document_text(shelf.store(), "shop", one.source).value();
    ASSERT_LE(one.end, text.size());
    EXPECT_EQ(text.substr(one.begin, one.end - one.begin), one.text);
    const auto documents = list_documents(shelf.store(), "shop").value();
    const auto document = std::find_if(documents.begin(), documents.end(),
                                       [&](const DocumentRow& row) { return row.source == one.source; });
    ASSERT_NE(document, documents.end());
    EXPECT_EQ(one.version, document->version);
    EXPECT_EQ(one.title, document->title);
    EXPECT_EQ(one.dated_ns, document->dated_ns);
  }
}

void fill(Shelf& shelf) {
  shelf.add(
      "returns.md",
      "# Shop rules\n\n## Returns\n\nYou may return tea within 30 days. Opened bags are welcome too.\n\n## Refunds\n\n"
      "A refund takes three days. It goes to the card you paid with.\n\n## Delivery\n\nWe deliver to Norway. Orders "
      "leave "
      "on weekdays.\n");
  shelf.add("zh.md", "# 售后\n\n七天之内可以退货。退款三天到账，原路退回。周末不发货。\n");
}

TEST(Quotes, AreTheSentencesThatAnswer) {
  Shelf shelf;
  fill(shelf);
  auto retriever = shelf.retriever();
  const auto refund = quote(*retriever, "How many days does a refund take?").value();
  ASSERT_FALSE(refund.empty());
  EXPECT_EQ(refund[0].text, "A refund takes three days.");
  EXPECT_THAT(refund[0].headings, ElementsAre("Shop rules", "Refunds"));
  const auto chinese = quote(*retriever, "退款几天到账").value();
  ASSERT_FALSE(chinese.empty());
  EXPECT_EQ(chinese[0].text, "退款三天到账，原路退回。");
  for (const char* query : {"deliver Norway", "return tea", "refund card", "退货", "周末发货", "orders weekdays"}) {
    const auto quotes = quote(*retriever, query).value();
    EXPECT_FALSE(quotes.empty()) << query;
    check_citations(shelf, quotes);
  }
}

TEST(Quotes, NothingGoodEnoughIsNothing) {
  Shelf shelf;
  fill(shelf);
  auto retriever = shelf.retriever();
  EXPECT_THAT(quote(*retriever, "What do we have for breakfast in the hotel?").value(), IsEmpty());
  EXPECT_THAT(quote(*retriever, "你们老板是谁").value(), IsEmpty());
  EXPECT_THAT(quote(*retriever, "?!…").value(), IsEmpty());
  EXPECT_THAT(quote(*retriever, "").value(), IsEmpty());
  EXPECT_THAT(quote(*shelf.retriever({}, "nobody"), "refund").value(), IsEmpty());
  EXPECT_THAT(quote(*retriever, "refund takes days", {.threshold = 1.0}).value(), ::testing::Not(IsEmpty()));
  EXPECT_THAT(quote(*retriever, "refund takes weeks", {.threshold = 1.0}).value(), IsEmpty());
}

TEST(Quotes, AHeadingIsNoAnswer) {
  Shelf shelf;
  shelf.add("faq.md", "# FAQ\n\n## Can I return opened tea?\n\nYes, within 30 days.\n");
  const auto quotes = quote(*shelf.retriever(), "can I return opened tea").value();
  EXPECT_THAT(texts_of(quotes), ElementsAre("Yes, within 30 days."));
}

TEST(Quotes, DocumentsThatContradictStandSideBySide) {
  Shelf shelf;
  shelf.add("old.md", "# Returns\n\nTea may be returned within 14 days.\n", "shop",
            testing::kDated - 86'400'000'000'000);
  shelf.add("new.md", "# Returns\n\nTea may be returned within 30 days.\n");
  const auto quotes = quote(*shelf.retriever(), "within how many days may tea be returned").value();
  EXPECT_THAT(texts_of(quotes), ::testing::UnorderedElementsAre("Tea may be returned within 14 days.",
                                                                "Tea may be returned within 30 days."));
  std::set<std::string> dates;
  for (const Quote& one : quotes) dates.insert(one.to_json()["dated"].get<std::string>().substr(0, 10));
  EXPECT_THAT(dates, ElementsAre("2026-09-29", "2026-09-30"));
  check_citations(shelf, quotes);
}

TEST(Quotes, AreFewOfADocumentAndInItsOrder) {
  Shelf shelf;
  shelf.add("a.md", "Green tea costs five. Black tea costs six. White tea costs seven. Tea costs money.\n");
  const auto quotes = quote(*shelf.retriever(), "tea costs", {.sentences_max = 2}).value();
  ASSERT_EQ(quotes.size(), 2u);
  EXPECT_LT(quotes[0].begin, quotes[1].begin);
  check_citations(shelf, quotes);
}

TEST(Quotes, WithAnEmbedderTheyAreStillTheDocuments) {
  Shelf shelf;
  fill(shelf);
  engine::ExecutionContext context(1);
  const auto embedder = testing::small_embedder();
  auto retriever = shelf.retriever({.embedder = embedder.get(), .reranker = nullptr, .context = &context});
  const auto quotes = quote(*retriever, "refund days", {.threshold = 0.1, .of_best = 0.0}).value();
  ASSERT_FALSE(quotes.empty());
  check_citations(shelf, quotes);
  for (const Quote& one : quotes) {
    EXPECT_GE(one.score, 0.1);
    EXPECT_LE(one.score, 1.0 + 1e-9);
  }
}

}  // namespace
}  // namespace yupu::products
