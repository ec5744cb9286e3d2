#include "products/service/knowledge/library.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "products/service/knowledge/testing.h"

namespace yupu::products {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::Shelf;
using testing::sources_of;

std::vector<std::string> found(Shelf& shelf, std::string_view query, const std::string& tenant = "shop") {
  return sources_of(shelf.retriever({}, tenant)->search(query, 10).value());
}

TEST(Library, ADocumentIsAddedOnceReplacedAndRemoved) {
  Shelf shelf;
  const Added first = shelf.add("returns.md", "# Returns\n\nWithin 30 days.\n\n## Fees\n\nNone.\n");
  EXPECT_EQ(first.outcome, Added::Outcome::kNew);
  EXPECT_EQ(first.version, 1);
  EXPECT_EQ(first.passage_count, 2);
  const std::int64_t changes = shelf.count("SELECT sequence FROM knowledge_change");
  EXPECT_EQ(shelf.add("returns.md", "# Returns\n\nWithin 30 days.\n\n## Fees\n\nNone.\n").outcome,
            Added::Outcome::kUnchanged);
  EXPECT_EQ(shelf.count("SELECT count(*) FROM knowledge_passage"), 2);
  EXPECT_EQ(shelf.count("SELECT sequence FROM knowledge_change"), changes);

  const Added second = shelf.add("returns.md", "# Returns\n\nWithin sixty days.\n");
  EXPECT_EQ(second.outcome, Added::Outcome::kReplaced);
  EXPECT_EQ(second.version, 2);
  EXPECT_EQ(shelf.count("SELECT count(*) FROM knowledge_passage"), 1);
  EXPECT_THAT(found(shelf, "fees"), IsEmpty());
  EXPECT_THAT(found(shelf, "sixty"), ElementsAre("returns.md"));

  ASSERT_TRUE(shelf.remove("returns.md").ok());
  EXPECT_EQ(shelf.count("SELECT count(*) FROM knowledge_passage"), 0);
  EXPECT_EQ(shelf.count("SELECT count(*) FROM knowledge_document WHERE text <> '' OR title <> ''"), 0);
  EXPECT_THAT(found(shelf, "sixty"), IsEmpty());
  EXPECT_THAT(list_documents(shelf.store(), "shop").value(), IsEmpty());
  EXPECT_EQ(shelf.remove("returns.md").code(), Code::kNotFound);
  EXPECT_EQ(document_text(shelf.store(), "shop", "returns.md").status().code(), Code::kNotFound);
  // The same bytes again: version 2 was another text's number.
  EXPECT_EQ(shelf.add("returns.md", "# Returns\n\nWithin sixty days.\n").version, 3);
}

TEST(Library, PassagesAreTheBytesTheyCite) {
  Shelf shelf;
  std::string markdown = "# 退换货 Returns\n\n";
  for (int i = 0; i < 30; ++i)
    markdown += "## Part " + std::to_string(i) + "\n\n七天内可以退货。Refunds take *three* days; see [terms](x).\n\n";
  shelf.add("r.md", markdown);
  shelf.add("r.html", "<h1>退款</h1><p>退款 takes &lt;3 days.</p><p>" + std::string(3000, 'r') + " refunds</p>");
  const auto hits = shelf.retriever()->search("refunds 退货 退款", 50).value();
  ASSERT_GE(hits.size(), 30u);
  for (const Hit& hit : hits) {
    const FoundPassage& passage = hit.passage;
    const std::string text = document_text(shelf.store(), "shop", passage.source).value();
    ASSERT_LT(passage.begin, passage.end);
    ASSERT_LE(passage.end, text.size());
    EXPECT_EQ(text.substr(passage.begin, passage.end - passage.begin), passage.text);
  }
}

TEST(Library, TenantsDoNotSeeEachOther) {
  Shelf shelf;
  shelf.add("returns.md", "Our returns are free.", "shop");
  shelf.add("returns.md", "Their returns cost money, says the rival.", "rival");
  EXPECT_THAT(found(shelf, "returns", "shop"), ElementsAre("returns.md"));
  EXPECT_EQ(shelf.retriever({}, "shop")->search("returns", 10).value()[0].passage.text, "Our returns are free.");
  EXPECT_THAT(found(shelf, "rival money", "shop"), IsEmpty());
  EXPECT_THAT(found(shelf, "returns", "nobody"), IsEmpty());
  EXPECT_THAT(document_text(shelf.store(), "rival", "returns.md").value(), HasSubstr("Their"));
  ASSERT_TRUE(shelf.remove("returns.md", "rival").ok());
  EXPECT_THAT(found(shelf, "returns", "shop"), ElementsAre("returns.md"));
  EXPECT_EQ(list_documents(shelf.store(), "shop").value().size(), 1u);
  EXPECT_THAT(list_documents(shelf.store(), "rival").value(), IsEmpty());
  // A passage's number is no way around it.
  const Status status = shelf.store().read([&](store::Transaction& transaction) -> Status {
    const std::vector<std::int64_t> ids = {1, 2, 3};
    YUPU_ASSIGN_OR_RETURN(const auto passages, find_passages(transaction, "rival", ids));
    EXPECT_THAT(passages, IsEmpty());
    return ok_status();
  });
  EXPECT_TRUE(status.ok()) << status.to_string();
}

TEST(Library, ShortChineseQueriesHit) {
  Shelf shelf;
  shelf.add("a.txt", "七天之内无理由退款，运费由本店承担。");
  shelf.add("b.txt", "订单当天发货，三天送达。");
  EXPECT_THAT(found(shelf, "退款"), ElementsAre("a.txt"));
  EXPECT_THAT(found(shelf, "发货"), ElementsAre("b.txt"));
  EXPECT_THAT(found(shelf, "款"), ElementsAre("a.txt"));
  EXPECT_THAT(found(shelf, "退款吗？"), ElementsAre("a.txt"));
  EXPECT_THAT(found(shelf, "ＲＥＦＵＮＤ"), IsEmpty());
}

TEST(Library, EverythingIsThereAfterARestart) {
  Shelf shelf;
  shelf.add("returns.md", "# Returns\n\nWithin 30 days.\n");
  shelf.add("gone.md", "# Gone\n\nWithin 30 years.\n");
  ASSERT_TRUE(shelf.remove("gone.md").ok());
  const auto before = shelf.retriever()->search("within 30", 10).value();
  shelf.reopen();
  const auto after = shelf.retriever()->search("within 30", 10).value();
  ASSERT_EQ(after.size(), 1u);
  EXPECT_EQ(after[0].passage.text, before[0].passage.text);
  EXPECT_EQ(after[0].score, before[0].score);
  const auto documents = list_documents(shelf.store(), "shop").value();
  ASSERT_EQ(documents.size(), 1u);
  EXPECT_EQ(documents[0].to_json()["dated"], "2026-09-30T16:00:00.000Z");
  EXPECT_EQ(documents[0].title, "Returns");
  EXPECT_EQ(documents[0].passage_count, 1);
  EXPECT_EQ(documents[0].text_bytes, 24);
}

TEST(Library, ASourceHasAName) {
  for (const std::string& bad : {std::string(), std::string(1025, 'x'), std::string("a\xff.md")})
    EXPECT_EQ(check_source(bad).code(), Code::kInvalidArgument);
  EXPECT_EQ(read_new_document("", "words", 0).status().field(), "source");
  EXPECT_TRUE(check_source("https://shop.example/returns").ok());
}

}  // namespace
}  // namespace yupu::products
