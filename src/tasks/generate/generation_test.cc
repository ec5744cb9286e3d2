#include "tasks/generate/generation.h"

#include <cmath>
#include <map>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tasks/generate/written_text.h"
#include "text/tokenizers/bpe/pretokens.h"
#include "text/tokenizers/bpe/train.h"

namespace yupu::tasks {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::unique_ptr<text::Tokenizer> byte_tokenizer() {
  const std::vector<std::string> texts = {"a"};
  auto parts = text::train_bpe(text::source_of(texts), {.vocab_size = 257});
  CHECK(parts.ok(), parts.status().to_string());
  auto made = text::make_bpe(std::move(parts).value());
  CHECK(made.ok(), made.status().to_string());
  return std::move(made).value();
}

// Random weights wide enough apart that what is written differs from prompt to prompt.
std::unique_ptr<LanguageModel> random_model(std::int64_t positions = 64) {
  model::DecoderConfig config;
  config.vocab_size = 257;
  config.hidden_size = 16;
  config.inner_size = 64;
  config.position_count = positions;
  config.initializer_range = 0.5f;
  auto model = LanguageModel::create(config, byte_tokenizer(), 3, positions);
  CHECK(model.ok(), model.status().to_string());
  return std::move(model).value();
}

std::vector<Generated> write(const LanguageModel& model, const std::vector<std::string>& prompts,
                             const GenerateOptions& options, const TextSink& sink = {}) {
  engine::ExecutionContext context(2);
  auto written = generate(model, context, prompts, options, sink);
  CHECK(written.ok(), written.status().to_string());
  return std::move(written).value();
}

std::int32_t pick(std::vector<float> scores, const GenerateOptions& options, Rng& rng,
                  const std::vector<std::size_t>& seen_ids = {}) {
  std::vector<bool> seen(scores.size(), false);
  for (const std::size_t id : seen_ids) seen[id] = true;
  return next_token(scores, seen, options, rng);
}

TEST(NextToken, GreedyAndPenalty) {
  Rng rng(1);
  EXPECT_EQ(pick({1, 3, 3, 2}, {}, rng), 1) << "the lower id of equal ones";
  EXPECT_EQ(pick({1, 3, 2.9f, 2}, {.repetition_penalty = 1.2}, rng, {1}), 2);
  EXPECT_EQ(pick({-1, -1.1f}, {.repetition_penalty = 1.2}, rng, {0}), 1) << "below zero it multiplies";
}

TEST(NextToken, DrawsAsTheProbabilitiesSay) {
  const std::vector<float> scores = {std::log(0.5f), std::log(0.2f), std::log(0.3f)};
  constexpr int kDraws = 20'000;
  const auto shares = [&](const GenerateOptions& options) {
    Rng rng(7);
    std::map<std::int32_t, double> counts;
    for (int i = 0; i < kDraws; ++i) counts[pick(scores, options, rng)] += 1.0 / kDraws;
    return counts;
  };
  auto plain = shares({.temperature = 1.0});
  EXPECT_NEAR(plain[0], 0.5, 0.02);
  EXPECT_NEAR(plain[1], 0.2, 0.02);
  EXPECT_NEAR(plain[2], 0.3, 0.02);
  auto two = shares({.temperature = 1.0, .top_k = 2});
  EXPECT_NEAR(two[0], 0.5 / 0.8, 0.02);
  EXPECT_EQ(two.count(1), 0u);
  EXPECT_EQ(shares({.temperature = 1.0, .top_p = 0.5}).size(), 1u) << "0.5 is reached by the first";
  EXPECT_EQ(shares({.temperature = 1.0, .top_p = 0.51}).size(), 2u);
  EXPECT_GT(shares({.temperature = 0.25})[0], 0.8) << "0.5^4 of 0.5^4 + 0.2^4 + 0.3^4";
}

TEST(Generation, DrawsRepeatAndDoNotDependOnTheBatch) {
  const auto model = random_model();
  const std::vector<std::string> prompts = {"one", "another prompt", "", "三"};
  const GenerateOptions options{.max_new_tokens = 20, .temperature = 1.0, .top_k = 50, .top_p = 0.9, .seed = 5};
  const auto together = write(*model, prompts, options);
  for (std::size_t i = 0; i < prompts.size(); ++i) {
    GenerateOptions alone = options;
    alone.first_prompt = i;
    EXPECT_EQ(write(*model, {prompts[i]}, alone)[0].ids, together[i].ids) << i;
  }
  GenerateOptions other = options;
  other.seed = 6;
  EXPECT_NE(write(*model, prompts, other)[1].ids, together[1].ids);
}

TEST(Generation, WhatIsToldIsWhatIsWritten) {
  const auto model = random_model();
  const std::vector<std::string> prompts = {"one", "two"};
  std::vector<std::string> told(2);
  const auto written = write(*model, prompts, {.max_new_tokens = 40, .temperature = 1.0},
                             [&](std::size_t prompt, std::string_view piece) { told[prompt] += piece; });
  for (std::size_t i = 0; i < 2; ++i) EXPECT_EQ(told[i], written[i].text);
}

TEST(Generation, EndsWhereItShould) {
  const auto model = random_model(16);
  const auto length = write(*model, {"abc"}, {.max_new_tokens = 3})[0];
  EXPECT_EQ(length.ids.size(), 3u);
  EXPECT_EQ(length.finish, Finish::kLength);
  EXPECT_EQ(length.prompt_tokens, 4) << "the end of text in front";
  const auto full = write(*model, {"abc"}, {.max_new_tokens = 100})[0];
  if (full.finish != Finish::kEnd) {
    EXPECT_EQ(full.ids.size(), 13u) << "16 positions, 4 for the prompt, and one token that need not be read";
    EXPECT_EQ(full.finish, Finish::kPositions);
  }
  const std::string stop = full.text.substr(full.text.size() / 2, 2);
  const auto stopped = write(*model, {"abc"}, {.max_new_tokens = 100, .stops = {stop}})[0];
  EXPECT_EQ(stopped.finish, Finish::kStop);
  EXPECT_EQ(stopped.text, full.text.substr(0, full.text.find(stop)));
}

TEST(Generation, WhatIsRefused) {
  const auto model = random_model(16);
  engine::ExecutionContext context(1);
  const auto refused = [&](const std::string& prompt, const GenerateOptions& options) {
    return generate(*model, context, std::span(&prompt, 1), options).status().message();
  };
  EXPECT_THAT(refused("0123456789abcdef", {}), HasSubstr("prompt 1 has 17 tokens, the model reads 16"));
  EXPECT_THAT(refused("a", {.max_new_tokens = 0}), HasSubstr("max_new_tokens"));
  EXPECT_THAT(refused("a", {.temperature = -1}), HasSubstr("temperature"));
  EXPECT_THAT(refused("a", {.top_p = 0}), HasSubstr("top_p"));
  EXPECT_THAT(refused("a", {.repetition_penalty = 0}), HasSubstr("repetition_penalty"));
  EXPECT_THAT(refused("a", {.stops = {""}}), HasSubstr("stop"));
}

TEST(WrittenText, WaitsForWholeCharactersAndPossibleStops) {
  const auto tokenizer = byte_tokenizer();
  const std::vector<std::string> stops = {"abz", "好"};
  WrittenText text(*tokenizer, stops);
  std::vector<std::string> told;
  const auto feed = [&](std::string_view bytes) {
    bool stopped = false;
    for (const char byte : bytes) {
      // The id of one byte: ids of a text are not, where bytes are no UTF-8.
      std::int32_t id = 1;
      while (tokenizer->token(id) != text::byte_characters().at(static_cast<unsigned char>(byte))) ++id;
      stopped = text.append(id);
      told.emplace_back(text.news());
    }
    return stopped;
  };
  EXPECT_FALSE(feed("xa"));
  EXPECT_THAT(told, ElementsAre("x", "")) << "a may begin the stop";
  EXPECT_FALSE(feed("b"));
  EXPECT_FALSE(feed("c"));
  EXPECT_EQ(told.back(), "abc");
  EXPECT_FALSE(feed("\xE4\xBD"));
  EXPECT_EQ(told.back(), "");
  EXPECT_FALSE(feed("\xA0"));
  EXPECT_EQ(told.back(), "你");
  EXPECT_TRUE(feed("\xE5\xA5\xBD"));
  EXPECT_EQ(text.text(), "xabc你");
}

TEST(WrittenText, BytesThatNeverBecomeACharacterAreReplacedAtTheEnd) {
  const auto tokenizer = byte_tokenizer();
  WrittenText text(*tokenizer, {});
  std::int32_t id = 1;
  while (tokenizer->token(id) != text::byte_characters()[0xE4]) ++id;
  EXPECT_FALSE(text.append(id));
  EXPECT_EQ(text.news(), "");
  EXPECT_FALSE(text.end());
  EXPECT_EQ(text.news(), "\uFFFD");
}

}  // namespace
}  // namespace yupu::tasks
