// A classifier's numbers: from text to logits, from logits to answers.
#include <algorithm>
#include <unordered_map>
#include <utility>

#include <fmt/format.h>

#include "base/check.h"
#include "engine/error.h"
#include "engine/ops/add/add.h"
#include "engine/ops/mean_pool/mean_pool.h"
#include "tasks/classify/classifier.h"

namespace yupu::tasks {
namespace {

// Tokens of one pass of inference: bounds memory, far above what a pass needs to be efficient.
constexpr std::int64_t kInferenceTokens = 4096;

// The indices of `asks`, those of one pooling together, and in them those of one classifier, each where its first text
// stood.
std::vector<std::size_t> grouped(std::span<const Classifier::Ask> asks) {
  std::unordered_map<const Classifier*, std::size_t> group;
  std::vector<std::size_t> groups;
  std::vector<std::size_t> order;
  for (const Classifier::Ask& ask : asks) {
    groups.push_back(group.emplace(ask.classifier, group.size()).first->second);
    order.push_back(order.size());
  }
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return std::pair(asks[a].classifier->pooling(), groups[a]) < std::pair(asks[b].classifier->pooling(), groups[b]);
  });
  return order;
}

}  // namespace

text::Encoding Classifier::encode(std::string_view text) const {
  text::Encoding encoding =
      tokenizer_->encode(text, {.max_length = static_cast<std::int32_t>(max_length_), .special_tokens_in_text = false});
  if (wide_) encoding.ngrams = wide_->features(text);
  return encoding;
}

engine::Var Classifier::pooled_rows(engine::Tape& tape, const model::EncoderBatch& batch, model::DropoutStep dropout,
                                    model::AdapterSegments adapters) const {
  if (pooling_ == Pooling::kCls) return encoder_->pooled(tape, batch, dropout, adapters);
  return engine::mean_pool(encoder_->hidden(tape, batch, dropout, nullptr, adapters), batch.packed.cu_seqlens);
}

Classifier::BranchLogits Classifier::forward_branches(engine::Tape& tape, const model::EncoderBatch& batch,
                                                      Ngrams ngrams, model::DropoutStep dropout) const {
  const model::AdapterSegment whole{adapter_.get(), 0, batch.packed.sequence_count()};
  const engine::Var pooled = pooled_rows(tape, batch, dropout, {&whole, 1});
  const engine::Var deep = head_->logits(tape, pooled, batch.sequences, encoder_->dropout_sites(), dropout);
  if (!wide_) return {.encoder = deep, .wide = std::nullopt, .both = deep};
  const engine::Var wide = wide_->logits(tape, ngrams);
  return {.encoder = deep, .wide = wide, .both = engine::add(deep, wide)};
}

engine::Var Classifier::forward(engine::Tape& tape, const model::EncoderBatch& batch, Ngrams ngrams,
                                model::DropoutStep dropout) const {
  return forward_branches(tape, batch, ngrams, dropout).both;
}

Status Classifier::check_fits(const text::Encoding& text) const {
  const auto in_table = [](const std::vector<std::int32_t>& ids, std::int64_t size) {
    return std::all_of(ids.begin(), ids.end(), [size](std::int32_t id) { return id >= 0 && id < size; });
  };
  const auto length = static_cast<std::int64_t>(text.ids.size());
  if (length > 0 && length <= config().position_count && in_table(text.ids, config().vocab_size) &&
      in_table(text.type_ids, config().type_count) &&
      (!wide_ || in_table(text.ngrams.indices, wide_->feature_count()))) {
    return ok_status();
  }
  return invalid_argument(fmt::format("an encoding of {} tokens does not fit the model ({} positions, {} tokens)",
                                      length, config().position_count, config().vocab_size));
}

