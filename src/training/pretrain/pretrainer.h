// The loop of pre-training, behind pretrain.h.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "engine/collective/gradient_buckets.h"
#include "engine/optim/adamw.h"
#include "engine/optim/schedule.h"
#include "tasks/mlm/masked_model.h"
#include "training/pretrain/corpus.h"
#include "training/pretrain/masking.h"
#include "training/pretrain/pretrain.h"
#include "training/state.h"

namespace yupu::training {

// One run, from the first update to the last.  On several ranks each computes its share of every update; rank 0 alone
// touches the folder.  Threads: one owner.
class Pretrainer {
 public:
  Pretrainer(const PretrainOptions& options, tasks::MaskedModel& model, const Corpora& corpora,
             engine::ExecutionContext& context, engine::Collective& collective, StateFolder state,
             handoff::Progress& progress);

  // Restores a checkpoint if there is one, trains to the end and writes the model directory.  engine::EngineError
  // passes.
  Status run();

  const Position& position() const { return position_; }
  std::int64_t resumed_at_step() const { return resumed_at_step_; }
  const MaskedFigures& valid() const { return valid_; }

 private:
  using Plan = std::vector<std::vector<std::uint32_t>>;
  struct Epoch {
    std::vector<Corpus::Sequence> sequences;
    std::vector<std::int64_t> lengths;  // of the sequences, with their special tokens
    Plan batches;
  };
  struct MaskedBatch;
  using MaskedBatches = std::vector<std::unique_ptr<MaskedBatch>>;

  Epoch plan(const Corpus& corpus, std::int64_t epoch) const;
  MaskedBatch make_batch(const Corpus& corpus, const Epoch& epoch, std::span<const std::uint32_t> rows,
                         std::int64_t epoch_number, std::int64_t first_token_words) const;
  void set_schedule();
  Status begin_decay_if_due();
  Status run_epoch();
  Status update(const Epoch& epoch, const std::vector<std::uint32_t>& rows);
  // Adds the gradients of this rank's share and returns its share of the loss; `count`: masked tokens of all ranks.
  double forward_backward(const MaskedBatches& mine, std::int64_t count);
  Status evaluate();
  // Before an error of the collective is passed on: the last complete update is kept, where this rank can.
  Status keep_then(const Status& error);
  // Evaluates, says so and writes the model directory.
  Status show();
  Status save_model();
  Status checkpoint();
  Status checkpoint_if_due();
  Status finish();
  void report(double loss, std::int64_t tokens);

  const PretrainOptions& options_;
  tasks::MaskedModel& model_;
  const Corpora& corpora_;
  engine::ExecutionContext& context_;
  engine::Collective& collective_;
  StateFolder state_;
  handoff::Progress& progress_;
  Masking masking_;
  engine::AdamW optimizer_;
  engine::GradientBuckets buckets_;
  engine::Tape tape_;
  engine::Schedule schedule_;
  Epoch valid_epoch_;
  MaskedFigures valid_;
  Position position_;
  double smooth_loss_ = 0.0;  // of about the last hundred updates of this sitting
  std::int64_t total_ = 0;    // updates in all
  std::int64_t resumed_at_step_ = 0;
  std::int64_t shown_step_ = -1;  // when the model directory was last written
  std::int64_t began_ns_ = 0;
  double seconds_before_ = 0.0;
  std::int64_t checkpoint_ns_ = 0;
  std::int64_t checkpoint_cost_ns_ = 0;
  std::int64_t tokens_seen_ = 0;  // in this sitting
};

}  // namespace yupu::training
