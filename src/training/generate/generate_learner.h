// Writing on, for the training loop: a row is a sequence of tasks/generate/language_model.h.
#pragma once

#include <optional>
#include <vector>

#include "tasks/generate/language_model.h"
#include "training/generate/generate_training.h"
#include "training/learner.h"

namespace yupu::training {

class GenerateLearner final : public Learner {
 public:
  // Both must outlive it.
  GenerateLearner(const GenerateTraining& options, tasks::LanguageModel& model);

  Json deciding_options() const override { return training::deciding_options(options_); }
  std::vector<engine::Parameter*> parameters() const override { return model_.decoder().parameters(); }
  std::span<const std::int64_t> lengths() const override { return lengths_; }
  std::int64_t target_count(std::uint32_t row) const override { return sequences_[row].target_count(); }
  engine::Var loss(engine::Tape& tape, std::span<const std::uint32_t> rows, std::int64_t epoch,
                   model::DropoutStep dropout) override;
  bool has_validation() const override { return !valid_.empty(); }
  Result<double> validation_figure(engine::Collective& collective, engine::ExecutionContext& context) override;

  std::int64_t cut_count() const { return cut_; }  // training texts that did not fit

 private:
  const GenerateTraining& options_;
  tasks::LanguageModel& model_;
  std::vector<tasks::WrittenSequence> sequences_, valid_;
  std::vector<std::int64_t> lengths_;
  std::int64_t cut_ = 0;
  std::optional<model::EncoderBatch> batch_;  // of the last loss
};

}  // namespace yupu::training
