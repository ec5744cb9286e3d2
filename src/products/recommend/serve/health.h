// How a tenant's lists fare, for the page: what becomes of them, what their record lacks, how it changes.
// Threads  pure functions, but for events_json, which reads the store.
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "base/json.h"
#include "base/status.h"
#include "products/recommend/serve/outcomes.h"
#include "products/recommend/serve/shop.h"
#include "store/store.h"

namespace yupu::recommend {

// Lists with at least that of one of their items: [{"step": "given", "lists", "users"}, "click", "comment", "share",
// "buy"].
OrderedJson funnel_json(std::span<const Outcome> outcomes);

// {"items", "without_title", "without_text", "without_tags", "same_title", "untouched", "hidden", "users", "once",
// "busiest_share"}.  without_title: events alone name it; without_text: a title and no description; once: users with
// one event; busiest_share: of all events, those of the user with the most.
OrderedJson record_json(const Record& record, const ItemIds& hidden);

// Of what happened since `from_ns`: {"events", "late", "of_a_list"}.  late: told more than a day afterwards; of_a_list:
// it names the list it came from.
Result<OrderedJson> events_json(store::Store& store, const std::string& tenant_id, std::int64_t from_ns);

// The last kRecentDays beside the kBeforeDays before them: {"recent", "before": events a day, "kinds", "tags",
// "new_items"}.  kinds, tags: the population stability index, sum (p - q) ln(p / q) over shares smoothed by half an
// event; below 0.1 little has changed, above 0.25 much (Siddiqi 2006, "Credit Risk Scorecards", ch. 9).  new_items: of
// the recent events, those of items nobody had touched before.  Null where one side has no event.
inline constexpr std::int64_t kRecentDays = 7, kBeforeDays = 28;
OrderedJson drift_json(const Record& record, std::int64_t now_ns);

}  // namespace yupu::recommend
