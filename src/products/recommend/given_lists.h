// The lists that were given to users, as the store has them: what a ranker learns the pull of a position from.
// Outcomes  those of the store.  A row that is no JSON, or of items, users or features that are not there by now, is
//           left out.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "base/status.h"
#include "products/recommend/collection.h"
#include "products/recommend/methods/ranker/logged_lists.h"
#include "store/store.h"

namespace yupu::recommend {

inline constexpr std::int64_t kListsLearned = 20'000;  // the last ones

struct KeptList {
  std::string user;
  std::int64_t time_ns = 0;
  std::string items;  // JSON, as recommend_impression has it: read when it is learned from, a list at a time
};
// The last kListsLearned given before that instant whose user did more than look within half an hour, the oldest first.
Result<std::vector<KeptList>> kept_lists(store::Store& store, const std::string& tenant_id,
                                         std::int64_t before_ns = INT64_MAX);

// What FitData::lists asks for: the lists whose items, users and features are all known.  Both must outlive it.
std::function<std::vector<LoggedList>(const std::vector<std::string>&)> lists_to_learn(const Collection& collection,
                                                                                       std::span<const KeptList> lists);

}  // namespace yupu::recommend
