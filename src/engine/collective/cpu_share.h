// Which cores a rank computes on.  Ranks that were started on the same machine with the same cores would all take every
// core; here each gets a part of its own.  What the launcher bound already stays as it is.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "base/status.h"
#include "engine/collective/collective.h"

namespace yupu::engine {

// The cores of part `index` of `parts`, in order; at least one, shared when there are more parts than cores.
std::vector<int> part_of(std::span<const int> cores, int index, int parts);

// Pins this process to its part of the machine's cores and returns how many those are: the thread count of a rank.
// Call before threads are made.  With one rank nothing is pinned and the answer is 0, "every core".
// Errors  those of Collective.
Result<int> share_cores(Collective& collective);

}  // namespace yupu::engine
