// What a person makes of misses (mining.h): rows to learn from, one subject, or nothing.
//
//   accept   a correction of each of them (feedback.h), so the next dataset has them and forgetting a visitor forgets
//            them; of an intent the live model knows, of out_of_scope, or of a new one
//   merge    they and those of another miss's cluster are one cluster from now on
//   ignore   they are in no cluster any more
// A call names misses by their traces, as they were shown: a miss that came since is not settled unseen.
// A new intent is known from then on to everybody who settles misses of this model; its rows are in the next dataset
// when there are two of them (data/next_version.h). What the bot answers to it stands in the shop's answers file.
// Idempotency  the same again changes nothing and is OK, but for opening an intent. Accepted as another intent, or
//              accepted after it was ignored: the newer holds. What was accepted is not ignored any more.
// Outcomes     nothing is changed by an error:
//              kNotFound  field "traces": no such trace of this tenant and model
//              kInvalidArgument  "traces" (none; empty), "intent" (unknown; for a new one: blank, longer than 128
//              bytes, control characters), "into" (one of `traces`)
//              kTooLarge  "traces": more than kTracesMax       kConflict  the new intent is known already
// Threads      any; the store serialises the writes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/status.h"
#include "store/store.h"

namespace yupu::feedback {

inline constexpr std::size_t kTracesMax = 2'000;
inline constexpr std::size_t kIntentBytesMax = 128;

struct MissChoice {
  std::string tenant_id;
  std::string model;
  std::vector<std::string> trace_ids = {};
  std::string settled_by = {};  // an agent's id; empty: the command line
};
struct AcceptedIntent {
  std::string label;
  bool is_new = false;
};

// How many were settled by this call: those that were settled so before do not count.
Result<std::int64_t> accept_misses(store::Store& store, const Clock& clock, const MissChoice& choice,
                                   const AcceptedIntent& intent);
Result<std::int64_t> ignore_misses(store::Store& store, const Clock& clock, const MissChoice& choice);
// How many were put to `into`.
Result<std::int64_t> merge_misses(store::Store& store, const Clock& clock, const MissChoice& choice,
                                  const std::string& into);

// Labels of the live release's dataset and the new intents, sorted. Error: kNotFound: no live release.
Result<std::vector<std::string>> known_intents(store::Store& store, const std::string& model);
// Those that people have opened.
Result<std::set<std::string>> new_intents(store::Store& store, const std::string& model);

// Deletes what was made of these calls; their corrections are feedback's own (forget_feedback calls this).
Status forget_settled(store::Transaction& transaction, const std::string& tenant_id,
                      std::span<const std::string> trace_ids);

}  // namespace yupu::feedback
