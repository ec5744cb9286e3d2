// How two columns of numbers move together.
//   Pearson   covariance over the product of the standard deviations
//   Spearman  Pearson of the ranks; equal numbers share the mean of their ranks
// The same as scipy.stats.pearsonr and spearmanr.   Threads: pure functions.
#pragma once

#include <optional>
#include <span>
#include <vector>

namespace yupu::tasks {

// Nothing where it is not defined: fewer than two rows, or a column of one value.  REQUIRES: equally many of both.
std::optional<double> pearson(std::span<const double> x, std::span<const double> y);
std::optional<double> spearman(std::span<const double> x, std::span<const double> y);

// From 1; ties share the mean of theirs.
std::vector<double> average_ranks(std::span<const double> values);

}  // namespace yupu::tasks
