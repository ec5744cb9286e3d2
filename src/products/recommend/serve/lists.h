// A list for a user, now: candidates in the ranker's order, without what they have seen, what is hidden and what the
// caller excludes, put in an order that is not all alike (diversity.h), with reasons (explanation.h).
//   context   items that the user looks at now: read as views of this instant, and in no list
//   rules     the tenant's own (policy.h): what is pinned stands at its place, if the user has not touched it
//   explored  a place of some lists is drawn (exploration.h), none that is pinned
//   fallback  the user has done nothing that is known, and no context was given: what most touched lately, and
//             new things
// The same record, request and instant give the same list, but for scores of a cross-encoder that were not there by the
// deadline.  Reasons are by the order without it.
// Threads  pure functions.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "products/recommend/serve/explanation.h"
#include "products/recommend/serve/policy.h"
#include "products/recommend/serve/shop.h"
#include "products/recommend/serve/stage_times.h"

namespace yupu::recommend {

inline constexpr std::size_t kListCountMax = 100, kExcludedMax = 1000, kContextMax = 50;

struct ListRequest {
  std::string user = {}, surface = {};
  std::size_t count = 10;
  std::vector<std::string> exclude = {}, context = {};
  std::vector<Event> since = {};  // what the user did that the record does not have yet: it counts at once
  bool explain = true;
  bool explores = false;        // a list that is given and kept, not a preview
  bool sponsored = true;        // a slot beside the list, where somebody pays for one
  Arm arm = Arm::kChampion;     // whose release makes the list
  StageTimes* times = nullptr;  // what is told what the list cost; null: nobody
  // Clock::monotonic_ns by which the first candidates must have been read again, where there is a cross-encoder.
  std::int64_t deadline_ns = INT64_MAX;
};

struct ListedItem {
  std::uint32_t item = 0;
  float score = 0.0f;
  Reason reason;
  bool is_new = false;  // there for less than new_days
  bool is_pinned = false, is_explored = false;
  double propensity = 1.0;  // how likely it was to stand where it stands
  std::vector<float> features;
};
struct List {
  bool by_fallback = false, is_unknown_user = false;
  std::vector<std::string> unknown_context;  // items of the context nobody has told of: not read
  std::vector<ListedItem> items;
};
List list_for(const Record& record, const ItemIds& hidden, const ListRequest& request, std::int64_t now_ns,
              const ListRules& rules = {}, const Policy& policy = {});

// What an item's score for a user rests on.  Outcomes  kNotFound, the field set: no such user, no such item.
struct Explained {
  float score = 0.0f;
  std::vector<Contribution> history;
};
Result<Explained> explain(const Record& record, const std::string& user, const std::string& item, std::int64_t now_ns);

}  // namespace yupu::recommend
