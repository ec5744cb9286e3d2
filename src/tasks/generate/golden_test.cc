// What a language model writes against the reference library (tests/golden/gpt2/make_golden.py).
#include <gtest/gtest.h>

#include "base/file.h"
#include "base/testing.h"
#include "engine/ops/gather_rows/gather_rows.h"
#include "tasks/generate/generation.h"

namespace yupu::tasks {
namespace {

Json golden_cases() {
  const auto text = read_file(YUPU_TESTDATA("tests/golden/gpt2/cases.json"));
  CHECK(text.ok(), text.status().to_string());
  auto cases = parse_json(*text);
  CHECK(cases.ok(), cases.status().to_string());
  return std::move(cases).value();
}

// Over kept keys and values, and over the whole sequence again for every token: both the reference's tokens.
TEST(GenerationGolden, TheReferencesGreedyTokensCachedAndNot) {
  const auto model = LanguageModel::load(YUPU_TESTDATA("tests/golden/gpt2/model"));
  ASSERT_TRUE(model.ok()) << model.status().to_string();
  EXPECT_FALSE((*model)->begins_texts());
  engine::ExecutionContext context(2);
  const model::Decoder& decoder = (*model)->decoder();
  const Json cases = golden_cases();
  std::size_t checked = 0;
  for (const Json& row : cases["greedy"]) {
    const GenerateOptions options{.repetition_penalty = row["repetition_penalty"].get<double>()};
    const auto wanted = row["tokens"].get<std::vector<std::int32_t>>();
    const auto prompt = row["prompt"].get<std::vector<std::int32_t>>();
    for (const bool cached : {true, false}) {
      model::DecoderCache cache = decoder.make_cache(decoder.config().position_count);
      model::DecoderCache* const caches[] = {&cache};
      std::vector<std::int32_t> ids = prompt, written;
      std::vector<bool> seen(static_cast<std::size_t>(decoder.config().vocab_size), false);
      for (const std::int32_t id : ids) seen[static_cast<std::size_t>(id)] = true;
      Rng rng(1);
      while (written.size() < wanted.size()) {
        engine::Tape tape(context, engine::Tape::Mode::kInference);
        engine::PackedBatch batch;
        const auto known = cached ? static_cast<std::int32_t>(cache.token_count()) : 0;
        batch.append({ids.begin() + known, ids.end()}, {}, 0);
        for (std::int32_t& position : batch.positions) position += known;
        const std::vector<std::int32_t> last = {static_cast<std::int32_t>(batch.token_count()) - 1};
        const model::EncoderBatch whole(batch);
        const engine::Var hidden = cached ? decoder.hidden_after(tape, batch, caches) : decoder.hidden(tape, whole);
        const engine::Var logits = decoder.logits(tape, engine::gather_rows(hidden, last));
        const std::int32_t id = next_token(logits.value().values(), seen, options, rng);
        seen[static_cast<std::size_t>(id)] = true;
        ids.push_back(id);
        written.push_back(id);
      }
      EXPECT_EQ(written, wanted) << row << (cached ? " cached" : " anew");
    }
    ++checked;
  }
  EXPECT_EQ(checked, 16u);
}

// The same through generate(): prompts as texts, all of them in one batch.
TEST(GenerationGolden, TheReferencesGreedyTokensInABatch) {
  const auto model = LanguageModel::load(YUPU_TESTDATA("tests/golden/gpt2/model"));
  ASSERT_TRUE(model.ok()) << model.status().to_string();
  engine::ExecutionContext context(2);
  const Json cases = golden_cases();
  for (const double penalty : {1.0, 1.4}) {
    std::vector<std::string> prompts;
    std::vector<std::vector<std::int32_t>> wanted;
    for (const Json& row : cases["greedy"]) {
      if (row["text"].is_null() || row["repetition_penalty"].get<double>() != penalty) continue;
      prompts.push_back(row["text"].get<std::string>());
      EXPECT_EQ(Json((*model)->prompt_ids(prompts.back())), row["prompt"]);
      wanted.push_back(row["tokens"].get<std::vector<std::int32_t>>());
    }
    ASSERT_EQ(prompts.size(), 4u);
    const GenerateOptions options{.max_new_tokens = cases["new_tokens"].get<std::int64_t>(),
                                  .repetition_penalty = penalty};
    const auto written = generate(**model, context, prompts, options);
    ASSERT_TRUE(written.ok()) << written.status().to_string();
    for (std::size_t i = 0; i < prompts.size(); ++i) {
      EXPECT_EQ((*written)[i].ids, wanted[i]) << i;
      EXPECT_EQ((*written)[i].text, (*model)->tokenizer().decode(wanted[i]));
    }
  }
}

}  // namespace
}  // namespace yupu::tasks
