// One label per text, for the training loop.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "tasks/classify/classifier.h"
#include "training/learner.h"
#include "training/training.h"

namespace yupu::training {

class ClassifyLearner final : public Learner {
 public:
  // Both must outlive it.  `class_weights`: of each label, or none.  `background`: texts for the classifier's
  // background output, each counting 1; they stand after the rows.
  ClassifyLearner(const TrainOptions& options, tasks::Classifier& classifier, std::vector<float> class_weights = {},
                  std::span<const std::string> background = {});

  Json deciding_options() const override { return training::deciding_options(options_); }
  std::vector<engine::Parameter*> parameters() const override { return classifier_.parameters(); }
  model::Adapter* adapter() const override { return classifier_.adapter(); }
  std::span<const std::int64_t> lengths() const override { return lengths_; }
  std::int64_t target_count(std::uint32_t) const override { return 1; }
  engine::Var loss(engine::Tape& tape, std::span<const std::uint32_t> rows, std::int64_t epoch,
                   model::DropoutStep dropout) override;
  bool has_validation() const override { return !options_.valid.empty(); }
  Result<double> validation_figure(engine::Collective& collective, engine::ExecutionContext& context) override;

 private:
  struct Example {
    std::vector<std::int32_t> ids;
    std::vector<std::int32_t> types;
    text::SparseRow ngrams;
    std::int32_t label;
  };
  void add(std::string_view text, std::int32_t output);

  const TrainOptions& options_;
  tasks::Classifier& classifier_;
  std::vector<float> class_weights_;  // of each output
  std::vector<Example> examples_;
  std::vector<std::int64_t> lengths_;
  std::optional<model::EncoderBatch> batch_;  // of the last loss
};

}  // namespace yupu::training
