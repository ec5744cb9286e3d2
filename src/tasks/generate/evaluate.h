// How well a language model foretells texts it has not seen.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/json.h"
#include "engine/execution_context.h"
#include "tasks/generate/language_model.h"

namespace yupu::tasks {

// Sums over the guessed tokens; parts of a set are added.
struct WritingScore {
  double loss_sum = 0.0;     // nats
  std::int64_t targets = 0;  // tokens guessed, the end of each text among them
  std::int64_t hits = 0;     // first guesses that were right
};

struct WritingEvaluation {
  WritingScore score;
  std::int64_t passages = 0;
  std::int64_t bytes = 0;  // of the texts, prompts not among them
  std::int64_t cut = 0;    // passages that did not fit the model

  double loss() const { return score.loss_sum / static_cast<double>(score.targets); }  // nats a token
  double perplexity() const;
  double accuracy() const { return static_cast<double>(score.hits) / static_cast<double>(score.targets); }
  // Comparable between vocabularies, which perplexity is not; unset where texts were cut.
  std::optional<double> bits_per_byte() const;

  OrderedJson to_json() const;
  std::string to_text() const;
};

// Part `part` of `parts`: every so many batches.  The parts of a set add up to the same sums in whatever number.
WritingScore score(const LanguageModel& model, engine::ExecutionContext& context,
                   const std::vector<WrittenSequence>& sequences, std::int64_t part = 0, std::int64_t parts = 1);

// REQUIRES: the set has a row.
WritingEvaluation evaluate(const LanguageModel& model, engine::ExecutionContext& context, const PassageSet& set);

}  // namespace yupu::tasks
