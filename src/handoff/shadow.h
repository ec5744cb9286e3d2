// A candidate that reads each call as it comes in, beside the live release, and how the two agree.  Nothing it says is
// ever answered or charged: serving reads with it (serving/shadow.h), strategy gates by it, the console and a command
// show it.
//
//   begin_shadow -> servers read -> keep_shadow, from any number of servers -> shadow_figures -> end_shadow
//
// Figures are of the calls that the release which is live now answered: after a roll-back they begin anew.
// Retention  counts and ids only; the text of a call is that of table `trace`, as it was kept there, and gone with it.
// Threads    any.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "base/status.h"
#include "store/store.h"

namespace yupu::handoff {

// Whether this run or release is what answers now.
Result<bool> is_live(store::Store& store, const std::string& model, const std::string& id);

// What one of the two says of a text, by its own thresholds.
struct ShadowVerdict {
  std::string decision = {};  // "answer", "clarify", "refuse"
  std::string label = {};     // the best, whatever is decided
  double score = 0;
  Json to_json() const;
};
// Another decision is a difference, and another label, but for two refusals.
bool is_changed(const ShadowVerdict& live, const ShadowVerdict& candidate);

struct ShadowCandidate {
  std::string model;
  std::string candidate_id;  // of a record "run" or "release"
  std::string started_by;
  std::int64_t started_ns = 0;
  std::int64_t dropped_count = 0;  // calls it had no time for
  std::int64_t failed_count = 0;   // calls it could not read
  std::string problem = {};        // why a server does not read with it; empty: none
  std::string refused = {};        // why the round that began it did not release it; empty: it is not judged yet
};

// From now on this one reads; what another has read before is forgotten. Reading already: nothing changes.
// Errors  kNotFound, field "candidate": no run or release of this model; kConflict: it is the live release, or there is
// none to read beside.
Status begin_shadow(store::Store& store, ShadowCandidate candidate);
// False: nobody was reading.
Result<bool> end_shadow(store::Store& store, const std::string& model);
Result<std::optional<ShadowCandidate>> shadow_candidate(store::Store& store, const std::string& model);

// One call that both have read.
struct ShadowRead {
  std::string tenant_id;
  std::string trace_id;
  std::string release_id;  // that answered
  ShadowVerdict live, candidate;
};
// What came of some calls since the last time.
struct ShadowReads {
  std::vector<ShadowRead> reads;
  std::int64_t dropped_count = 0;
  std::int64_t failed_count = 0;
};
// Adds them up, in one transaction; nothing where another candidate reads by now.
Status keep_shadow(store::Store& store, const std::string& model, const std::string& candidate_id,
                   const ShadowReads& more, std::int64_t now_ns);
// Why it is not read with; empty: it is.
Status set_shadow_problem(store::Store& store, const std::string& model, const std::string& candidate_id,
                          const std::string& problem);

// It is not released, and why; it reads on, so that a person can see.
Status refuse_shadow(store::Store& store, const std::string& model, const std::string& candidate_id,
                     const std::string& why);

struct ShadowIntent {
  std::string intent;  // as the live release reads it
  std::int64_t call_count = 0, changed_count = 0;
};
struct ShadowChange {
  std::string live, candidate;  // decisions; equal ones: another intent
  std::int64_t call_count = 0;
};
struct ShadowExample {
  std::string trace_id, text;
  ShadowVerdict live, candidate;
  std::int64_t read_ns = 0;
};
struct ShadowFigures {
  ShadowCandidate candidate;
  std::string release_id;  // the live one
  std::int64_t call_count = 0, changed_count = 0;
  std::vector<ShadowIntent> intents;    // most changed first
  std::vector<ShadowChange> changes;    // most frequent first
  std::vector<ShadowExample> examples;  // newest first
  double changed_share() const;         // 0 where there are no calls
  Json to_json() const;
};
// Nothing: nobody reads. Examples are of the calls of `tenant_id` (nullopt: of all); counts are of all calls.
Result<std::optional<ShadowFigures>> shadow_figures(store::Store& store, const std::string& model,
                                                    const std::optional<std::string>& tenant_id);

}  // namespace yupu::handoff
