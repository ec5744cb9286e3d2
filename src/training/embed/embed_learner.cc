#include "training/embed/embed_learner.h"

#include <algorithm>
#include <map>

#include "engine/ops/known_gradient/known_gradient.h"
#include "training/token_dropout.h"

namespace yupu::training {
namespace {

constexpr int kPartBits = 30;  // a text of a row is a sample of its own to dropout

std::vector<std::int32_t> numbers_of_labels(const tasks::TextSet& set) {
  std::map<std::string_view, std::int32_t> numbers;
  std::vector<std::int32_t> out;
  for (const tasks::TextRow& row : set.rows)
    out.push_back(numbers.emplace(row.label, static_cast<std::int32_t>(numbers.size())).first->second);
  return out;
}

}  // namespace

EmbedLearner::EmbedLearner(const EmbedOptions& options, tasks::Embedder& embedder)
    : options_(options), embedder_(embedder), batches_(options.train), labels_(numbers_of_labels(options.train)) {
  for (const tasks::TextRow& row : options.train.rows) {
    std::vector<text::Encoding> texts = {embedder.encode(row.text)};
    if (options.train.kind != tasks::TextSetKind::kLabels) texts.push_back(embedder.encode(row.other));
    if (options.train.has_negatives()) texts.push_back(embedder.encode(row.negative));
    std::int64_t tokens = 0;
    for (const text::Encoding& text : texts) tokens += static_cast<std::int64_t>(text.ids.size());
    lengths_.push_back(tokens);
    examples_.push_back(std::move(texts));
  }
  if (has_validation()) valid_.emplace(embedder, options.valid);
}

std::vector<std::vector<Batch>> EmbedLearner::plan(const PlanRule& rule, std::int64_t epoch) const {
  std::vector<std::vector<Batch>> updates;
  for (const Batch& rows : batches_.plan(rule.limits.rows, rule.seed, epoch)) {
    BatchCutter cutter({.tokens = rule.limits.tokens});
    for (const std::uint32_t row : rows) cutter.append(row, lengths_[row]);
    updates.push_back(std::move(cutter).batches());
  }
  return updates;
}

engine::Var EmbedLearner::forward(engine::Tape& tape, std::span<const std::uint32_t> rows, std::int64_t epoch,
                                  model::DropoutStep dropout) {
  const TokenDropout tokens{.probability = options_.loop.token_dropout,
                            .seed = options_.loop.seed,
                            .unknown = embedder_.tokenizer().special_ids().unk};
  engine::PackedBatch packed;
  for (std::size_t part = 0; part < examples_.front().size(); ++part) {
    for (const std::uint32_t row : rows) {
      const text::Encoding& text = examples_[row][part];
      const std::uint64_t who = static_cast<std::uint64_t>(part) << kPartBits | row;
      packed.append(with_dropout(text.ids, tokens, who, epoch), text.type_ids, who);
    }
  }
  batch_.emplace(std::move(packed));
  return embedder_.forward(tape, *batch_, dropout);
}

void EmbedLearner::compute_loss() {
  const std::vector<double> values(vectors_.begin(), vectors_.end());
  const tasks::Embeddings embeddings{values, static_cast<std::size_t>(embedder_.width())};
  switch (options_.train.kind) {
    case tasks::TextSetKind::kPairs:
      loss_ =
          tasks::ranking_loss(embeddings, order_.size(), {.scale = options_.scale, .symmetric = options_.symmetric});
      break;
    case tasks::TextSetKind::kScored: {
      std::vector<double> scores;
      for (const std::uint32_t row : order_) scores.push_back(options_.train.rows[row].score);
      loss_ = tasks::score_loss(embeddings, scores, options_.scale);
      break;
    }
    case tasks::TextSetKind::kLabels: {
      std::vector<std::int32_t> labels;
      for (const std::uint32_t row : order_) labels.push_back(labels_[row]);
      loss_ = tasks::label_loss(embeddings, labels, options_.temperature);
      break;
    }
  }
}

// In parts: first the vectors of all texts, each rank its own, then the loss of them all, which every rank computes.
// Dropout follows from row and step, so the vectors are those that `loss` will compute again.
Status EmbedLearner::begin_update(engine::Tape& tape, engine::Collective& collective, const Update& update,
                                  std::int64_t epoch, model::DropoutStep dropout) {
  order_.clear();
  place_.clear();
  for (const Batch& batch : update.whole) {
    for (const std::uint32_t row : batch) {
      place_.emplace(row, order_.size());
      order_.push_back(row);
    }
  }
  const auto width = static_cast<std::size_t>(embedder_.width());
  const std::size_t parts = examples_.front().size();
  vectors_.assign(parts * order_.size() * width, 0.0f);
  in_parts_ = collective.size() > 1 || update.mine.size() > 1;
  if (!in_parts_) return ok_status();
  for (const Batch& rows : update.mine) {
    const engine::Var embedded = forward(tape, rows, epoch, dropout);
    const auto values = embedded.value().values();
    for (std::size_t part = 0, from = 0; part < parts; ++part) {
      for (const std::uint32_t row : rows) {
        std::copy_n(values.data() + from, width, vectors_.data() + place(row, part) * width);
        from += width;
      }
    }
    tape.clear();
  }
  YUPU_RETURN_IF_ERROR(collective.begin_sum(vectors_));
  YUPU_RETURN_IF_ERROR(collective.finish_sums());
  compute_loss();
  return ok_status();
}

// The value of a part is its share of the rows: only the sum over the parts means something.
engine::Var EmbedLearner::loss(engine::Tape& tape, std::span<const std::uint32_t> rows, std::int64_t epoch,
                               model::DropoutStep dropout) {
  const engine::Var embedded = forward(tape, rows, epoch, dropout);
  if (!in_parts_) {  // these rows, in this order, are the update
    std::copy(embedded.value().values().begin(), embedded.value().values().end(), vectors_.begin());
    compute_loss();
  }
  const engine::Tensor gradient = tape.empty(embedded.shape());
  const auto width = static_cast<std::size_t>(embedded.size(1));
  std::size_t to = 0;
  for (std::size_t part = 0; part < examples_.front().size(); ++part) {
    for (const std::uint32_t row : rows) {
      const double* from = loss_.gradient.data() + place(row, part) * width;
      for (std::size_t c = 0; c < width; ++c) gradient.f32()[to++] = static_cast<float>(from[c]);
    }
  }
  const double share = static_cast<double>(rows.size()) / static_cast<double>(order_.size());
  return engine::known_gradient(embedded, gradient, static_cast<float>(loss_.value * share));
}

// Every rank computes the whole: the same program on the same weights gives the same bits, and nothing is sent.
Result<double> EmbedLearner::validation_figure(engine::Collective&, engine::ExecutionContext& context) {
  YUPU_ASSIGN_OR_RETURN(const auto evaluation, tasks::evaluate(embedder_, context, *valid_));
  return evaluation.figure();
}

}  // namespace yupu::training
