// What stands around the loop of every fine-tuning run, whatever is learned.
#pragma once

#include <functional>

#include "base/json.h"
#include "base/status.h"
#include "handoff/progress.h"
#include "training/state.h"
#include "training/training.h"

namespace yupu::training {

class Trainer;

// Outcomes  kInvalidArgument: an option of the loop that is out of its range, named.
Status check_ranges(const TrainOptions& options);

// The adapter that options.method asks for.
model::AdapterConfig adapter_config(const TrainOptions& options);
// Outcomes  kInvalidArgument: a member of that adapter, or no base to put it on.  "full" is always right.
Status check_method(const TrainOptions& options);

// [{"epoch", "loss", "valid"}, ...] for yupu.json; "valid" only when there were validation rows.
Json curve_json(const std::vector<EpochFigures>& epochs, bool validated);

// Of a run that stopped at pause_after_epoch.
TrainResult paused_result(const Trainer& trainer);

// Of a run that came to its end: what the loop knows, with the figures "train.*".  The model's and the task's are to be
// added.
TrainResult finished_result(const Trainer& trainer, std::size_t row_count);

// Adds what a result says of a model: size, hash, configuration.  An adapter trains beside weights that do not.
template <class Model>
void describe(const Model& model, TrainResult& result) {
  std::int64_t trained = 0;
  for (const engine::Parameter* parameter : model.parameters()) {
    result.parameter_count += parameter->value.element_count();
    if (parameter->trainable) trained += parameter->value.element_count();
  }
  result.weights_sha256 = model.weights_sha256();
  OrderedJson config;
  model.config().write_to(config);
  result.encoder_config = Json(config);
  result.figures["model.parameters"] = static_cast<double>(result.parameter_count);
  if (trained < result.parameter_count) result.figures["adapter.trained_parameters"] = static_cast<double>(trained);
}

// The folder of the run's checkpoints.  `facts`: what decides the weights, by which a checkpoint is known again and in
// which all ranks must agree.  Outcomes  those of StateFolder::open; kConflict naming the rank and the fact.
Result<StateFolder> open_state(const TrainOptions& options, const engine::Facts& facts, engine::Collective& collective);

// What yupu.json says of where the weights come from.  `deciding`: Learner::deciding_options.
Json lineage_of(const TrainOptions& options, const Json& deciding, const TrainResult& result, bool validated);

// Runs `body` on options.collective, or alone, with progress on the root rank only; memory exhausted becomes a Status,
// and the observer is told how it ended.
using RunBody = std::function<Result<TrainResult>(engine::Collective& collective, handoff::Progress& progress)>;
Result<TrainResult> framed(const TrainOptions& options, handoff::Progress& progress, const RunBody& body);

}  // namespace yupu::training
