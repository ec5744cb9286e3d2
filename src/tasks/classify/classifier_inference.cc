// A classifier's numbers: from text to logits, from logits to answers.
#include <algorithm>

#include <fmt/format.h>

#include "engine/error.h"
#include "engine/ops/add/add.h"
#include "tasks/classify/classifier.h"

namespace yupu::tasks {
namespace {

// Tokens of one pass of inference: bounds memory, far above what a pass needs to be efficient.
constexpr std::int64_t kInferenceTokens = 4096;

}  // namespace

text::Encoding Classifier::encode(std::string_view text) const {
  text::Encoding encoding =
      tokenizer_->encode(text, {.max_length = static_cast<std::int32_t>(max_length_), .special_tokens_in_text = false});
  if (wide_) encoding.ngrams = wide_->features(text);
  return encoding;
}

engine::Var Classifier::forward(engine::Tape& tape, const model::EncoderBatch& batch, Ngrams ngrams,
                                model::DropoutStep dropout) const {
  const model::AdapterSegment whole{adapter_.get(), 0, batch.packed.sequence_count()};
  const engine::Var pooled = encoder_->pooled(tape, batch, dropout, {&whole, 1});
  const engine::Var deep = head_->logits(tape, pooled, batch, encoder_->dropout_sites(), dropout);
  return wide_ ? engine::add(deep, wide_->logits(tape, ngrams)) : deep;
}

Result<std::vector<std::vector<float>>> Classifier::logits(engine::ExecutionContext& context,
                                                           std::span<const text::Encoding> texts) const {
  const auto in_table = [](const std::vector<std::int32_t>& ids, std::int64_t size) {
    return std::all_of(ids.begin(), ids.end(), [size](std::int32_t id) { return id >= 0 && id < size; });
  };
  for (const text::Encoding& text : texts) {
    const auto length = static_cast<std::int64_t>(text.ids.size());
    if (length == 0 || length > config().position_count || !in_table(text.ids, config().vocab_size) ||
        !in_table(text.type_ids, config().type_count) ||
        (wide_ && !in_table(text.ngrams.indices, wide_->feature_count()))) {
      return invalid_argument(fmt::format("an encoding of {} tokens does not fit the model ({} positions, {} tokens)",
                                          length, config().position_count, config().vocab_size));
    }
  }
  std::vector<std::vector<float>> rows;
  rows.reserve(texts.size());
  try {
    engine::Tape tape(context, engine::Tape::Mode::kInference);
    for (std::size_t at = 0; at < texts.size();) {
      engine::PackedBatch packed;
      std::vector<const text::SparseRow*> ngrams;
      do {
        packed.append(texts[at].ids, texts[at].type_ids, at);
        ngrams.push_back(&texts[at].ngrams);
        ++at;
      } while (at < texts.size() &&
               packed.token_count() + static_cast<std::int64_t>(texts[at].ids.size()) <= kInferenceTokens);
      const model::EncoderBatch batch(std::move(packed));
      const engine::Var z = forward(tape, batch, ngrams);
      const std::size_t width = labels_.size();
      const std::span<const float> values = z.value().values();
      for (std::size_t row = 0; row < values.size(); row += width) {
        const auto part = values.subspan(row, width);
        rows.emplace_back(part.begin(), part.end());
      }
    }
  } catch (const engine::EngineError& error) {
    return Status(Code::kResourceExhausted, error.what());
  }
  return rows;
}

std::vector<Answer> Classifier::rank(std::span<const float> logits, std::size_t count) const {
  const std::vector<double> p = probabilities(logits, calibration_ ? calibration_->temperature : 1.0);
  std::vector<Answer> answers;
  for (std::size_t k = 0; k < p.size(); ++k) answers.push_back({static_cast<std::int32_t>(k), p[k]});
  count = std::min(count, answers.size());
  std::partial_sort(
      answers.begin(), answers.begin() + static_cast<std::ptrdiff_t>(count), answers.end(),
      [](const Answer& a, const Answer& b) { return a.score != b.score ? a.score > b.score : a.label < b.label; });
  answers.resize(count);
  return answers;
}

Decision Classifier::decide(double score) const {
  return calibration_ ? tasks::decide(*calibration_, score) : Decision::kAnswer;
}

}  // namespace yupu::tasks
