// From run to release: the gate decides, the record says why, the live pointer moves.
#pragma once

#include <optional>
#include <string>

#include "base/clock.h"
#include "base/json.h"
#include "base/status.h"
#include "handoff/record.h"
#include "improvement/gate.h"
#include "store/store.h"

namespace yupu::improvement {

struct Candidate {
  std::string model;    // what it would be a release of: "shop"
  handoff::Record run;  // kind "run"; its report is the candidate's
  // The live release measured on the candidate's rows; nothing: the report of the live release's own run, which serves
  // as long as the held-out rows did not change (data/next_version keeps them).
  std::optional<Json> live_report = {};
};

struct ReleaseOutcome {
  bool released = false;
  GateDecision decision;
  std::optional<handoff::Record> release;  // kind "release", when released
  std::string replaced;                    // release id that was live before, empty for the first
};

// What release() would decide now: nothing is written. Errors: as release().
Result<GateDecision> judge(const Candidate& candidate, const GateRule& rule, store::Store& store);

// Measures the candidate against the live release (or, without one, against the rule's minimum) and, when it passes,
// stores the Release record and makes it live. Refused is an outcome, not an error: nothing changes then. Idempotency
// a run that is live already is not judged against itself: released, nothing written.
//              Killed between record and pointer: the next call writes the same record and moves the pointer.
// Errors       kInvalidArgument (not a run, a report lacks a figure), kConflict (not the same rows), the store's.
Result<ReleaseOutcome> release(const Candidate& candidate, const GateRule& rule, store::Store& store,
                               const Clock& clock);

}  // namespace yupu::improvement
