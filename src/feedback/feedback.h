// Feedback: what the people who got an answer say about it, and what the next round learns from that.
//
//   POST /v1/feedback, .../rating, .../correct -> record_feedback -> table feedback (append-only)
//        -> corrections -> rows of the next dataset
//        -> opinions, misses, summary -> the operator
// One opinion a trace: the newest rating and the newest correction count, older ones stay as history. One score a
// conversation, likewise.
// Retention   rows hold trace ids and what the user wrote as reason; the asked text stays in `trace` and goes with it.
// Threads     every function from any thread; the store serialises the writes.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/json.h"
#include "base/status.h"
#include "handoff/types.h"
#include "store/store.h"

namespace yupu::feedback {

inline constexpr std::size_t kReasonBytesMax = 4096;

// Stores one feedback and returns it as stored (id "fb_...", created_ns filled in; an id the caller gives is kept).
// Idempotency  the same id again with the same content changes nothing and is OK; with other content: kConflict.
// Outcomes     kNotFound         no such trace, or it is another tenant's (the two look alike on purpose)
//              kInvalidArgument  field "rating" (not -1 or +1), "correction" (neither in `known_labels` nor
//              out_of_scope),
//                                "reason" (not UTF-8; kTooLarge above 4096 bytes), "score" (not 1 to 5),
//                                "conversation" (a score without one), "feedback" (says nothing at all)
Result<handoff::Feedback> record_feedback(store::Store& store, const Clock& clock, handoff::Feedback feedback,
                                          std::span<const std::string> known_labels);
// The same as part of a transaction.
Result<handoff::Feedback> record_feedback(store::Transaction& transaction, const Clock& clock,
                                          handoff::Feedback feedback, std::span<const std::string> known_labels);

// Corrected texts as labelled rows, source "feedback:<id>", oldest first; the newest correction of a trace counts.
// `model` empty: every model. `since_ns`: corrections made at or after.
struct CorrectionQuery {
  std::string model = {};
  std::int64_t since_ns = 0;
  std::string tenant_id = {};  // empty: every tenant
  std::int64_t limit = 100'000;
};
Result<std::vector<handoff::Row>> corrections(store::Store& store, const CorrectionQuery& query);

// The source of a row that this feedback became: "feedback:<id>".
inline std::string source_of(std::string_view feedback_id) { return "feedback:" + std::string(feedback_id); }

// Deletes what was said about these traces, how many opinions there were, and remembers which of them were corrections:
// rows of datasets that came of them are not to be in the next version.
Result<std::int64_t> forget_feedback(store::Transaction& transaction, const Clock& clock, const std::string& tenant_id,
                                     std::span<const std::string> trace_ids);
// Sources of rows that came of corrections deleted since (data::NextVersionOptions::forgotten).
Result<std::set<std::string>> forgotten_sources(store::Store& store);

// The one queue of what was said: votes, scores of conversations, corrections of visitors and of agents, each with the
// call it is about; newest first. A vote, a correction or a score that a newer one has replaced is not in it.
struct Opinion {
  handoff::Feedback said;    // without what was replaced
  std::string conversation;  // the call's, when it has one
  std::string model, text, answer, decision, label;
  double score = 0;  // the model's
  Json to_json() const;
};
struct OpinionQuery {
  std::string model = {};      // empty: every model
  std::string tenant_id = {};  // empty: every tenant
  std::int64_t since_ns = 0;   // said at or after
  std::int64_t limit = 100;
};
Result<std::vector<Opinion>> opinions(store::Store& store, const OpinionQuery& query);

// Calls that went wrong: decided other than "answer", or voted down. Newest first.
struct Miss {
  std::string trace_id, tenant_id, model, text, decision, label;
  double score = 0;
  std::optional<int> rating;
  std::optional<std::string> correction;
  std::string reason;
  std::int64_t created_ns = 0;  // of the call
  Json to_json() const;
};
struct MissQuery {
  std::string model = {};      // empty: every model
  std::string tenant_id = {};  // empty: every tenant
  std::int64_t since_ns = 0;
  std::int64_t limit = 100;
};
Result<std::vector<Miss>> misses(store::Store& store, const MissQuery& query);

// {"calls","decisions":{decision: n},"rated","up","down","approval": up/rated or null,"corrections",
//  "confused":[{"answered","corrected","count"}...most frequent 20],"labels":{label:{"calls","up","down","corrected"}},
//  "satisfaction":{"conversations","mean": or null,"satisfied": the share of 4 and 5, or null,"scores":{"1".."5": n}}}
// over the calls made at or after since_ns; a conversation's score belongs to its last call when it was given.
Result<Json> summary(store::Store& store, const MissQuery& query);

}  // namespace yupu::feedback
