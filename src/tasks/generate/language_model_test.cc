#include "tasks/generate/language_model.h"

#include <cmath>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/file.h"
#include "base/testing.h"
#include "tasks/generate/evaluate.h"
#include "text/tokenizers/bpe/train.h"
#include "text/tokenizers/wordpiece/wordpiece.h"

namespace yupu::tasks {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

// Bytes alone: id of a letter is where it stands behind the end of text, '!' being 1.
std::int32_t byte_id(char byte) { return byte - '!' + 1; }

std::unique_ptr<LanguageModel> small_model(std::int64_t max_length = 6) {
  const std::vector<std::string> texts = {"a"};
  auto parts = text::train_bpe(text::source_of(texts), {.vocab_size = 257});
  CHECK(parts.ok(), parts.status().to_string());
  auto tokenizer = text::make_bpe(std::move(parts).value());
  CHECK(tokenizer.ok(), tokenizer.status().to_string());
  model::DecoderConfig config;
  config.vocab_size = 257;
  config.hidden_size = 8;
  config.inner_size = 16;
  config.position_count = 16;
  auto model = LanguageModel::create(config, std::move(tokenizer).value(), 1, max_length);
  CHECK(model.ok(), model.status().to_string());
  return std::move(model).value();
}

TEST(LanguageModel, AWholeTextIsOneSequenceOrSeveralThatMeet) {
  const auto model = small_model();
  const auto one = model->sequences({.prompt = {}, .text = "abc"});
  ASSERT_EQ(one.size(), 1u);
  EXPECT_THAT(one[0].ids, ElementsAre(0, byte_id('a'), byte_id('b'), byte_id('c'), 0));
  EXPECT_EQ(one[0].given, 1);
  EXPECT_EQ(one[0].input_count(), 4);
  EXPECT_EQ(one[0].target_count(), 4);
  const auto several = model->sequences({.prompt = {}, .text = "abcdefgh"});  // 10 tokens, 6 read at a time
  ASSERT_EQ(several.size(), 2u);
  EXPECT_EQ(several[0].ids.size(), 7u);
  EXPECT_EQ(several[1].ids.front(), several[0].ids.back());
  EXPECT_EQ(several[0].target_count() + several[1].target_count(), 9);
  EXPECT_EQ(several[1].ids.back(), 0);
  const auto exact = model->sequences({.prompt = {}, .text = "abcde"});
  ASSERT_EQ(exact.size(), 1u) << "6 inputs, the end is the last target";
}

TEST(LanguageModel, OfAPromptAndItsAnswerTheAnswerIsLearned) {
  const auto model = small_model();
  std::int64_t cut = 0;
  const auto fits = model->sequences({.prompt = "ab", .text = "cd"}, &cut);
  ASSERT_EQ(fits.size(), 1u);
  EXPECT_THAT(fits[0].ids, ElementsAre(0, byte_id('a'), byte_id('b'), byte_id('c'), byte_id('d'), 0));
  EXPECT_EQ(fits[0].given, 3);
  EXPECT_EQ(cut, 0);
  const auto long_prompt = model->sequences({.prompt = "abcdefgh", .text = "xy"}, &cut);
  EXPECT_THAT(long_prompt[0].ids,
              ElementsAre(0, byte_id('f'), byte_id('g'), byte_id('h'), byte_id('x'), byte_id('y'), 0));
  EXPECT_EQ(long_prompt[0].input_count(), 6);
  const auto long_answer = model->sequences({.prompt = "ab", .text = "cdefghijk"}, &cut);
  EXPECT_EQ(long_answer[0].given, 1);
  EXPECT_EQ(long_answer[0].ids.size(), 7u);
  EXPECT_EQ(cut, 2);
}

TEST(LanguageModel, ScoresAddUpOverPartsAndBeginNearAnEvenGuess) {
  const auto model = small_model();
  engine::ExecutionContext context(2);
  PassageSet set{.path = "x", .prompted = false, .rows = {}};
  for (int i = 0; i < 700; ++i) set.rows.push_back({.prompt = {}, .text = "text " + std::to_string(i), .line = i});
  const WritingEvaluation whole = evaluate(*model, context, set);
  EXPECT_NEAR(whole.loss(), std::log(257.0), 0.05);
  EXPECT_NEAR(whole.perplexity(), std::exp(whole.loss()), 1e-9);
  EXPECT_NEAR(
      *whole.bits_per_byte(),
      whole.loss() / std::log(2.0) * static_cast<double>(whole.score.targets) / static_cast<double>(whole.bytes), 1e-9);
  std::vector<WrittenSequence> sequences;
  for (const Passage& passage : set.rows) {
    for (WrittenSequence& sequence : model->sequences(passage)) sequences.push_back(std::move(sequence));
  }
  WritingScore sums;
  for (std::int64_t part = 0; part < 3; ++part) {
    const WritingScore one = score(*model, context, sequences, part, 3);
    EXPECT_LT(one.targets, whole.score.targets);
    sums.loss_sum += one.loss_sum;
    sums.targets += one.targets;
    sums.hits += one.hits;
  }
  EXPECT_EQ(sums.targets, whole.score.targets);
  EXPECT_EQ(sums.hits, whole.score.hits);
  EXPECT_NEAR(sums.loss_sum, whole.score.loss_sum, 1e-6 * whole.score.loss_sum);
}

TEST(LanguageModel, SavedAndLoadedIsTheSame) {
  const auto model = small_model();
  const yupu::testing::TempDir dir;
  ASSERT_TRUE(model->save(dir.path()).ok());
  const auto loaded = LanguageModel::load(dir.path());
  ASSERT_TRUE(loaded.ok()) << loaded.status().to_string();
  EXPECT_EQ((*loaded)->weights_sha256(), model->weights_sha256());
  EXPECT_EQ((*loaded)->max_length(), 6);
  EXPECT_TRUE((*loaded)->begins_texts());
  EXPECT_THAT((*loaded)->prompt_ids("a"), ElementsAre(0, byte_id('a')));
  ASSERT_TRUE(remove_tree(dir.file("yupu.json")).ok());
  const auto foreign = LanguageModel::load(dir.path());
  ASSERT_TRUE(foreign.ok());
  EXPECT_THAT((*foreign)->prompt_ids("a"), ElementsAre(byte_id('a'))) << "as the other library gives it";
  EXPECT_THAT((*foreign)->prompt_ids(""), ElementsAre(0));
  EXPECT_THAT((*foreign)->prompt_ids("<|endoftext|>").size(), 13) << "plain text";
}

TEST(LanguageModel, WhatDoesNotFitIsNamed) {
  const yupu::testing::TempDir dir;
  EXPECT_EQ(LanguageModel::load(dir.path()).status().code(), Code::kNotFound);
  auto wordpiece = text::make_wordpiece({"[UNK]", "[CLS]", "[SEP]"});
  ASSERT_TRUE(wordpiece.ok());
  model::DecoderConfig config;
  config.vocab_size = 3;
  EXPECT_THAT(LanguageModel::create(config, std::move(wordpiece).value(), 1, 8).status().message(),
              HasSubstr("no end of text"));
  const auto model = small_model();
  ASSERT_TRUE(model->save(dir.path()).ok());
  ASSERT_TRUE(write_file_atomic(dir.file("yupu.json"), R"({"format": 1, "task": "embed"})").ok());
  EXPECT_THAT(LanguageModel::load(dir.path()).status().message(), HasSubstr("task \"embed\""));
  ASSERT_TRUE(write_file_atomic(dir.file("yupu.json"), R"({"format": 1, "task": "generate", "max_length": 99})").ok());
  EXPECT_THAT(LanguageModel::load(dir.path()).status().message(), HasSubstr("max_length 99"));
}

}  // namespace
}  // namespace yupu::tasks
