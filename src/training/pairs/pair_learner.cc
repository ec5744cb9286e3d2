#include "training/pairs/pair_learner.h"

#include <algorithm>

#include "base/check.h"
#include "tasks/pairs/evaluate.h"
#include "tasks/pairs/list_loss.h"
#include "training/ranks.h"
#include "training/token_dropout.h"

namespace yupu::training {

PairLearner::PairLearner(const PairOptions& options, tasks::PairModel& model,
                         std::vector<std::vector<std::uint32_t>> items)
    : options_(options), model_(model), items_(std::move(items)) {
  for (const tasks::PairRow& row : options.train.rows) {
    Example example{.forwards = model.encode(row.a, row.b), .backwards = {}, .label = 0, .score = row.score};
    if (options.symmetric) example.backwards = model.encode(row.b, row.a);
    if (model.target() == tasks::PairTarget::kClasses) {
      const auto label = model.classifier().label_index(row.label);
      CHECK(label, "a training label that the model does not have");
      example.label = *label;
    }
    examples_.push_back(std::move(example));
  }
  for (const std::vector<std::uint32_t>& item : items_) {
    std::size_t tokens = 0;
    for (const std::uint32_t row : item) tokens += examples_[row].forwards.ids.size();
    lengths_.push_back(static_cast<std::int64_t>(tokens));
  }
  valid_ = tasks::encode_all(model, options.valid);
}

std::vector<std::int32_t> PairLearner::seen(const text::Encoding& encoding, std::uint32_t row,
                                            std::int64_t epoch) const {
  const text::SpecialIds& special = model_.classifier().tokenizer().special_ids();
  std::vector<std::int32_t> ids = with_dropout(
      encoding.ids, {.probability = options_.loop.token_dropout, .seed = options_.loop.seed, .unknown = special.unk},
      row, epoch);
  for (std::size_t i = 0; i < ids.size(); ++i) {
    if (encoding.ids[i] == special.sep) ids[i] = special.sep;  // where one text ends is never hidden
  }
  return ids;
}

engine::Var PairLearner::loss(engine::Tape& tape, std::span<const std::uint32_t> items, std::int64_t epoch,
                              model::DropoutStep dropout) {
  engine::PackedBatch packed;
  for (const std::uint32_t item : items) {
    for (const std::uint32_t row : items_[item]) {
      const bool backwards = options_.symmetric && (static_cast<std::int64_t>(row) + epoch) % 2 != 0;
      const text::Encoding& encoding = backwards ? examples_[row].backwards : examples_[row].forwards;
      packed.append(seen(encoding, row, epoch), encoding.type_ids, row);
    }
  }
  batch_.emplace(std::move(packed));
  return loss_of(model_.classifier().forward(tape, *batch_, {}, dropout), items);
}

engine::Var PairLearner::loss_of(const engine::Var& logits, std::span<const std::uint32_t> items) const {
  std::vector<std::int64_t> sizes;
  std::vector<std::int32_t> labels;
  std::vector<double> scores;
  for (const std::uint32_t item : items) {
    sizes.push_back(static_cast<std::int64_t>(items_[item].size()));
    for (const std::uint32_t row : items_[item]) {
      labels.push_back(examples_[row].label);
      scores.push_back(examples_[row].score);
    }
  }
  if (options_.loss == PairLoss::kLists)
    return tasks::list_cross_entropy(logits, sizes, model_.positive(), options_.loop.label_smoothing);
  if (model_.target() == tasks::PairTarget::kScore) return model_.score_loss(logits, scores);
  return model_.class_loss(logits, labels, static_cast<float>(options_.loop.label_smoothing));
}

// A figure that is not there yet (every answer the same) is worth nothing.
Result<double> PairLearner::validation_figure(engine::Collective& collective, engine::ExecutionContext& context) {
  YUPU_ASSIGN_OR_RETURN(
      const tasks::PairEvaluation evaluation,
      tasks::evaluate(model_, logits_over(collective, model_.classifier(), context), options_.valid, valid_));
  return evaluation.figure(options_.loop.metric).value_or(0.0);
}

}  // namespace yupu::training
