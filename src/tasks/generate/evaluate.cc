#include "tasks/generate/evaluate.h"

#include <cmath>
#include <numbers>

#include <fmt/format.h>

namespace yupu::tasks {
namespace {

constexpr std::int64_t kBatchTokens = 2048;

using Part = std::vector<const WrittenSequence*>;

std::vector<Part> batches(const std::vector<WrittenSequence>& sequences) {
  std::vector<Part> all;
  std::int64_t tokens = kBatchTokens;  // of the last batch; full: the first sequence opens one
  for (const WrittenSequence& sequence : sequences) {
    tokens += sequence.input_count();
    if (tokens > kBatchTokens) {
      all.emplace_back();
      tokens = sequence.input_count();
    }
    all.back().push_back(&sequence);
  }
  return all;
}

}  // namespace

double WritingEvaluation::perplexity() const { return std::exp(loss()); }

std::optional<double> WritingEvaluation::bits_per_byte() const {
  if (cut > 0 || bytes == 0) return std::nullopt;
  return score.loss_sum / std::numbers::ln2 / static_cast<double>(bytes);
}

OrderedJson WritingEvaluation::to_json() const {
  OrderedJson json;
  json["passages"] = passages;
  json["tokens"] = score.targets;
  json["loss"] = loss();
  json["perplexity"] = perplexity();
  json["accuracy"] = accuracy();
  json["bytes"] = bytes;
  json["bits_per_byte"] = bits_per_byte() ? OrderedJson(*bits_per_byte()) : OrderedJson();
  json["cut"] = cut;
  return json;
}

std::string WritingEvaluation::to_text() const {
  std::string text = fmt::format("{} texts, {} tokens, {} bytes", passages, score.targets, bytes);
  text += fmt::format("\n  perplexity      {:.3f}   (loss {:.4f} nats a token)", perplexity(), loss());
  if (const auto bits = bits_per_byte()) text += fmt::format("\n  bits per byte   {:.4f}", *bits);
  text += fmt::format("\n  first guess     {:.2f} % of the tokens right", 100.0 * accuracy());
  if (cut > 0) text += fmt::format("\n  {} texts did not fit the model and were cut", cut);
  return text;
}

WritingScore score(const LanguageModel& model, engine::ExecutionContext& context,
                   const std::vector<WrittenSequence>& sequences, std::int64_t part, std::int64_t parts) {
  WritingScore sums;
  const std::vector<Part> all = batches(sequences);
  for (auto i = static_cast<std::size_t>(part); i < all.size(); i += static_cast<std::size_t>(parts)) {
    const std::vector<std::uint64_t> samples(all[i].size(), 0);
    const model::EncoderBatch batch(LanguageModel::batch_of(all[i], samples));
    engine::Tape tape(context, engine::Tape::Mode::kInference);
    sums.loss_sum += double{model.loss(tape, batch, all[i], {}, &sums.hits).value().item()};
    for (const WrittenSequence* sequence : all[i]) sums.targets += sequence->target_count();
  }
  return sums;
}

WritingEvaluation evaluate(const LanguageModel& model, engine::ExecutionContext& context, const PassageSet& set) {
  WritingEvaluation evaluation;
  std::vector<WrittenSequence> sequences;
  for (const Passage& passage : set.rows) {
    for (WrittenSequence& sequence : model.sequences(passage, &evaluation.cut))
      sequences.push_back(std::move(sequence));
    evaluation.bytes += static_cast<std::int64_t>(passage.text.size());
  }
  evaluation.passages = static_cast<std::int64_t>(set.rows.size());
  evaluation.score = score(model, context, sequences);
  return evaluation;
}

}  // namespace yupu::tasks
