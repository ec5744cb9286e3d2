// The training loop itself, behind training.h.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "engine/autograd/tape.h"
#include "engine/collective/gradient_buckets.h"
#include "engine/optim/adamw.h"
#include "engine/optim/schedule.h"
#include "model/adapters/adalora/allocator.h"
#include "training/batches.h"
#include "training/learner.h"
#include "training/state.h"
#include "training/training.h"

namespace yupu::training {

// One run, from the first update to the best weights in the learner's parameters.  On several ranks each trains its
// share of every update, and all end with the same weights; rank 0 alone touches the folder.  Threads: one owner.
class Trainer {
 public:
  // Of the options: what belongs to the loop; rows are the learner's.
  Trainer(const TrainOptions& options, Learner& learner, engine::ExecutionContext& context,
          engine::Collective& collective, StateFolder state, handoff::Progress& progress);

  // Restores a checkpoint if there is one, trains to the end and loads the best weights.  engine::EngineError passes.
  Status run();

  const Position& position() const { return position_; }
  std::int64_t resumed_at_step() const { return resumed_at_step_; }
  // The update whose loss was no number; nothing of it is in the weights.
  std::optional<std::int64_t> diverged_at_step() const { return diverged_at_step_; }
  // run() ended at options.pause_after_epoch, its checkpoint written; the weights are that epoch's, not the best.
  bool paused() const { return paused_; }
  engine::Precision precision() const { return context_.precision(); }

 private:
  using Plan = std::vector<std::vector<Batch>>;  // the batches of each update

  Plan plan(std::int64_t epoch) const;
  // AdaLoRA's schedule for `total` updates, and its allocator.
  Status plan_ranks(std::int64_t total);
  Status run_epoch();
  // Forward and backward of these batches, then one update.
  Status update(std::span<const Batch> batches);
  // An update whose loss or gradient is no number: an error, or with options.best_on_divergence diverged_at_step().
  Status stop_diverged(double loss, double norm);
  // Of one batch of an update with `targets` in all; adds to the gradients and returns the sum of the losses.
  double forward_backward(const Batch& batch, std::int64_t targets, bool is_last);
  BatchLimits limits() const;
  model::DropoutStep dropout() const;
  Status evaluate_epoch();
  // Before an error of the collective is passed on: the last complete update is kept, where this rank can.
  Status keep_then(const Status& error);
  Status restore(std::int64_t total);
  Status checkpoint();
  Status checkpoint_if_due();
  Status finish();
  Status load_best();
  struct UpdateFigures {
    double loss;
    double learning_rate;
    double gradient_norm;
    std::int64_t tokens;
  };
  void report(const UpdateFigures& update);
  void report_epoch(const EpochFigures& figures) const;

  const TrainOptions& options_;
  Learner& learner_;
  engine::ExecutionContext& context_;
  engine::Collective& collective_;
  StateFolder state_;
  handoff::Progress& progress_;
  RunObserver* const observer_;  // null: nobody watches
  engine::AdamW optimizer_;
  engine::GradientBuckets buckets_;
  engine::Tape tape_;
  engine::Schedule schedule_;
  std::unique_ptr<model::adalora::Allocator> allocator_;  // when ranks are pruned on the way
  std::vector<NamedTensor> allocator_state_;
  double orthogonality_ = 0.0;  // of the last update
  Position position_;
  std::int64_t resumed_at_step_ = 0;
  bool paused_ = false;
  std::optional<std::int64_t> diverged_at_step_;
  std::int64_t began_ns_ = 0;       // of this sitting
  double seconds_before_ = 0.0;     // of the sittings before
  std::int64_t checkpoint_ns_ = 0;  // when the last one was written
  std::int64_t checkpoint_cost_ns_ = 0;
  std::int64_t checkpoint_step_ = 0;
  std::int64_t tokens_seen_ = 0;  // in this sitting
};

}  // namespace yupu::training
