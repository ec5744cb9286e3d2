#include "training/batch_share.h"

#include <algorithm>
#include <numeric>

namespace yupu::training {
namespace {

// assigned[i]: the rank of the i-th row of the update.
std::vector<int> assign(std::span<const std::uint32_t> rows, std::span<const std::int64_t> lengths, int ranks) {
  std::vector<std::size_t> order(rows.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return lengths[rows[a]] > lengths[rows[b]]; });
  std::vector<std::int64_t> tokens(static_cast<std::size_t>(ranks), 0);
  std::vector<int> assigned(rows.size());
  for (const std::size_t i : order) {
    const auto least = std::min_element(tokens.begin(), tokens.end());
    *least += lengths[rows[i]];
    assigned[i] = static_cast<int>(least - tokens.begin());
  }
  return assigned;
}

}  // namespace

std::vector<std::vector<std::uint32_t>> share_of(std::span<const std::vector<std::uint32_t>> update,
                                                 std::span<const std::int64_t> lengths, const BatchLimits& limits,
                                                 RankOf who) {
  if (who.size == 1) return {update.begin(), update.end()};
  std::vector<std::uint32_t> rows;
  for (const auto& batch : update) rows.insert(rows.end(), batch.begin(), batch.end());
  const std::vector<int> assigned = assign(rows, lengths, who.size);
  BatchCutter cutter(limits);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (assigned[i] == who.rank) cutter.append(rows[i], lengths[rows[i]]);
  }
  return std::move(cutter).batches();
}

}  // namespace yupu::training
