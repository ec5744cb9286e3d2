// The order in which rows are seen: a pure function of seed and epoch, so that a run which was cut off goes on with
// exactly the batches it would have had.  Sequences are packed end to end (engine/packed_batch.h), so a batch is as
// many rows of the shuffled order as fit a budget of tokens: nothing needs sorting by length, and no token is padding.
#pragma once

#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "base/rng.h"

namespace yupu::training {

struct BatchLimits {
  std::int64_t tokens = 512;      // most tokens of a batch; a longer row is a batch of its own
  std::int64_t rows = INT64_MAX;  // most rows of a batch
};

// Cuts rows, as they come, into batches within the limits.
class BatchCutter {
 public:
  explicit BatchCutter(const BatchLimits& limits) : limits_(limits) {}
  void append(std::uint32_t row, std::int64_t tokens);
  std::vector<std::vector<std::uint32_t>> batches() && { return std::move(batches_); }

 private:
  BatchLimits limits_;
  std::int64_t tokens_ = 0;  // of the last batch
  std::vector<std::vector<std::uint32_t>> batches_;
};

using Batch = std::vector<std::uint32_t>;

// Row indices of each batch of `epoch` (from 0).  Every row occurs once.  lengths[i]: tokens of row i.
std::vector<std::vector<std::uint32_t>> plan_epoch(std::span<const std::int64_t> lengths, const BatchLimits& limits,
                                                   std::uint64_t seed, std::int64_t epoch);

// What decides an epoch's updates besides the rows.
struct PlanRule {
  BatchLimits limits;
  std::int64_t grad_accumulation = 1;  // batches of an update
  std::uint64_t seed = 1;
};
// The batches of each update of an epoch: those of plan_epoch, grad_accumulation at a time, fewer in the last.
std::vector<std::vector<Batch>> plan_updates(std::span<const std::int64_t> lengths, const PlanRule& rule,
                                             std::int64_t epoch);

// The stream of the random order of rows in an epoch: away from those of weights and dropout.
Rng order_stream(std::uint64_t seed, std::int64_t epoch);

}  // namespace yupu::training
