// Training pairs as lists of candidates (tasks/pairs/list_loss.h): a right one and wrong ones of the same query.
#pragma once

#include <cstdint>
#include <vector>

#include "base/status.h"
#include "tasks/pairs/pair_model.h"
#include "tasks/pairs/pair_set.h"

namespace yupu::training {

struct PairLists {
  std::vector<std::vector<std::uint32_t>> rows;  // of each list, the right row first
  std::int64_t idle_groups = 0;                  // without a right, or without a wrong candidate: nothing to order
};

// A list for every right row: with the wrong rows of its group in the order of the file, `size` rows at most.
// Outcomes  kInvalidArgument: rows without a group; "FILE: line N: ...": a group with two different queries; no group
//           that has both kinds.   REQUIRES: size >= 2, a model that ranks.
Result<PairLists> pair_lists(const tasks::PairSet& set, const tasks::PairModel& model, std::int64_t size);

}  // namespace yupu::training
