// What stands around the loop of every fine-tuning run, whatever is learned.
#pragma once

#include <functional>

#include "base/json.h"
#include "base/status.h"
#include "handoff/progress.h"
#include "training/training.h"

namespace yupu::training {

class Trainer;

// Outcomes  kInvalidArgument: an option of the loop that is out of its range, named.
Status check_ranges(const TrainOptions& options);

// [{"epoch", "loss", "valid"}, ...] for yupu.json; "valid" only when there were validation rows.
Json curve_json(const std::vector<EpochFigures>& epochs, bool validated);

// Of a run that stopped at pause_after_epoch.
TrainResult paused_result(const Trainer& trainer);

// Runs `body` on options.collective, or alone, with progress on the root rank only; memory exhausted becomes a Status,
// and the observer is told how it ended.
using RunBody = std::function<Result<TrainResult>(engine::Collective& collective, handoff::Progress& progress)>;
Result<TrainResult> framed(const TrainOptions& options, handoff::Progress& progress, const RunBody& body);

}  // namespace yupu::training
