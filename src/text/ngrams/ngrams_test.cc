#include "text/ngrams/ngrams.h"

#include <string>

#include <gtest/gtest.h>

namespace yupu::text {
namespace {

std::int64_t total(const std::vector<NgramCount>& counts, bool chars) {
  std::int64_t sum = 0;
  for (const NgramCount& count : counts) sum += count.is_char() == chars ? count.count : 0;
  return sum;
}

TEST(Ngrams, CountsWordsAndCharactersOfAKnownText) {
  const auto counts = count_ngrams("ab ab");
  // Words: ab, ab, "ab ab". Characters of " ab ", twice: a, b, " a", ab, "b ", " ab", "ab ", " ab ".
  EXPECT_EQ(total(counts, false), 3);
  EXPECT_EQ(total(counts, true), 16);
  std::int64_t words = 0;
  for (const auto& count : counts) words += count.is_char() ? 0 : 1;
  EXPECT_EQ(words, 2);
  EXPECT_EQ(counts.size(), 2u + 8u);
}

TEST(Ngrams, AnIdeographIsAWord) {
  EXPECT_EQ(total(count_ngrams("你好"), false), 3);  // 你, 好, 你 好
  EXPECT_EQ(total(count_ngrams("a你b"), false), 5);  // a, 你, b, two pairs
}

TEST(Ngrams, CaseWidthAndPunctuationOfWordsDoNotMatter) {
  EXPECT_EQ(count_ngrams("Where IS it"), count_ngrams("where is it"));
  EXPECT_EQ(count_ngrams("ＡＢ１"), count_ngrams("ab1"));
  EXPECT_NE(count_ngrams("where is it?"), count_ngrams("where is it"));  // the characters see the mark
}

TEST(Ngrams, SortedEachOnceAndBounded) {
  std::string text;
  for (int i = 0; i < 100'000; ++i) text += static_cast<char>('a' + i % 26);
  const auto counts = count_ngrams(text);
  EXPECT_LE(counts.size(), 4 * kNgramCodePointsMax);
  for (std::size_t i = 1; i < counts.size(); ++i) EXPECT_LT(counts[i - 1].hash, counts[i].hash);
  EXPECT_TRUE(count_ngrams("").empty());
  EXPECT_TRUE(count_ngrams(" \t\n").empty());
  EXPECT_FALSE(count_ngrams("\xff\xfe").empty());  // invalid bytes are U+FFFD, a character like any other
}

}  // namespace
}  // namespace yupu::text
