// What two texts are to each other, for the training loop: its rows are items, a pair or a list of pairs each.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "tasks/pairs/pair_model.h"
#include "training/learner.h"
#include "training/pairs/pair_training.h"

namespace yupu::training {

class PairLearner final : public Learner {
 public:
  // `items`: the training pairs that are seen together, one a row or those of a list, the right one first.
  // Options and model must outlive it.  REQUIRES: the model has the labels of the training pairs; their scores are
  // taken; of lists the model ranks.
  PairLearner(const PairOptions& options, tasks::PairModel& model, std::vector<std::vector<std::uint32_t>> items);

  Json deciding_options() const override { return training::deciding_options(options_); }
  std::vector<engine::Parameter*> parameters() const override { return model_.classifier().parameters(); }
  model::Adapter* adapter() const override { return model_.classifier().adapter(); }
  std::span<const std::int64_t> lengths() const override { return lengths_; }
  std::int64_t target_count(std::uint32_t) const override { return 1; }
  engine::Var loss(engine::Tape& tape, std::span<const std::uint32_t> items, std::int64_t epoch,
                   model::DropoutStep dropout) override;
  bool has_validation() const override { return !options_.valid.rows.empty(); }
  Result<double> validation_figure(engine::Collective& collective, engine::ExecutionContext& context) override;

 private:
  struct Example {
    text::Encoding forwards;   // [CLS] a [SEP] b [SEP]
    text::Encoding backwards;  // [CLS] b [SEP] a [SEP], as long; only when options.symmetric
    std::int32_t label = 0;
    double score = 0.0;
  };
  engine::Var loss_of(const engine::Var& logits, std::span<const std::uint32_t> items) const;
  // The ids of a row as this epoch sees it, words hidden but no [SEP].
  std::vector<std::int32_t> seen(const text::Encoding& encoding, std::uint32_t row, std::int64_t epoch) const;

  const PairOptions& options_;
  tasks::PairModel& model_;
  std::vector<Example> examples_;
  std::vector<std::vector<std::uint32_t>> items_;
  std::vector<std::int64_t> lengths_;  // of the items
  std::vector<text::Encoding> valid_;
  std::optional<model::EncoderBatch> batch_;  // of the last loss
};

}  // namespace yupu::training
