// A training run as a record of the loop: trains, files the model directory in the workdir and says what it came from.
//   WORKDIR/runs/pending-<options>/model   while it trains (a second call with the same options goes on there)
//   WORKDIR/runs/<weights>/model           when it is done; <weights> begins the SHA-256 of the weights
// The record (kind "run", parent: the dataset) is returned, not stored: the caller puts it where the stage's result
// belongs.
#pragma once

#include <string>

#include "base/status.h"
#include "handoff/progress.h"
#include "handoff/record.h"
#include "training/training.h"

namespace yupu::training {

struct RunOptions {
  TrainOptions train;  // `out` and `lineage` are filled in here
  std::string workdir;
  std::string name;        // what the run is a version of: "shop"
  std::string dataset_id;  // record id of the rows
  std::string version;     // yupu's version
  std::int64_t now_ns = 0;
};

// Outcomes  those of train().
Result<handoff::Record> train_run(const RunOptions& options, handoff::Progress& progress);

}  // namespace yupu::training
