#include "text/tokenizers/wordpiece/train.h"

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <set>
#include <sstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/file.h"
#include "base/testing.h"

namespace yupu::text {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::Not;

std::vector<std::string> golden_corpus() {
  auto bytes = read_file(YUPU_TESTDATA("tests/golden/text/corpus.txt"));
  CHECK(bytes.ok(), bytes.status().to_string());
  std::vector<std::string> lines;
  std::istringstream stream(*bytes);
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

std::vector<std::string> train(const std::vector<std::string>& texts, const TrainVocabularyOptions& options) {
  auto trained = train_vocabulary(texts, options);
  CHECK(trained.ok(), trained.status().to_string());
  return std::move(trained).value();
}

TEST(TrainVocabulary, MergesTheMostFrequentPairFirst) {
  // hug 10, pug 5, pun 12, bun 4, hugs 5: u+g 20, then u+n 16, h+ug 15, p+un 12, p+ug and hug+s 5 (the tie: "hug" <
  // "p").
  std::vector<std::string> texts;
  for (int i = 0; i < 10; ++i) texts.emplace_back("hug");
  for (int i = 0; i < 5; ++i) texts.emplace_back("pug hugs");
  for (int i = 0; i < 12; ++i) texts.emplace_back("pun");
  for (int i = 0; i < 4; ++i) texts.emplace_back("bun");
  const auto vocabulary = train(texts, {.vocab_size = 1000, .min_frequency = 5, .keep_ascii = false});
  EXPECT_THAT(vocabulary, ElementsAre("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "b", "g", "h", "n", "p", "s", "u",
                                      "##g", "##n", "##s", "##u", "##ug", "##un", "hug", "pun", "hugs", "pug"));
}

TEST(TrainVocabulary, OrderOfTheCorpusDoesNotMatter) {
  std::vector<std::string> texts = golden_corpus();
  const TrainVocabularyOptions options{.vocab_size = 600};
  const auto forward = train(texts, options);
  std::ranges::reverse(texts);
  EXPECT_EQ(train(texts, options), forward);
  EXPECT_EQ(std::set<std::string>(forward.begin(), forward.end()).size(), forward.size());
}

// The bytes themselves are pinned: a machine, compiler or library that changes them is seen here.
TEST(TrainVocabulary, GoldenVocabulary) {
  const std::string path = YUPU_TESTDATA("tests/golden/text/vocab.txt");
  const std::string bytes = format_vocabulary(train(golden_corpus(), {.vocab_size = 600}));
  if (std::getenv("YUPU_UPDATE_GOLDEN") != nullptr) {
    ASSERT_TRUE(write_file_atomic(path, bytes).ok());
  }
  auto golden = read_file(path);
  ASSERT_TRUE(golden.ok());
  EXPECT_EQ(bytes, *golden);
}

TEST(TrainVocabulary, LimitsAreKept) {
  const auto corpus = golden_corpus();
  EXPECT_EQ(train(corpus, {.vocab_size = 300}).size(), 300U);
  EXPECT_EQ(train(corpus, {.vocab_size = 40}).size(), 40U) << "the alphabet alone would be larger";
  const auto few = train(corpus, {.vocab_size = 5000, .min_frequency = 1'000'000});
  const auto is_merge = [](const std::string& piece) {
    return !piece.starts_with("[") &&
           std::ranges::count_if(piece, [](char c) { return (c & 0xC0) != 0x80; }) > (piece.starts_with("##") ? 3 : 1);
  };
  EXPECT_TRUE(std::ranges::none_of(few, is_merge));
  const auto narrow =
      train({"aaaa bbb cc d"}, {.vocab_size = 100, .min_frequency = 9, .alphabet_max = 2, .keep_ascii = false});
  EXPECT_THAT(narrow, Contains("a"));
  EXPECT_THAT(narrow, Not(Contains("c")));
}

TEST(TrainVocabulary, SettingsOfTheTokenizerApply) {
  EXPECT_THAT(train({"ÀB"}, {.keep_ascii = false}),
              ::testing::AllOf(Contains("a"), Contains("##b"), Not(Contains("B"))));
  EXPECT_THAT(train({"ÀB"}, {.keep_ascii = false, .normalization = {.lower_case = false}}),
              ::testing::AllOf(Contains("À"), Contains("##B")));
  EXPECT_THAT(train({"你好"}, {}),
              ::testing::AllOf(Contains("你"), Not(Contains("##好")), Contains("##z"), Contains("%")));
}

TEST(TrainVocabulary, EveryTrainingWordIsCovered) {
  const auto corpus = golden_corpus();
  auto tokenizer = make_wordpiece(train(corpus, {.vocab_size = 600}));
  ASSERT_TRUE(tokenizer.ok());
  for (const std::string& line : corpus) {
    const auto encoding = (*tokenizer)->encode(line);
    EXPECT_THAT(encoding.ids, Not(Contains((*tokenizer)->special_ids().unk))) << line;
  }
}

TEST(TrainVocabulary, BadInput) {
  EXPECT_EQ(train_vocabulary(std::vector<std::string>{}).status().code(), Code::kInvalidArgument);
  EXPECT_EQ(train_vocabulary(std::vector<std::string>{" \n\t"}).status().code(), Code::kInvalidArgument);
  EXPECT_EQ(train_vocabulary(std::vector<std::string>{"a"}, {.vocab_size = 5}).status().field(), "vocab_size");
  EXPECT_EQ(train_vocabulary(std::vector<std::string>{"a"}, {.min_frequency = 0}).status().field(), "min_frequency");
  EXPECT_EQ(train_vocabulary(std::vector<std::string>{"a"}, {.alphabet_max = 0}).status().field(), "alphabet_max");
  EXPECT_TRUE(train_vocabulary(std::vector<std::string>{"a\xFF\xFE b"}).ok()) << "invalid UTF-8 is left out";
  const TextSource broken = [](std::string&) -> Result<bool> { return internal_error("disk gone"); };
  EXPECT_EQ(train_vocabulary(broken).status().message(), "disk gone");
}

TEST(TrainVocabulary, IsQuickOnManyWords) {
  std::vector<std::string> texts;
  std::uint32_t state = 1;
  for (int line = 0; line < 2000; ++line) {
    std::string text;
    for (int i = 0; i < 100; ++i) {
      state = state * 1664525U + 1013904223U;
      text += static_cast<char>('a' + (state >> 24) % 26);
      if ((state >> 16) % 6 == 0) text += ' ';
    }
    texts.push_back(text);
  }
  const auto start = std::chrono::steady_clock::now();
  EXPECT_EQ(train(texts, {.vocab_size = 3000}).size(), 3000U);
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(10));
}

}  // namespace
}  // namespace yupu::text
