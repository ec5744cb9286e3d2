// A run from its first update to the model directory: the same for every task but classify, whose thresholds may refuse
// (training.cc).
#pragma once

#include <map>
#include <string>

#include "training/run_frame.h"
#include "training/trainer.h"

namespace yupu::training {

// Where a run takes place; lent.
struct RunPlace {
  const TrainOptions& options;
  engine::ExecutionContext& context;
  engine::Collective& collective;
  StateFolder& state;
  handoff::Progress& progress;
};

// `model`: what is saved, with describe()'s members, set_lineage and save.  `judge(figures)` is asked once the weights
// stand, on every rank, for the task's own figures.  Outcomes  those of Trainer::run, judge and save; a run that paused
// has no model.
template <class Model, class Judge>
Result<TrainResult> run_to_model(const RunPlace& place, Learner& learner, std::size_t row_count, Model& model,
                                 const Judge& judge) {
  Trainer trainer(place.options, learner, place.context, place.collective, place.state, place.progress);
  YUPU_RETURN_IF_ERROR(trainer.run());
  if (trainer.paused()) return paused_result(trainer);
  TrainResult result = finished_result(trainer, row_count);
  describe(model, result);
  YUPU_RETURN_IF_ERROR(judge(result.figures));
  if (!place.collective.is_root()) return result;
  model.set_lineage(lineage_of(place.options, learner.deciding_options(), result, learner.has_validation()));
  YUPU_RETURN_IF_ERROR(model.save(place.options.out));
  YUPU_RETURN_IF_ERROR(place.state.remove());
  return result;
}

}  // namespace yupu::training
