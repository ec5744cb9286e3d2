#include "tasks/tokens/words.h"

#include <algorithm>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/check.h"
#include "base/rng.h"
#include "text/tokenizers/wordpiece/wordpiece.h"

namespace yupu::tasks {
namespace {

using ::testing::ElementsAre;

std::unique_ptr<text::Tokenizer> tokenizer() {
  auto made = text::make_wordpiece({"[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "a", "##a", "b", "##b", "青", "茶"});
  CHECK(made.ok(), made.status().message());
  return std::move(*made);
}

WordEncoding encode(const std::vector<std::string>& words, std::int64_t max_length) {
  return encode_words(*tokenizer(), words, max_length);
}

TEST(EncodeWords, TheFirstPieceSpeaksForItsWord) {
  const WordEncoding encoding = encode({"aab", "b", "青", "zzz"}, 16);
  ASSERT_EQ(encoding.windows.size(), 1u);
  EXPECT_THAT(encoding.windows[0].ids, ElementsAre(2, 5, 6, 8, 7, 9, 1, 3));
  EXPECT_THAT(encoding.windows[0].rows, ElementsAre(1, 4, 5, 6));
  EXPECT_EQ(encoding.word_count, 4);
  EXPECT_EQ(encoding.token_count, 8);
  EXPECT_EQ(encoding.cut_words, 0);
}

TEST(EncodeWords, OddWordsHaveARowToo) {
  // Nothing is left of a control character; special tokens are plain text; a word longer than a window is cut.
  const WordEncoding encoding = encode({"\x01", "[SEP]", "aaaaaaaaaa", "b"}, 6);
  std::size_t rows = 0;
  for (const WordWindow& window : encoding.windows) {
    EXPECT_LE(window.ids.size(), 6u);
    EXPECT_EQ(window.ids.front(), 2);
    EXPECT_EQ(window.ids.back(), 3);
    EXPECT_EQ(std::count(window.ids.begin(), window.ids.end(), 3), 1);
    rows += window.rows.size();
  }
  EXPECT_EQ(rows, 4u);
  EXPECT_EQ(encoding.cut_words, 1);
  EXPECT_TRUE(encode({}, 6).windows.empty());
}

TEST(EncodeWords, WindowsOverlapAndTheMiddleOfTheOverlapParts) {
  // Eight words of a window of 8 pieces; two of them are read again.
  const WordEncoding encoding = encode(std::vector<std::string>(14, "a"), 10);
  ASSERT_EQ(encoding.windows.size(), 2u);
  EXPECT_EQ(encoding.windows[0].ids.size(), 10u);
  EXPECT_THAT(encoding.windows[0].rows, ElementsAre(1, 2, 3, 4, 5, 6, 7));  // words 0 to 6 of 0 to 7
  EXPECT_EQ(encoding.windows[1].ids.size(), 10u);                           // words 6 to 13
  EXPECT_THAT(encoding.windows[1].rows, ElementsAre(2, 3, 4, 5, 6, 7, 8));  // without word 6
}

TEST(EncodeWords, EveryWordHasExactlyOneRowWhateverTheLengths) {
  Rng rng(5);
  for (int round = 0; round < 500; ++round) {
    std::vector<std::string> words;
    for (std::size_t i = 0, count = 1 + rng.below(60); i < count; ++i)
      words.push_back((i % 2 == 0 ? "b" : "a") + std::string(rng.below(9) == 0 ? 12 : rng.below(4), 'a'));
    const auto max_length = static_cast<std::int64_t>(3 + rng.below(14));
    const WordEncoding encoding = encode(words, max_length);
    std::vector<std::int32_t> first;
    std::int64_t tokens = 0;
    for (const WordWindow& window : encoding.windows) {
      ASSERT_FALSE(window.rows.empty());
      ASSERT_LE(static_cast<std::int64_t>(window.ids.size()), max_length);
      tokens += static_cast<std::int64_t>(window.ids.size());
      for (const std::int32_t row : window.rows) first.push_back(window.ids[static_cast<std::size_t>(row)]);
    }
    ASSERT_EQ(first.size(), words.size());
    for (std::size_t i = 0; i < words.size(); ++i) ASSERT_EQ(first[i], words[i][0] == 'a' ? 5 : 7);
    ASSERT_EQ(tokens, encoding.token_count);
  }
}

std::vector<std::string> split(std::string_view text) {
  std::vector<std::string> words;
  for (const PlacedWord& word : split_words(text)) words.push_back(word.text);
  return words;
}

TEST(SplitWords, AsColumnFilesAreCut) {
  EXPECT_THAT(split("Anna's well-known shop, U.N. (3.5 km)!"),
              ElementsAre("Anna", "'s", "well-known", "shop", ",", "U.N", ".", "(", "3.5", "km", ")", "!"));
  EXPECT_THAT(split("我叫Anna，住在green hill。"),
              ElementsAre("我", "叫", "Anna", "，", "住", "在", "green", "hill", "。"));
  EXPECT_THAT(split("it’s $5 'so' o'clock 's"), ElementsAre("it", "’s", "$", "5", "'", "so", "'", "o'clock", "'", "s"));
  EXPECT_TRUE(split(" \t\n").empty());
  EXPECT_TRUE(split("").empty());
}

TEST(SplitWords, OffsetsCountCodePointsAndBytes) {
  const std::string text = "\xff 青茶 café";
  const auto words = split_words(text);
  ASSERT_EQ(words.size(), 4u);
  const PlacedWord& tea = words[2];
  EXPECT_EQ(tea.text, "茶");
  EXPECT_EQ(tea.begin, 3);
  EXPECT_EQ(tea.end, 4);
  EXPECT_EQ(tea.begin_byte, 5);
  EXPECT_EQ(tea.end_byte, 8);
  EXPECT_EQ(words[3].begin, 5);
  EXPECT_EQ(words[3].end, 9);
  EXPECT_EQ(words[3].end_byte, static_cast<std::int64_t>(text.size()));
  for (const PlacedWord& word : words)
    EXPECT_EQ(word.text, text.substr(static_cast<std::size_t>(word.begin_byte),
                                     static_cast<std::size_t>(word.end_byte - word.begin_byte)));
}

}  // namespace
}  // namespace yupu::tasks
