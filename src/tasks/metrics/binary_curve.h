// How well scores put the positive rows above the others, whatever the threshold.
//   AUROC              the probability that a positive row scores above a negative one, ties half (Mann, Whitney 1947)
//   average precision  sum over thresholds of (recall gained) * precision, one threshold per distinct score
// The same as scikit-learn's roc_auc_score and average_precision_score.   Threads: pure functions.
#pragma once

#include <cstdint>
#include <optional>
#include <span>

namespace yupu::tasks {

struct BinaryCurve {
  double auroc = 0.0;
  double average_precision = 0.0;
};

// `positive`: not 0 where the row is.  Nothing when all rows are of one kind.  REQUIRES: equally many of both.
std::optional<BinaryCurve> binary_curve(std::span<const double> scores, std::span<const std::uint8_t> positive);

}  // namespace yupu::tasks
