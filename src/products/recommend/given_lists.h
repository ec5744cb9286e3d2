// The lists that were given to users, as the store has them: what a ranker learns the pull of a position from.
// Outcomes  those of the store.  A row that is no JSON, or of items, users or features that are not there by now, is
//           left out.
#pragma once

#include <cstddef>
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

// How much is learned from: the last lists, until either is reached.  A list has up to a hundred items with every
// feature by name, so that lists alone bound no memory.
struct ListBounds {
  std::size_t lists = 20'000;
  std::size_t bytes = 96 << 20;  // of KeptList::items
};

struct KeptList {
  std::string user;
  std::int64_t time_ns = 0;
  std::string items;  // JSON, as recommend_impression has it: read when it is learned from, a list at a time
};
// The last ones given before that instant whose user did more than look within half an hour, the oldest first.  The
// newest are read first, some at a time: the first list that does not fit the bounds and all before it are left.
Result<std::vector<KeptList>> kept_lists(store::Store& store, const std::string& tenant_id,
                                         std::int64_t before_ns = INT64_MAX, const ListBounds& bounds = {});

// What FitData::lists asks for: the lists whose items, users and features are all known.  Both must outlive it.
std::function<std::vector<LoggedList>(const std::vector<std::string>&)> lists_to_learn(const Collection& collection,
                                                                                       std::span<const KeptList> lists);

}  // namespace yupu::recommend
