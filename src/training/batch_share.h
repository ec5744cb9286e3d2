// The rows of one update divided over the ranks of a data-parallel run.  What an update consists of never depends on
// the rank count: the plan of an epoch (batches.h) is made first, and here each rank finds its part of it.
//   Rows by length, longest first, each to the rank with the fewest tokens so far (ties: the earlier row, the lower
//   rank): Graham 1969, "Bounds on multiprocessing timing anomalies"; no rank has more than 4/3 of the best possible.
// A share is cut into batches of the same limits as the plan, its rows in the order of the plan.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "training/batches.h"

namespace yupu::training {

struct RankOf {
  int rank = 0;
  int size = 1;
};

// The batches of this rank, none when there are fewer rows than ranks.  With one rank: `update` itself.
// lengths[i]: tokens of row i.
std::vector<std::vector<std::uint32_t>> share_of(std::span<const std::vector<std::uint32_t>> update,
                                                 std::span<const std::int64_t> lengths, const BatchLimits& limits,
                                                 RankOf who);

}  // namespace yupu::training
