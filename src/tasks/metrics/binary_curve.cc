#include "tasks/metrics/binary_curve.h"

#include <algorithm>
#include <numeric>
#include <vector>

#include "base/check.h"

namespace yupu::tasks {

std::optional<BinaryCurve> binary_curve(std::span<const double> scores, std::span<const std::uint8_t> positive) {
  CHECK(scores.size() == positive.size(), "a score for every row");
  const auto positives =
      static_cast<double>(std::count_if(positive.begin(), positive.end(), [](std::uint8_t p) { return p != 0; }));
  const double negatives = static_cast<double>(positive.size()) - positives;
  if (positives == 0.0 || negatives == 0.0) return std::nullopt;
  std::vector<std::size_t> order(scores.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return scores[a] > scores[b]; });
  BinaryCurve curve;
  double hits = 0.0, misses = 0.0, area = 0.0;
  for (std::size_t begin = 0; begin < order.size();) {
    double new_hits = 0.0, new_misses = 0.0;
    std::size_t end = begin;
    for (; end < order.size() && scores[order[end]] == scores[order[begin]]; ++end)
      (positive[order[end]] != 0 ? new_hits : new_misses) += 1.0;
    area += new_misses * (hits + new_hits / 2.0);  // pairs of a negative here with the positives above it
    hits += new_hits;
    misses += new_misses;
    curve.average_precision += new_hits / positives * (hits / (hits + misses));
    begin = end;
  }
  curve.auroc = area / (positives * negatives);
  return curve;
}

}  // namespace yupu::tasks
