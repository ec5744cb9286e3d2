#include "products/service/knowledge/mined_pairs.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "products/service/knowledge/testing.h"

namespace yupu::products {
namespace {

using testing::Shelf;

TEST(MinedPairs, AreTheRightPassageAndWhatTheSearchPutsFirst) {
  Shelf shelf;
  shelf.add("refunds.md", "# Refunds\n\nA refund takes three days.\n");
  shelf.add("days.md", "# Opening\n\nThree days a week.\n");
  shelf.add("tea.md", "# Tea\n\nTea keeps for days.\n");
  shelf.add("norway.md", "# Delivery\n\nWe deliver to Norway.\n");
  auto retriever = shelf.retriever();
  const std::vector<Question> questions = {{"three days for a refund", {"refunds.md"}},
                                           {"three days of snow", {"norway.md"}}};
  const MinedPairs mined = mine_pairs(*retriever, questions, 2).value();
  ASSERT_EQ(mined.pairs.size(), 6u);
  EXPECT_EQ(mined.unfound_count, 1);
  // As they are read when they are searched: title, headings, text.
  const auto found = retriever->search(questions[0].text, 10).value();
  std::vector<std::string> right, wrong;
  for (const Hit& hit : found) {
    (hit.passage.source == "refunds.md" ? right : wrong)
        .push_back(searchable_text(hit.passage.title, hit.passage.headings, hit.passage.text));
  }
  ASSERT_EQ(right.size(), 1u);
  ASSERT_GE(wrong.size(), 2u);
  EXPECT_EQ(mined.pairs[0].passage, right[0]);
  EXPECT_TRUE(mined.pairs[0].right);
  for (const std::size_t i : {1u, 2u}) {
    EXPECT_EQ(mined.pairs[i].passage, wrong[i - 1]);
    EXPECT_FALSE(mined.pairs[i].right);
    EXPECT_EQ(mined.pairs[i].query, questions[0].text);
  }
  // Not found by the search, the right document's first passage all the same.
  EXPECT_THAT(mined.pairs[3].passage, ::testing::HasSubstr("We deliver to Norway."));
  EXPECT_TRUE(mined.pairs[3].right);
  EXPECT_EQ(mined.pairs[3].to_json()["query"], "q2");
  EXPECT_EQ(mined.pairs[4].to_json()["label"], 0);
  EXPECT_EQ(mine_pairs(*retriever, std::vector<Question>{{"x", {"gone.md"}}}, 1).status().field(), "source");
}

}  // namespace
}  // namespace yupu::products
