#include "tasks/tokens/word_features.h"

#include <algorithm>
#include <set>

#include <gtest/gtest.h>

namespace yupu::tasks {
namespace {

using Words = std::vector<std::string>;

std::set<std::uint64_t> of(const Words& words, std::size_t place) {
  const auto features = word_features(words).at(place);
  return {features.begin(), features.end()};
}

std::size_t shared(const std::set<std::uint64_t>& a, const std::set<std::uint64_t>& b) {
  return static_cast<std::size_t>(
      std::count_if(a.begin(), a.end(), [&](std::uint64_t feature) { return b.contains(feature); }));
}

TEST(WordFeatures, ShapesAreThoseWorkedOutByHand) {
  const struct {
    const char *word, *whole, *short_one;
  } rows[] = {
      {"McDonald-3.5", "XxXxxxxx-d.d", "XxXx-d.d"},
      {"U.N.", "X.X.", "X.X."},
      {"UN", "XX", "X"},
      {"lives", "xxxxx", "x"},
      {"1996-08-30", "dddd-dd-dd", "d-d-d"},
      {"王", "c", "c"},
      {"Élan", "Xxxx", "Xx"},
      {"$", "$", "$"},
      {"...", "...", "."},
      {"e\u0301", "xx", "x"},  // a mark belongs to its letter
      {"", "", ""},
  };
  for (const auto& row : rows) {
    EXPECT_EQ(shape(row.word), row.whole) << row.word;
    EXPECT_EQ(short_shape(row.word), row.short_one) << row.word;
  }
}

// The word alone in its sentence: itself, lower case, two shapes, affixes of 1 to min(4, length), four places outside,
// five pairs, three threes, three shapes.
TEST(WordFeatures, CountsOfAWordAlone) {
  constexpr std::size_t kAround = 4 + 5 + 3 + 1;
  EXPECT_EQ(word_features(Words{"Xishan"})[0].size(), 4 + 8 + kAround);
  EXPECT_EQ(word_features(Words{"王"})[0].size(), 4 + 2 + kAround);
  EXPECT_EQ(word_features(Words{""})[0].size(), 4 + kAround);
  EXPECT_TRUE(word_features(Words{}).empty());
}

TEST(WordFeatures, NoTwoOfASentenceMeetByChance) {
  const Words words = {"Greta", "Stone", "lives", "in", "New", "Harbour", "."};
  for (std::size_t i = 0; i < words.size(); ++i) {
    const auto features = word_features(words)[i];
    std::set<std::uint64_t> once(features.begin(), features.end());
    EXPECT_EQ(once.size(), features.size()) << words[i];
  }
}

TEST(WordFeatures, WhatWordsShareIsWhatIsAlikeInThem) {
  const auto greta = of({"Greta"}, 0);
  // The four places outside, and the pairs -2|-1, +1|+2, -1|+1.
  constexpr std::size_t kOutside = 7;
  EXPECT_EQ(shared(greta, of({"王"}, 0)), kOutside);
  // The lower case, eight affixes, and, made of lower case, two pairs and three threes.
  EXPECT_EQ(shared(greta, of({"GRETA"}, 0)), kOutside + 1 + 8 + 2 + 3);
  // "g" and "gr" before; both shapes, and the shapes around.
  EXPECT_EQ(shared(greta, of({"Grant"}, 0)), kOutside + 2 + 2 + 1);
  // "a" and "ta" behind; the short shape, and the shapes around.
  EXPECT_EQ(shared(greta, of({"Rita"}, 0)), kOutside + 2 + 1 + 1);
}

TEST(WordFeatures, NeighboursCountByPlace) {
  const auto before = of({"in", "x"}, 1);
  // What "x" itself gives stays: word, lower case, two shapes, two affixes.
  EXPECT_GE(shared(before, of({"x", "in"}, 0)), 6u);
  // "In" keeps what is made of lower case and loses the word, the short shape and the three shapes.
  EXPECT_EQ(before.size() - shared(before, of({"In", "x"}, 1)), 3u);
  // The word two before, whatever stands between: itself, its lower case, its suffix.
  const auto two_before = of({"in", "b", "x"}, 2);
  EXPECT_EQ(shared(two_before, of({"in", "c", "x"}, 2)) - shared(two_before, of({"a", "c", "x"}, 2)), 3u);
}

TEST(WordFeatures, CharactersGivePairsAndThrees) {
  const auto base = of({"我", "叫", "王", "芳", "。"}, 2);
  // Another character before: itself, lower case, suffix; the pairs -2|-1, -1|0, -1|+1; the threes that end at the word
  // and stand around it.
  EXPECT_EQ(base.size() - shared(base, of({"我", "是", "王", "芳", "。"}, 2)), 3u + 3u + 2u);
  // Behind: the same three; 0|+1, +1|+2, -1|+1; the threes that stand around the word and begin at it.
  EXPECT_EQ(base.size() - shared(base, of({"我", "叫", "王", "明", "。"}, 2)), 3u + 3u + 2u);
  // Three places away nothing is seen.
  EXPECT_EQ(of({"我", "叫", "王", "芳", "。", "甲"}, 2), of({"我", "叫", "王", "芳", "。", "乙"}, 2));
}

TEST(WordFeatures, AnyBytesAreRead) {
  EXPECT_FALSE(word_features(Words{"\xff\xfe", std::string("\0", 1)})[0].empty());
  EXPECT_EQ(shape(std::string("\0", 1)), "?");
}

}  // namespace
}  // namespace yupu::tasks
