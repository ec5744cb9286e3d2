// From a dataset to a run, and from a run to a release: shared by the stages and by a round of improvement.
#pragma once

#include <optional>
#include <string>

#include "base/json.h"
#include "base/status.h"
#include "handoff/record.h"
#include "improvement/gate.h"
#include "strategy/loop.h"

namespace yupu::strategy {

// Everything of [train] (and the seed) that decides a run.
Json training_settings(const Strategy& strategy);

// A round of improvement trains further from live weights, for fewer epochs.
struct FurtherTraining {
  std::string base_directory;  // model directory; empty: from the strategy's own start
};

// Trains (or goes on after a crash), evaluates on the test rows, stores the Run record. Idempotent per dataset and
// settings.
Result<handoff::Record> train_candidate(LoopContext& context, const handoff::Record& dataset,
                                        const FurtherTraining& further);

improvement::GateRule gate_rule(const Strategy& strategy);

// What the gate would say of the run now; nothing is written.
Result<improvement::GateDecision> judge_candidate(LoopContext& context, const handoff::Record& run);

// The gate between a run and the live release, on the same held-out rows (a live model measured on other rows before is
// measured again on these). {"released", "release_id", "run_id", "reason", "gate"}; refused: release_id is the one that
// stays live. Refused as the first release: kConflict, there would be nothing to serve.
Result<Json> release_candidate(LoopContext& context, const handoff::Record& run);

// Writes the report pages: {"pages": [path...], "report_id"}.
Result<Json> write_reports(LoopContext& context);

}  // namespace yupu::strategy
