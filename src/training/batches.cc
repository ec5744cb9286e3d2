#include "training/batches.h"

#include <numeric>

namespace yupu::training {
namespace {
constexpr std::uint64_t kOrderStream = 0x6f72646572;  // "order"
}  // namespace

void BatchCutter::append(std::uint32_t row, std::int64_t tokens) {
  const bool full = batches_.empty() || tokens_ + tokens > limits_.tokens ||
                    static_cast<std::int64_t>(batches_.back().size()) >= limits_.rows;
  if (full) {
    batches_.emplace_back();
    tokens_ = 0;
  }
  batches_.back().push_back(row);
  tokens_ += tokens;
}

std::vector<std::vector<std::uint32_t>> plan_epoch(std::span<const std::int64_t> lengths, const BatchLimits& limits,
                                                   std::uint64_t seed, std::int64_t epoch) {
  std::vector<std::uint32_t> order(lengths.size());
  std::iota(order.begin(), order.end(), 0u);
  Rng rng = order_stream(seed, epoch);
  rng.shuffle(std::span<std::uint32_t>(order));
  BatchCutter cutter(limits);
  for (const std::uint32_t row : order) cutter.append(row, lengths[row]);
  return std::move(cutter).batches();
}

std::vector<std::vector<Batch>> plan_updates(std::span<const std::int64_t> lengths, const PlanRule& rule,
                                             std::int64_t epoch) {
  std::vector<std::vector<Batch>> updates;
  for (Batch& batch : plan_epoch(lengths, rule.limits, rule.seed, epoch)) {
    if (updates.empty() || static_cast<std::int64_t>(updates.back().size()) >= rule.grad_accumulation)
      updates.emplace_back();
    updates.back().push_back(std::move(batch));
  }
  return updates;
}

Rng order_stream(std::uint64_t seed, std::int64_t epoch) {
  return Rng(seed, kOrderStream + (static_cast<std::uint64_t>(epoch) << 40));
}

}  // namespace yupu::training
