// Carries a study out: each rung of a trial in a process of its own, several at a time.
//
// A process per rung, because then a trial that crashes or is killed for memory costs that trial and not the search,
// and because a trial goes on from its checkpoint anyway.  The child leaves its outcome in DIR/trials/NNNN/rung.json,
// written atomically after its checkpoint; the parent reads it, records it in the study and only then goes on.  A child
// dies with its parent.
// Threads  one owner, and the process must have no other thread when this is called (it forks).
#pragma once

#include <functional>
#include <string>

#include "base/status.h"
#include "handoff/progress.h"
#include "training/tune/study.h"

namespace yupu::training::tune {

// Trains trial.point to trial.target epochs and gives the figure; larger is better.  Runs in the child.
// An error is the trial's failure (its message the reason), not the study's.
using Objective = std::function<Result<double>(const Trial& trial, const std::string& trial_directory)>;

std::string trial_directory(const Study& study, std::int64_t number);  // DIR/trials/0007

struct RunnerOptions {
  std::int64_t jobs = 1;  // processes at a time
  // Called in the parent after every recorded rung.
  std::function<Status(const Study& study, const Trial& trial)> after_rung;
};

// Until the study has nothing left to do.
// Outcomes  what next(), finish() and after_rung say; kConflict: three trials failed and none has given a figure
//           (the first reason is named): the same will befall the rest; kResourceExhausted: no process can be started.
Status run_study(Study& study, const Objective& objective, const RunnerOptions& options, handoff::Progress& progress);

}  // namespace yupu::training::tune
