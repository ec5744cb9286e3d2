// Users and items, for the training loop: rows are examples; what is encoded are the different items of an update, each
// once, by the first of its rows that has it.
#pragma once

#include <optional>
#include <unordered_map>
#include <vector>

#include "tasks/recommend/user_tower.h"
#include "training/learner.h"
#include "training/recommend/recommend_training.h"

namespace yupu::training {

class RecommendLearner final : public Learner {
 public:
  // Both must outlive it.
  RecommendLearner(const RecommendOptions& options, tasks::Recommender& model);

  std::size_t example_count() const { return train_.size(); }
  std::size_t valid_count() const { return valid_.size(); }

  Json deciding_options() const override { return training::deciding_options(options_); }
  std::vector<engine::Parameter*> parameters() const override { return model_.parameters(); }
  std::span<const std::int64_t> lengths() const override { return lengths_; }  // of the target's text
  std::int64_t target_count(std::uint32_t) const override { return 1; }
  std::vector<std::vector<Batch>> plan(const PlanRule& rule, std::int64_t epoch) const override;
  Status begin_update(engine::Tape& tape, engine::Collective& collective, const Update& update, std::int64_t epoch,
                      model::DropoutStep dropout) override;
  engine::Var loss(engine::Tape& tape, std::span<const std::uint32_t> rows, std::int64_t epoch,
                   model::DropoutStep dropout) override;
  bool has_validation() const override { return !valid_.empty(); }
  Result<double> validation_figure(engine::Collective& collective, engine::ExecutionContext& context) override;

 private:
  std::int64_t tokens_of(std::uint32_t item) const { return static_cast<std::int64_t>(texts_[item].ids.size()); }
  // The items that these rows are the first to have, in order.
  std::vector<std::uint32_t> items_of(std::span<const std::uint32_t> rows) const;
  engine::Var encode(engine::Tape& tape, std::span<const std::uint32_t> items, std::int64_t epoch,
                     model::DropoutStep dropout);
  std::size_t row_of(std::uint32_t item) const;  // in items_
  void compute_loss();                           // of vectors_

  const RecommendOptions& options_;
  tasks::Recommender& model_;
  std::vector<tasks::BehaviourExample> train_, valid_;
  std::vector<text::Encoding> texts_;  // of each item
  std::vector<std::int64_t> lengths_;
  std::vector<double> log_popularity_;
  std::optional<model::EncoderBatch> batch_;  // of the last encode

  // The update under way.
  Batch order_;                                                          // its rows
  std::unordered_map<std::uint32_t, std::vector<std::uint32_t>> owned_;  // items that a row is the first to have
  std::vector<std::uint32_t> items_;                                     // all of them, ascending
  std::vector<float> vectors_;                                           // of items_
  bool in_parts_ = false;
  tasks::TowerLoss loss_;
};

}  // namespace yupu::training