Result<std::vector<std::vector<float>>> Classifier::logits(engine::ExecutionContext& context,
                                                           std::span<const text::Encoding> texts) const {
  std::vector<Ask> asks;
  asks.reserve(texts.size());
  for (const text::Encoding& text : texts) asks.push_back({this, &text});
  return mixed_logits(context, asks);
}

Result<std::vector<std::vector<float>>> Classifier::pooled(engine::ExecutionContext& context,
                                                           std::span<const text::Encoding> texts) const {
  std::vector<std::vector<float>> vectors;
  try {
    engine::Tape tape(context, engine::Tape::Mode::kInference);
    const auto width = static_cast<std::size_t>(config().hidden_size);
    for (std::size_t begin = 0; begin < texts.size();) {
      engine::PackedBatch packed;
      std::size_t end = begin;
      do {
        YUPU_RETURN_IF_ERROR(check_fits(texts[end]));
        packed.append(texts[end].ids, texts[end].type_ids, end);
        ++end;
      } while (end < texts.size() &&
               packed.token_count() + static_cast<std::int64_t>(texts[end].ids.size()) <= kInferenceTokens);
      const model::EncoderBatch batch(std::move(packed));
      const model::AdapterSegment whole{adapter_.get(), 0, batch.packed.sequence_count()};
      const engine::Var of_batch = pooled_rows(tape, batch, {}, {&whole, 1});
      for (std::size_t i = 0; i < end - begin; ++i) {
        const auto vector = of_batch.value().values().subspan(i * width, width);
        vectors.emplace_back(vector.begin(), vector.end());
      }
      begin = end;
    }
  } catch (const engine::EngineError& error) {
    return Status(Code::kResourceExhausted, error.what());
  }
  return vectors;
}

// The texts of one classifier stand together: each is a segment of the pass, with its own head and wide branch.
Result<std::vector<std::vector<float>>> Classifier::mixed_logits(engine::ExecutionContext& context,
                                                                 std::span<const Ask> asks) {
  for (const Ask& ask : asks) {
    CHECK(ask.classifier->encoder() == asks[0].classifier->encoder(), "classifiers of one pass share an encoder");
    YUPU_RETURN_IF_ERROR(ask.classifier->check_fits(*ask.text));
  }
  const std::vector<std::size_t> order = grouped(asks);
  std::vector<std::vector<float>> rows(asks.size());
  try {
    engine::Tape tape(context, engine::Tape::Mode::kInference);
    for (std::size_t begin = 0; begin < order.size();) {
      engine::PackedBatch packed;
      std::size_t end = begin;
      do {
        packed.append(asks[order[end]].text->ids, asks[order[end]].text->type_ids, end);
        ++end;
      } while (end < order.size() &&
               asks[order[end]].classifier->pooling() == asks[order[begin]].classifier->pooling() &&
               packed.token_count() + static_cast<std::int64_t>(asks[order[end]].text->ids.size()) <= kInferenceTokens);
      run_pass(tape, asks, std::span(order).subspan(begin, end - begin), std::move(packed), rows);
      begin = end;
    }
  } catch (const engine::EngineError& error) {
    return Status(Code::kResourceExhausted, error.what());
  }
  return rows;
}

