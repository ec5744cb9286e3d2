// What `yupu train` reads and tells alike for every task.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "app/arguments.h"
#include "base/clock.h"
#include "base/json.h"
#include "handoff/progress.h"
#include "training/training.h"

namespace yupu::app {

// The flags of the training loop; rows, and what belongs to one task alone, are the task's.  What is not given stays as
// in `options`.
training::TrainOptions read_loop_options(Arguments& arguments, training::TrainOptions options = {});

// --valid FILE; "none": without, so that the last weights are kept, uncalibrated: an empty path.
std::string read_valid_file(Arguments& arguments);

// What the head reads: --pooling, and the wide branch.
void read_head_options(Arguments& arguments, training::TrainOptions& options);

// --wide, --wide-lr, --wide-decay.
void read_wide_options(Arguments& arguments, training::TrainOptions& options);

// --method, and the flags of lora, adalora and houlsby.
void read_adapter_options(Arguments& arguments, training::TrainOptions& options);

// How a classifier's thresholds are fitted: --target-precision, or a promise, and the scope gate.
void read_calibration_options(Arguments& arguments, training::TrainOptions& options);

// How the result and the way to it are told.
struct Telling {
  bool json = false;
  std::vector<std::string> track;
};
Telling read_telling(Arguments& arguments);
Status check(const Telling& telling);  // kInvalidArgument: a --track that names nothing

// The run is called by its folder's name, and known again by where it is and what decides it.
Result<std::unique_ptr<training::RunObserver>> open_observer(const std::vector<std::string>& track,
                                                             const training::TrainOptions& options,
                                                             const Json& deciding, const Clock& clock,
                                                             handoff::Progress& progress);

void print_result(const training::TrainOptions& options, const training::TrainResult& result, const Telling& telling);

// What a task puts between the flags and the result; its options outlive it.
struct TaskTraining {
  std::function<Status()> read_files;  // into the options
  std::function<Json()> deciding;      // deciding_options, once the files are read
  std::function<Result<training::TrainResult>(handoff::Progress& progress)> train;
};
// Trains on every rank, `loop` filled in before files are read: this rank's share of the cores, stopping when asked,
// lineage, who watches.  Rank 0 makes the folder and prints the result.  Outcomes  besides training's, kConflict: the
// model is there and answers nothing, because the promise that was asked for cannot be kept (why).
Status run_training(engine::Collective& ranks, training::TrainOptions& loop, const std::string& train_file,
                    const Telling& telling, const TaskTraining& task);

}  // namespace yupu::app
