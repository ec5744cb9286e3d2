#include "products/service/knowledge/passages.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "products/service/knowledge/readers/readers.h"

namespace yupu::products {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::vector<std::string> texts_of(const Document& document, const std::vector<Passage>& passages) {
  std::vector<std::string> out;
  for (const Passage& passage : passages)
    out.push_back(document.text.substr(passage.begin, passage.end - passage.begin));
  return out;
}

TEST(Passages, StandUnderTheirHeadings) {
  const Document document =
      read_markdown(
          "# Shop\n\nWe sell tea.\n\n## Returns\n\nWithin 30 days.\n\nNo fee.\n\n### Broken goods\n\n"
          "Send a picture.\n\n## Empty\n\n## 配送\n\n三天送达。\n")
          .value();
  const auto passages = cut_passages(document);
  EXPECT_THAT(texts_of(document, passages),
              ElementsAre("We sell tea.", "Within 30 days.\n\nNo fee.", "Send a picture.", "Empty", "三天送达。"));
  EXPECT_THAT(passages[0].headings, ElementsAre("Shop"));
  EXPECT_THAT(passages[1].headings, ElementsAre("Shop", "Returns"));
  EXPECT_THAT(passages[2].headings, ElementsAre("Shop", "Returns", "Broken goods"));
  EXPECT_THAT(passages[3].headings, ElementsAre("Shop"));
  EXPECT_THAT(passages[4].headings, ElementsAre("Shop", "配送"));
}

TEST(Passages, LongBlocksAreCutAtSentencesAndLongSentencesAtWords) {
  const Document document = read_plain_text(
                                "One two three. Four five six. Seven eight.\n\nnine ten eleven twelve thirteen "
                                "fourteen fifteen\n\n七天之内无理由退货。当天发货")
                                .value();
  const auto passages = cut_passages(document, {.length_max = 6});
  EXPECT_THAT(texts_of(document, passages),
              ElementsAre("One two three. Four five six.", "Seven eight.", "nine ten eleven twelve thirteen fourteen",
                          "fifteen", "七天之内无理", "由退货。", "当天发货"));
  EXPECT_EQ(passage_length("nine ten, 七天 internationalisation"), 6);
}

TEST(Passages, CoverEveryWordOfTheTextInOrder) {
  std::string markdown = "# 退换货\n\n";
  for (int i = 0; i < 40; ++i)
    markdown += "## Part " + std::to_string(i) + "\n\n" + std::string(static_cast<std::size_t>(i), 'x') +
                " some words here. 这里有一些中文，没有空格。\n- item one\n- item two\n\n";
  const Document document = read_markdown(markdown).value();
  for (const std::int64_t length_max : {1, 2, 7, 160}) {
    std::size_t end = 0;
    std::int64_t units = 0;
    for (const Passage& passage : cut_passages(document, {.length_max = length_max})) {
      ASSERT_LE(end, passage.begin);
      ASSERT_LT(passage.begin, passage.end);
      const std::string text = document.text.substr(passage.begin, passage.end - passage.begin);
      EXPECT_LE(passage_length(text), length_max);
      units += passage_length(text);
      end = passage.end;
    }
    std::int64_t expected = 0;
    for (const Block& block : document.blocks) {
      if (block.heading_level == 0)
        expected += passage_length(document.text.substr(block.begin, block.end - block.begin));
    }
    EXPECT_EQ(units, expected) << length_max;
  }
}

TEST(Passages, NothingGivesNothing) { EXPECT_THAT(cut_passages({}), IsEmpty()); }

}  // namespace
}  // namespace yupu::products
