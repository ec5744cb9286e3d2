// One tag per word, for the training loop.
#pragma once

#include <optional>
#include <vector>

#include "tasks/tokens/tagger.h"
#include "training/learner.h"
#include "training/tokens/tag_training.h"

namespace yupu::training {

class TagLearner final : public Learner {
 public:
  // Both must outlive it.  REQUIRES: the tagger has the types of the training sentences.
  TagLearner(const TagOptions& options, tasks::Tagger& tagger);

  Json deciding_options() const override { return training::deciding_options(options_); }
  std::vector<engine::Parameter*> parameters() const override { return tagger_.parameters(); }
  std::span<const std::int64_t> lengths() const override { return lengths_; }
  std::int64_t target_count(std::uint32_t row) const override {
    return static_cast<std::int64_t>(examples_[row].labels.size());
  }
  engine::Var loss(engine::Tape& tape, std::span<const std::uint32_t> rows, std::int64_t epoch,
                   model::DropoutStep dropout) override;
  bool has_validation() const override { return !options_.valid.sentences.empty(); }
  Result<double> validation_figure(engine::Collective& collective, engine::ExecutionContext& context) override;

 private:
  struct Example {
    tasks::WordEncoding words;
    std::vector<std::int32_t> labels;
  };
  tasks::WordEncoding seen(std::uint32_t row, std::int64_t epoch) const;

  const TagOptions& options_;
  tasks::Tagger& tagger_;
  std::vector<Example> examples_;
  std::vector<std::int64_t> lengths_;
  std::vector<tasks::WordEncoding> valid_;
  std::optional<tasks::WordBatch> batch_;  // of the last loss
};

}  // namespace yupu::training
