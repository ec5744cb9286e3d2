// Whether what a sentiment model says of the news is still what it said when it began: week by week, the distribution
// of its scores against a reference week of the same model.
//
//   week       Monday 00:00 to Monday 00:00, eight hours east of UTC as the baselines are; looked at an hour after
//   stories    the first document of each that was received in the week and that the model has scored, as a whole
//   reference  of a model the first whole week with kStoriesMin stories, or the one that somebody made it (rebase)
//   drifted    is told: in the audit log, and to every route without `topics` (notices.h); of the newest week that is
//              over alone, and not of one that ended before the model's scores counted
//
// Another model has another reference: what is stored is scored by it anew (sentiment/rescore.h), so its weeks are
// those that are still in the store, and a change of the model is never a drift. The week in which the oldest stored
// document was received is not whole and is left out.
// A week of bad news moves the scores too. What tells the model from the world is the share of stories it is unsure
// of, and what people say of its answers (judgements.h): both stand beside the verdict.
// Idempotency  a week is computed and told once for a model, whoever is killed when.
// Outcomes     those of the store.        Threads  any.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/json.h"
#include "base/status.h"
#include "products/monitor/alarms/notices.h"
#include "products/monitor/drift/distribution.h"
#include "store/store.h"

namespace yupu::monitor {

struct DriftWeek {
  std::string release = {};
  std::int64_t week_ns = 0;  // where it begins
  ScoreCounts counts = {};
  std::int64_t reference_ns = 0;    // its own where it is the reference; 0: there was none
  std::optional<Shift> shift = {};  // absent: not compared
  DriftVerdict verdict = DriftVerdict::kTooFew;
  std::int64_t judged = 0, confirmed = 0;  // of the model's sentiments, in this week; and how many were right
  OrderedJson to_json() const;             // without the bins
  std::string to_text() const;             // for people: one line
};

// Where the week of a time begins.
std::int64_t week_of(std::int64_t time_ns);

// Computes the weeks of the model whose scores count that are over and not written yet, the oldest first, and tells of
// the newest where it drifted. Gives them. Where there is none it reads three rows.
Result<std::vector<DriftWeek>> watch_drift(store::Store& store, const std::string& monitor,
                                           std::span<const Route> routes, std::int64_t now_ns);

// Of every model, the newest first.
Result<std::vector<DriftWeek>> drift_weeks(store::Store& store, const std::string& monitor, std::int64_t limit);

// From now on the model's newest week is what later ones are compared with: for who has looked and found that the world
// has changed and not the model.  Errors: kNotFound: no week yet; kConflict: it is the reference, or has too few
// stories.
Result<DriftWeek> rebase_drift(store::Store& store, const std::string& monitor, const std::string& who,
                               std::int64_t now_ns);

}  // namespace yupu::monitor
