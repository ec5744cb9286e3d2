// A tagger's numbers: from words to emissions, from emissions to spans.
#include <numeric>

#include "engine/error.h"
#include "tasks/tokens/tagger.h"

namespace yupu::tasks {
namespace {

// Tokens of one pass of inference: bounds memory, far above what a pass needs to be efficient.
constexpr std::int64_t kInferenceTokens = 4096;

}  // namespace

Result<std::vector<std::vector<float>>> Tagger::emissions(engine::ExecutionContext& context,
                                                          std::span<const WordEncoding> sentences) const {
  std::vector<std::vector<float>> out(sentences.size());
  const std::size_t width = tags_.size();
  try {
    engine::Tape tape(context, engine::Tape::Mode::kInference);
    for (std::size_t begin = 0; begin < sentences.size();) {
      std::vector<const WordEncoding*> pass;
      std::vector<std::size_t> who;
      std::int64_t tokens = 0;
      std::size_t end = begin;
      for (; end < sentences.size() && (pass.empty() || tokens + sentences[end].token_count <= kInferenceTokens);
           ++end) {
        if (sentences[end].word_count == 0) continue;
        pass.push_back(&sentences[end]);
        who.push_back(end);
        tokens += sentences[end].token_count;
      }
      begin = end;
      if (pass.empty()) continue;
      const WordBatch batch(pass, std::vector<std::uint32_t>(pass.size(), 0));
      const engine::Var rows = forward(tape, batch);
      for (std::size_t s = 0; s < who.size(); ++s) {
        const std::size_t from = static_cast<std::size_t>(batch.cu_words[s]) * width;
        const std::size_t to = static_cast<std::size_t>(batch.cu_words[s + 1]) * width;
        const auto values = rows.value().values().subspan(from, to - from);
        out[who[s]].assign(values.begin(), values.end());
      }
    }
  } catch (const engine::EngineError& error) {
    return Status(Code::kResourceExhausted, error.what());
  }
  return out;
}

Result<std::vector<std::vector<float>>> Tagger::wide_emissions(engine::ExecutionContext& context,
                                                               std::span<const WordEncoding> sentences) const {
  CHECK(wide_ != nullptr, "a tagger without a wide branch");
  std::vector<std::vector<float>> out;
  out.reserve(sentences.size());
  try {
    engine::Tape tape(context, engine::Tape::Mode::kInference);
    for (const WordEncoding& sentence : sentences) {
      const engine::Var rows = wide_->logits(tape, sentence.features);
      out.emplace_back(rows.value().values().begin(), rows.value().values().end());
    }
  } catch (const engine::EngineError& error) {
    return Status(Code::kResourceExhausted, error.what());
  }
  return out;
}

std::vector<std::int32_t> Tagger::decode(std::span<const float> emission) const {
  return crf_ ? best_sequence(emission, crf_->transitions()) : best_sequence(emission, legal_);
}

std::vector<Tag> Tagger::tags_of_sequence(std::span<const std::int32_t> sequence) const {
  std::vector<Tag> tags;
  tags.reserve(sequence.size());
  for (const std::int32_t index : sequence) tags.push_back(tags_[static_cast<std::size_t>(index)]);
  return tags;
}

std::vector<ScoredSpan> Tagger::spans(std::span<const float> emission) const {
  if (emission.empty()) return {};
  const Transitions table = transitions();
  const std::vector<std::int32_t> sequence = best_sequence(emission, table);
  const SequencePosterior posterior(emission, table);
  std::vector<ScoredSpan> out;
  for (Span& span : lenient_spans(tags_of_sequence(sequence))) {
    const auto begin = static_cast<std::size_t>(span.begin);
    const auto path = std::span(sequence).subspan(begin, static_cast<std::size_t>(span.end) - begin);
    const double score = posterior.span(begin, path, tags_);
    out.push_back({.span = std::move(span), .score = score});
  }
  return out;
}

}  // namespace yupu::tasks
