// A finished run once more in 8 bits, as it will be served: its own thresholds, its own figures.
// A threshold fitted to the floats is off by what rounding changes, which is where a promise is kept or broken; so the
// scores are fitted anew, to the same rows.
#pragma once

#include <map>
#include <string>

#include "handoff/progress.h"
#include "tasks/classify/evaluate.h"
#include "training/training.h"

namespace yupu::training {

struct Int8Run {
  std::string weights_sha256;
  std::map<std::string, double> figures;  // as TrainResult::figures, "valid." and "test." alone
  tasks::Evaluation test;
  std::string broken_promise;  // as TrainResult::broken_promise
};

// Reads the model of `options.out`, which stays, and writes `directory` (made if absent; again: the same bytes).
// Outcomes  kInvalidArgument: no test row has a label, errors of calibration; kConflict: an adapter; the disk's.
// REQUIRES: options as of the run, rows included.
Result<Int8Run> quantise_run(const TrainOptions& options, const std::string& directory, handoff::Progress& progress);

}  // namespace yupu::training
