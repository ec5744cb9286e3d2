#include "training/batches.h"

#include <numeric>

#include "base/rng.h"

namespace yupu::training {
namespace {
constexpr std::uint64_t kOrderStream = 0x6f72646572;  // "order": away from the streams of weights and dropout
}  // namespace

std::vector<std::vector<std::uint32_t>> plan_epoch(std::span<const std::int64_t> lengths, const BatchLimits& limits,
                                                   std::uint64_t seed, std::int64_t epoch) {
  std::vector<std::uint32_t> order(lengths.size());
  std::iota(order.begin(), order.end(), 0u);
  Rng rng(seed, kOrderStream + (static_cast<std::uint64_t>(epoch) << 40));
  rng.shuffle(std::span<std::uint32_t>(order));
  std::vector<std::vector<std::uint32_t>> batches;
  std::int64_t tokens = 0;
  for (const std::uint32_t row : order) {
    const bool full = batches.empty() || tokens + lengths[row] > limits.tokens ||
                      static_cast<std::int64_t>(batches.back().size()) >= limits.rows;
    if (full) {
      batches.emplace_back();
      tokens = 0;
    }
    batches.back().push_back(row);
    tokens += lengths[row];
  }
  return batches;
}

}  // namespace yupu::training
