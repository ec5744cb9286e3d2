#include "text/phrases/phrases.h"

#include <gtest/gtest.h>

namespace yupu::text {
namespace {

bool holds(std::string_view text, std::string_view phrase) {
  return holds_phrase(fold_phrase(text), fold_phrase(phrase));
}

TEST(Phrases, LatinWordsAreWhole) {
  EXPECT_TRUE(holds("A cup of Tea, please", "tea"));
  EXPECT_FALSE(holds("steam engines; teatime", "tea"));
  EXPECT_TRUE(holds("steam and tea", "tea"));  // the second place counts
  EXPECT_FALSE(holds("Nestlé rose", "nestl"));
  EXPECT_TRUE(holds("Nestlé rose", "NESTLÉ"));
  EXPECT_TRUE(holds("(BYD)", "byd"));
  EXPECT_FALSE(holds("a 15G network", "5G"));
  EXPECT_TRUE(holds("the C++ committee", "c++"));
  EXPECT_TRUE(holds("green  hill\ntea", "Green Hill Tea"));
}

TEST(Phrases, OtherScriptsAnywhereAndWidthsFold) {
  EXPECT_TRUE(holds("今天比亚迪股价上涨", "比亚迪"));
  EXPECT_TRUE(holds("买入BYD股票", "byd"));
  EXPECT_TRUE(holds("買ＢＹＤ", "BYD"));
  EXPECT_FALSE(holds("比亚", "比亚迪"));
  EXPECT_FALSE(holds("anything", ""));
  EXPECT_FALSE(holds("", "tea"));
  EXPECT_TRUE(holds("\xff tea \xff", "tea"));
}

TEST(Phrases, WithoutAPhraseTheRestStays) {
  EXPECT_EQ(without_phrase("apple pie and apple pies", "apple pie"), "  and apple pies") << "Latin words are whole";
  EXPECT_EQ(without_phrase("喝苹果汁，吃苹果", "苹果汁"), "喝 ，吃苹果");
  EXPECT_EQ(without_phrase("teatea tea tea", "tea"), "teatea    ");
  EXPECT_EQ(without_phrase("nothing", "tea"), "nothing");
  EXPECT_EQ(without_phrase("nothing", ""), "nothing");
}

}  // namespace
}  // namespace yupu::text