void Classifier::run_pass(engine::Tape& tape, std::span<const Ask> asks, std::span<const std::size_t> order,
                          engine::PackedBatch packed, std::vector<std::vector<float>>& rows) {
  const model::EncoderBatch batch(std::move(packed));
  std::vector<model::AdapterSegment> segments;
  const auto count = static_cast<std::int64_t>(order.size());
  const auto at = [&](std::int64_t i) { return asks[order[static_cast<std::size_t>(i)]]; };
  for (std::int64_t i = 0; i < count; ++i) {
    if (i == 0 || at(i).classifier != at(i - 1).classifier) segments.push_back({at(i).classifier->adapter(), i, i});
    segments.back().sequence_end = i + 1;
  }
  const engine::Var pooled = at(0).classifier->pooled_rows(tape, batch, {}, segments);
  for (const model::AdapterSegment& segment : segments) {
    const std::int64_t begin = segment.sequence_begin;
    const Classifier& own = *at(begin).classifier;
    const engine::Var part = tape.constant(pooled.value().rows(begin, segment.sequence_end));
    const engine::Var deep = own.head_->logits(tape, part, batch.sequences, own.encoder_->dropout_sites());
    engine::Var wide = deep;
    engine::Var z = deep;
    if (own.wide_) {
      std::vector<const text::SparseRow*> ngrams;
      for (std::int64_t i = begin; i < segment.sequence_end; ++i) ngrams.push_back(&at(i).text->ngrams);
      wide = own.wide_->logits(tape, ngrams);
      z = engine::add(deep, wide);
    }
    const std::size_t width = own.output_count();
    const auto vector_width = static_cast<std::size_t>(own.config().hidden_size);
    for (std::int64_t i = begin; i < segment.sequence_end; ++i) {
      const auto at_row = static_cast<std::size_t>(i - begin);
      const auto of = [&](const engine::Var& all, std::size_t wide_by) {
        return all.value().values().subspan(at_row * wide_by, wide_by);
      };
      rows[order[static_cast<std::size_t>(i)]] = own.row_of({.encoder = of(deep, width),
                                                             .wide = of(wide, width),
                                                             .both = of(z, width),
                                                             .pooled = of(part, vector_width)});
    }
  }
}

std::vector<float> Classifier::row_of(const Outputs& outputs) const {
  std::vector<float> row(outputs.both.begin(), outputs.both.end());
  if (distances_) row.push_back(static_cast<float>(distances_->mahalanobis(outputs.pooled)));
  if (neighbours_) row.push_back(static_cast<float>(neighbours_->score(outputs.pooled)));
  if (shows_agreement_) row.push_back(static_cast<float>(branch_agreement(outputs.encoder, outputs.wide)));
  return row;
}

LabelledLogits Classifier::read_row(std::span<const float> row, std::optional<std::int32_t> label) const {
  CHECK(row.size() == row_width(), "a row of another model");
  const auto logits = row.first(labels_.size());
  LabelledLogits read{.logits = {logits.begin(), logits.end()}, .label = label};
  std::size_t at = labels_.size();
  if (background_) read.background = row[at++];
  if (distances_) read.mahalanobis = row[at++];
  if (neighbours_) read.neighbours = row[at++];
  if (shows_agreement_) read.agreement = row[at++];
  return read;
}

std::vector<Answer> Classifier::rank(std::span<const float> row, std::size_t count) const {
  const std::optional<float> background = background_ ? std::optional(row[labels_.size()]) : std::nullopt;
  const std::vector<double> p =
      probabilities(row.first(labels_.size()), calibration_ ? calibration_->temperature : 1.0, background);
  std::vector<Answer> answers;
  for (std::size_t k = 0; k < p.size(); ++k) answers.push_back({static_cast<std::int32_t>(k), p[k]});
  count = std::min(count, answers.size());
  std::partial_sort(
      answers.begin(), answers.begin() + static_cast<std::ptrdiff_t>(count), answers.end(),
      [](const Answer& a, const Answer& b) { return a.score != b.score ? a.score > b.score : a.label < b.label; });
  answers.resize(count);
  return answers;
}

std::optional<double> Classifier::scope_score(std::span<const float> row) const {
  if (!calibration_ || !calibration_->gate) return std::nullopt;
  if (calibration_->gate->score == ScopeScore::kEnergy) return energy_score(row.first(labels_.size()));
  return scope_score_of(read_row(row), *calibration_->gate, calibration_->temperature);
}

Decision Classifier::decide(std::span<const float> row, double score) const {
  return calibration_ ? tasks::decide(*calibration_, score, scope_score(row).value_or(0.0)) : Decision::kAnswer;
}

}  // namespace yupu::tasks
