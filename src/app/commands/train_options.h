// What `yupu train` reads and tells alike for every task.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "app/arguments.h"
#include "base/clock.h"
#include "base/json.h"
#include "handoff/progress.h"
#include "training/training.h"

namespace yupu::app {

// The flags of the training loop; rows, and what belongs to one task alone, are the task's.
training::TrainOptions read_loop_options(Arguments& arguments);

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

}  // namespace yupu::app
