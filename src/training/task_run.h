// A run of any task but classify, from options that were checked to the model directory: the precision, the folder of
// checkpoints, the engine, the learner and the loop, in this order.
#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <string>

#include "training/learner.h"
#include "training/precision.h"
#include "training/run_to_model.h"

namespace yupu::training {

// What a task brings.  All of it is asked for while the run lasts, on every rank.
struct TaskRun {
  const TrainOptions& loop;
  std::size_t row_count = 0;  // training rows, for the record
  // What decides the weights, by which a checkpoint is known again (open_state).
  std::function<engine::Facts(engine::Precision)> facts;
  // The rows as the loop sees them.  Outcomes  what the task does not allow in them.
  std::function<Result<std::unique_ptr<Learner>>()> learner;
  // The task's own figures, once the weights stand.
  std::function<Status(engine::ExecutionContext& context, std::map<std::string, double>& figures)> judge;
};

// `model`: what is saved (run_to_model).  Outcomes  those of open_state, of the task's functions and of run_to_model.
template <class Model>
Result<TrainResult> run_task(const TaskRun& task, engine::Collective& collective, handoff::Progress& progress,
                             Model& model) {
  const engine::Precision precision = usable_precision(task.loop.precision, progress);
  YUPU_ASSIGN_OR_RETURN(StateFolder state, open_state(task.loop, task.facts(precision), collective));
  engine::ExecutionContext context(task.loop.threads, precision);
  YUPU_ASSIGN_OR_RETURN(const std::unique_ptr<Learner> learner, task.learner());
  const RunPlace place{
      .options = task.loop, .context = context, .collective = collective, .state = state, .progress = progress};
  return run_to_model(place, *learner, task.row_count, model,
                      [&](std::map<std::string, double>& figures) { return task.judge(context, figures); });
}

}  // namespace yupu::training
