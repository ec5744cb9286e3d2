// The releases of a model with their figures, which of them answers, and how one is taken back.
// Threads  any.
#pragma once

#include <string>

#include "base/clock.h"
#include "base/json.h"
#include "base/status.h"
#include "store/store.h"

namespace yupu::console {

// `served`: the release this server has in memory now; it follows the live one within a second.
// {"model", "live", "served", "back_to": the release a roll-back makes live, "" when there is none,
//  "releases": [{"release_id", "created", "live", "run_id", "replaces", "figures": {name: number}, "dataset": {"id",
//               "created", "rows", "labels"}, "gate"}], newest first,
//  "refused":  [{"run_id", "created", "figures", "dataset", "reason"}]: runs that never became a release, newest first,
//  "rounds":   rounds.h,
//  "history":  [{"release_id", "reason", "changed"}]: what answered when and why, newest first}.
// Figures are those of the run's held-out rows: "test.accuracy", "test.macro_f1", "test.answered_share",
// "test.answered_precision", as far as there are.
Result<Json> list_releases(store::Store& store, const std::string& model, const std::string& served);

struct ReleaseChoice {
  std::string model;
  std::string release_id;  // that shall answer
  std::string instead_of;  // what answers now, as whoever chooses has seen it
  std::string by;          // who chooses: into the history
};
// Appends to the history of live releases in one transaction; {"release_id", "instead_of", "changed"}.
// Idempotency  chosen already: nothing is written.
// Errors       kNotFound, field "release_id": no release of this model; kConflict, field "instead_of": another one
//              answers by now.
Result<Json> make_live(store::Store& store, const Clock& clock, const ReleaseChoice& choice);

}  // namespace yupu::console
