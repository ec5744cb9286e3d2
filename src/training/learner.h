// What is learned, as the training loop (trainer.h) sees it: rows with a number of tokens each, a loss over some of
// them, a figure on the validation rows.  An addition is one implementation; the loop, checkpoints, resuming and ranks
// stay. Threads  the trainer's.   Errors  engine::EngineError passes.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base/json.h"
#include "base/status.h"
#include "engine/autograd/tape.h"
#include "engine/collective/collective.h"
#include "engine/execution_context.h"
#include "model/adapters/adapter.h"
#include "model/encoder/encoder.h"
#include "training/batches.h"

namespace yupu::training {

class Learner {
 public:
  virtual ~Learner() = default;
  virtual Json deciding_options() const = 0;  // told to who watches
  virtual std::vector<engine::Parameter*> parameters() const = 0;
  virtual model::Adapter* adapter() const { return nullptr; }

  virtual std::span<const std::int64_t> lengths() const = 0;       // tokens of each training row
  virtual std::int64_t target_count(std::uint32_t row) const = 0;  // what the loss of a row is a sum over
  // The batches of each update of an epoch, a pure function of the arguments and the rows.  An implementation of its
  // own decides which rows meet in an update; every batch within the limits.
  virtual std::vector<std::vector<Batch>> plan(const PlanRule& rule, std::int64_t epoch) const {
    return plan_updates(lengths(), rule, epoch);
  }
  // Before the batches of an update: what a loss over all of its rows together needs.  `mine`: those whose loss is
  // asked for next, in this order, on this rank; every rank calls.
  struct Update {
    std::span<const Batch> whole;
    std::span<const Batch> mine;
  };
  virtual Status begin_update(engine::Tape& /*tape*/, engine::Collective& /*collective*/, const Update& /*update*/,
                              std::int64_t /*epoch*/, model::DropoutStep /*dropout*/) {
    return ok_status();
  }
  // The summed loss of these rows, as seen in this epoch.  What it keeps lives until the next call.
  virtual engine::Var loss(engine::Tape& tape, std::span<const std::uint32_t> rows, std::int64_t epoch,
                           model::DropoutStep dropout) = 0;

  virtual bool has_validation() const = 0;
  // TrainOptions::metric with the weights as they are; every rank calls and gets the same bits.
  virtual Result<double> validation_figure(engine::Collective& collective, engine::ExecutionContext& context) = 0;
};

}  // namespace yupu::training
