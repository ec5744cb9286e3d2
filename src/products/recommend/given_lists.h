// The lists that were given to users, as the store has them: what a ranker learns the pull of a position from.
// Outcomes  those of the store; kInternal: a row that is no JSON.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "base/json.h"
#include "base/status.h"
#include "products/recommend/collection.h"
#include "products/recommend/methods/ranker/logged_lists.h"
#include "store/store.h"

namespace yupu::recommend {

inline constexpr std::int64_t kListsLearned = 20'000;  // the last ones

struct KeptList {
  std::string user;
  std::int64_t time_ns = 0;
  Json items;  // as recommend_impression has them
};
// The last kListsLearned, the oldest first.
Result<std::vector<KeptList>> kept_lists(store::Store& store, const std::string& tenant_id);

// What FitData::lists asks for: the lists whose items, users and features are all known.  Both must outlive it.
std::function<std::vector<LoggedList>(const std::vector<std::string>&)> lists_to_learn(
    const Collection& collection, const std::vector<KeptList>& lists);

}  // namespace yupu::recommend
