// One vector per text, for the training loop: a loss over all rows of an update together.
#pragma once

#include <optional>
#include <unordered_map>
#include <vector>

#include "tasks/embed/contrastive.h"
#include "tasks/embed/embedder.h"
#include "tasks/embed/evaluate.h"
#include "training/embed/contrast_batches.h"
#include "training/embed/embed_training.h"
#include "training/learner.h"

namespace yupu::training {

class EmbedLearner final : public Learner {
 public:
  // Both must outlive it.
  EmbedLearner(const EmbedOptions& options, tasks::Embedder& embedder);

  Json deciding_options() const override { return training::deciding_options(options_); }
  std::vector<engine::Parameter*> parameters() const override { return embedder_.parameters(); }
  std::span<const std::int64_t> lengths() const override { return lengths_; }
  std::int64_t target_count(std::uint32_t) const override { return 1; }
  // One batch an update, in parts that fit the budget of tokens.
  std::vector<std::vector<Batch>> plan(const PlanRule& rule, std::int64_t epoch) const override;
  Status begin_update(engine::Tape& tape, engine::Collective& collective, const Update& update, std::int64_t epoch,
                      model::DropoutStep dropout) override;
  engine::Var loss(engine::Tape& tape, std::span<const std::uint32_t> rows, std::int64_t epoch,
                   model::DropoutStep dropout) override;
  bool has_validation() const override { return !options_.valid.rows.empty(); }
  Result<double> validation_figure(engine::Collective& collective, engine::ExecutionContext& context) override;

 private:
  // The texts of these rows: all first ones, then all second ones, then all negatives.
  engine::Var forward(engine::Tape& tape, std::span<const std::uint32_t> rows, std::int64_t epoch,
                      model::DropoutStep dropout);
  // Where text `part` of the row stands among all texts of the update.
  std::size_t place(std::uint32_t row, std::size_t part) const { return part * order_.size() + place_.at(row); }
  void compute_loss();  // of vectors_

  const EmbedOptions& options_;
  tasks::Embedder& embedder_;
  ContrastBatches batches_;
  std::vector<std::vector<text::Encoding>> examples_;  // of each row: its texts
  std::vector<std::int64_t> lengths_;
  std::vector<std::int32_t> labels_;
  std::optional<tasks::EncodedSet> valid_;
  std::optional<model::EncoderBatch> batch_;  // of the last forward

  // The update under way.
  Batch order_;                                           // its rows
  std::unordered_map<std::uint32_t, std::size_t> place_;  // of a row in order_
  bool in_parts_ = false;
  std::vector<float> vectors_;  // of all its texts, when in parts
  tasks::BatchLoss loss_;
};

}  // namespace yupu::training
