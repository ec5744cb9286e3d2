// Hyper-parameter search over training::train: a space and fixed options in, the best model out.
//
//   OUT/study.json   the search (study.h)             OUT/trials/NNNN/   checkpoints of trials that may go on
//   OUT/model/       the best trial's model           OUT/results.json, report.html (report.h)
//
// Epochs are the resource.  A trial is trained with the learning-rate schedule of max_epochs from its first step; at a
// rung it pauses, and it is resumed from its checkpoint.  So a figure at a rung is that of a run still at a high rate,
// the same for all that are compared there, and a trial that reaches the top has had exactly the run that
// `yupu train --epochs MAX --patience` off gives, bit for bit.  A trial's figure is the best over its epochs so far, as
// the best weights are what a run keeps.
// Early stopping is off: the rungs are what stops.  Every trial has the same training seed.
// Checkpoints are removed when the search has ended; should more trials be asked for later, one that goes on is trained
// again from its first step, to the same weights.
// Threads  one owner, no other thread in the process (runner.h).
#pragma once

#include <string>

#include "base/status.h"
#include "handoff/progress.h"
#include "training/training.h"
#include "training/tune/study.h"

namespace yupu::training::tune {

struct TuneOptions {
  Space space;
  StudySettings settings;
  TrainOptions fixed;        // rows, and every option that is not searched; epochs, patience and out are set here
  std::string out;           // the directory of the search
  std::int64_t jobs = 1;     // trials at a time; each has threads / jobs threads
  std::int64_t threads = 0;  // 0: every core
};

struct TuneResult {
  std::int64_t best_trial = 0;
  double best_figure = 0.0;
  std::string model_directory;  // OUT/model
  Json results;                 // as in results.json
  std::string table;            // for people
};

// Outcomes  kInvalidArgument: space, settings or rows (named); kConflict: OUT holds another search, or every trial
// failed
//           (the last reason is named).
Result<TuneResult> tune(const TuneOptions& options, handoff::Progress& progress);

}  // namespace yupu::training::tune
