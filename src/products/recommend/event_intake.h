// Events from a source that is read on, into the store: each has its effect once, however often it comes and whenever
// the process is killed.
//
//   source --batch of events, position--> one transaction: events, counts of what became of them, position
//
// Outcomes     "added", "known" (it is there, with the same content: sent again), "refused_<reason>" are one each.
//              Reasons: those of serve/bodies.h, and "conflict": its id is there with another content.
//              kConflict: the source has been read further meanwhile.  Else the store's.  After an error nothing of the
//              batch is kept.
// Idempotency  a batch names the position it was read from; an event counts once by its id besides.
// Retention    counts stay; what is kept of a refusal is where it stood and which member it was, nothing a user said.
// Threads      any.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/json.h"
#include "base/status.h"
#include "products/recommend/records.h"
#include "store/store.h"

namespace yupu::recommend {

using IntakeOutcomes = std::map<std::string, std::int64_t, std::less<>>;

struct SourcedEvent {
  Event event;
  std::string where;  // "partition 0, offset 7"
};
struct EventRefusal {
  std::string reason, where;
};
struct EventBatch {
  std::string source;
  std::string position_before;  // as event_position() said
  std::string position;         // what was read up to
  std::vector<SourcedEvent> events = {};
  std::vector<EventRefusal> refusals = {};
};

Result<IntakeOutcomes> take_events(store::Store& store, const Clock& clock, const std::string& tenant_id,
                                   const EventBatch& batch);
// Counts a source that could not be read ("failed_connect") and why; its position stays.
Status count_failure(store::Store& store, const Clock& clock, const std::string& tenant_id, const std::string& source,
                     std::string_view outcome, const std::string& why);
// Empty before the first batch.
Result<std::string> event_position(store::Store& store, const std::string& tenant_id, const std::string& source);

// [{"source", "read": time, "outcomes": [{"outcome", "count", "last": time, "detail"}]}], by name.
Result<OrderedJson> sources_json(store::Store& store, const std::string& tenant_id);
// The same counts as Prometheus text, over all tenants: recommend_source_events_total{source, outcome}.
Result<std::string> source_metrics(store::Store& store);

}  // namespace yupu::recommend
