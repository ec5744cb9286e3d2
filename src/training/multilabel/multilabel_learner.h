// Any number of labels per text, for the training loop.
#pragma once

#include <optional>
#include <vector>

#include "tasks/multilabel/multilabel_model.h"
#include "training/learner.h"
#include "training/multilabel/multilabel_training.h"

namespace yupu::training {

class MultilabelLearner final : public Learner {
 public:
  // Both must outlive it.  REQUIRES: the model has the labels of the training rows.
  MultilabelLearner(const MultilabelOptions& options, tasks::MultilabelModel& model);

  Json deciding_options() const override { return training::deciding_options(options_); }
  std::vector<engine::Parameter*> parameters() const override { return model_.classifier().parameters(); }
  model::Adapter* adapter() const override { return model_.classifier().adapter(); }
  std::span<const std::int64_t> lengths() const override { return lengths_; }
  std::int64_t target_count(std::uint32_t) const override { return 1; }
  engine::Var loss(engine::Tape& tape, std::span<const std::uint32_t> rows, std::int64_t epoch,
                   model::DropoutStep dropout) override;
  bool has_validation() const override { return !options_.valid.rows.empty(); }
  Result<double> validation_figure(engine::Collective& collective, engine::ExecutionContext& context) override;

 private:
  struct Example {
    text::Encoding text;
    std::vector<std::uint8_t> has;  // one for each label
  };
  const MultilabelOptions& options_;
  tasks::MultilabelModel& model_;
  std::vector<Example> examples_;
  std::vector<std::int64_t> lengths_;
  std::vector<text::Encoding> valid_;
  std::optional<model::EncoderBatch> batch_;  // of the last loss
};

}  // namespace yupu::training
