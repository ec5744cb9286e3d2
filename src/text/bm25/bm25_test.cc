#include "text/bm25/bm25.h"

#include <cmath>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace yupu::text {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(Bm25, TermsAreWordsAndPairsOfIdeographs) {
  EXPECT_THAT(bm25_terms("Where's my REFUND?"), ElementsAre("where", "s", "my", "refund"));
  EXPECT_THAT(bm25_terms("花呗怎么还 ok2"), ElementsAre("花呗", "呗怎", "怎么", "么还", "ok2"));
  EXPECT_THAT(bm25_terms("买ＡＢ了"), ElementsAre("买", "ab", "了"));
  EXPECT_THAT(bm25_terms("ひらがな café"), ElementsAre("ひらがな", "café"));
  EXPECT_THAT(bm25_terms(" ?! \xff"), IsEmpty());
}

TEST(Bm25, AnIndexKeepsSingleIdeographsToo) {
  EXPECT_THAT(bm25_index_terms("怎么还 Refund, 了"), ElementsAre("怎么", "么还", "怎", "么", "还", "refund", "了"));
  EXPECT_THAT(bm25_index_terms(" ?!"), IsEmpty());
}

// By hand: three texts of 2, 4 and 3 terms, mean 3.
TEST(Bm25, ScoresFollowTheFormula) {
  const std::vector<std::string> texts = {"red tea", "red red green tea", "black coffee beans"};
  const Bm25Index index(texts);
  const double red_idf = std::log(1.0 + (3 - 2 + 0.5) / (2 + 0.5));
  const double coffee_idf = std::log(1.0 + (3 - 1 + 0.5) / (1 + 0.5));
  const auto part = [](double idf, double times, double length) {
    return idf * times * 2.2 / (times + 1.2 * (0.25 + 0.75 * length / 3.0));
  };
  const auto red = index.scores("red unheard");
  EXPECT_DOUBLE_EQ(red[0], part(red_idf, 1, 2));
  EXPECT_DOUBLE_EQ(red[1], part(red_idf, 2, 4));
  EXPECT_EQ(red[2], 0.0);
  const auto twice = index.scores("coffee COFFEE");
  EXPECT_DOUBLE_EQ(twice[2], 2 * part(coffee_idf, 1, 3));
  EXPECT_THAT(index.scores(""), ElementsAre(0.0, 0.0, 0.0));
}

TEST(Bm25, LengthDoesNotMatterWithoutB) {
  const std::vector<std::string> texts = {"tea", "tea and a lot of other words"};
  const auto scores = Bm25Index(texts, {.k1 = 1.2, .b = 0.0}).scores("tea");
  EXPECT_DOUBLE_EQ(scores[0], scores[1]);
  const auto usual = Bm25Index(texts).scores("tea");
  EXPECT_GT(usual[0], usual[1]);
}

TEST(Bm25, NothingToSearchIsNothing) {
  EXPECT_THAT(Bm25Index({}).scores("tea"), IsEmpty());
  const std::vector<std::string> blank = {"", "?"};
  EXPECT_THAT(Bm25Index(blank).scores("tea"), ElementsAre(0.0, 0.0));
}

}  // namespace
}  // namespace yupu::text
