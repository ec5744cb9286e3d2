// For comparison only: how others judge a series of counts, rebuilt from their papers and sources. Each gives the score
// of every bucket of [begin, end) from the counts up to that bucket; an alarm is a score at or above a threshold.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <numbers>
#include <span>
#include <vector>

namespace yupu::monitor::testing {

inline constexpr std::size_t kBucketsPerDay = 288;

inline double median_of(std::vector<double> values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

inline double mad_of(std::vector<double> values, double center) {
  for (double& value : values) value = std::fabs(value - center);
  return 1.4826 * median_of(std::move(values));
}

// 15-minute sums against those of the same time of day, an hour around it, over the last 7 days: distance from the
// median of sqrt in MADs (at least the 1/2 of a Poisson count).
inline std::vector<double> z_scores(std::span<const std::int64_t> counts, std::size_t begin, std::size_t end) {
  const auto root = [&](std::size_t last) {
    return std::sqrt(static_cast<double>(counts[last] + counts[last - 1] + counts[last - 2]));
  };
  std::vector<double> scores;
  for (std::size_t at = begin; at < end; ++at) {
    std::vector<double> references;
    for (std::size_t day = 1; day <= 7 && day * kBucketsPerDay + 8 < at; ++day) {
      for (const std::size_t back : {0, 3, 6}) references.push_back(root(at - day * kBucketsPerDay - back));
      for (const std::size_t on : {3, 6}) references.push_back(root(at - day * kBucketsPerDay + on));
    }
    if (references.empty()) {
      scores.push_back(0);
      continue;
    }
    const double center = median_of(references);
    scores.push_back((root(at) - center) / std::max(0.5, mad_of(references, center)));
  }
  return scores;
}

// Windowed Gaussian, as the detector of that name of the Numenta Anomaly Benchmark (Lavin, Ahmad 2015,
// arXiv:1510.03336): the tail of a normal distribution with the mean and deviation of a window of 6400 values that
// slides by 100. The score is -log10 of the upper tail.
inline std::vector<double> windowed_gaussian(std::span<const std::int64_t> counts, std::size_t begin, std::size_t end) {
  constexpr std::size_t kWindow = 6400;
  constexpr std::size_t kStep = 100;
  std::vector<double> scores;
  for (std::size_t at = begin; at < end; ++at) {
    std::size_t first = 0;
    std::size_t last = at;  // the window is [first, last)
    if (at > kWindow) {
      const std::size_t steps = (at - kWindow) / kStep;
      first = steps * kStep;
      last = first + kWindow;
    }
    double sum = 0;
    double squares = 0;
    for (std::size_t i = first; i < last; ++i) {
      const auto value = static_cast<double>(counts[i]);
      sum += value;
      squares += value * value;
    }
    const auto count = static_cast<double>(std::max<std::size_t>(1, last - first));
    const double mean = sum / count;
    const double deviation = std::sqrt(std::max(1e-12, squares / count - mean * mean));
    const double z = (static_cast<double>(counts[at]) - mean) / deviation;
    const double tail = std::erfc(z / std::numbers::sqrt2) / 2;
    scores.push_back(-std::log10(std::max(tail, 1e-300)));
  }
  return scores;
}

// Seasonal hybrid ESD (Hochenbaum, Vallis, Kejariwal 2017, arXiv:1704.07706, section 4.3) on the last 7 days, asked for
// the newest bucket in the positive direction: seasonal part and median off, then the generalised ESD statistic with
// median and MAD after the buckets that are further out have been removed, over its critical value at alpha 0.001. 1 is
// the test's own threshold. Two departures: the seasonal part is the median of each time of day instead of STL's
// smoother, and a newest bucket beyond the 2% most extreme scores 0.
inline std::vector<double> seasonal_hybrid_esd(std::span<const std::int64_t> counts, std::size_t begin,
                                               std::size_t end) {
  constexpr std::size_t kDays = 7;
  constexpr std::size_t kSize = kDays * kBucketsPerDay;
  constexpr double kZ = 4.89;  // normal quantile at 1 - 0.001 / kSize; Student's t with 2000 degrees is within 0.3%
  std::vector<double> scores;
  for (std::size_t at = begin; at < end; ++at) {
    if (at + 1 < kSize) {
      scores.push_back(0);
      continue;
    }
    const std::size_t first = at + 1 - kSize;
    std::vector<double> rest(kSize);
    for (std::size_t slot = 0; slot < kBucketsPerDay; ++slot) {
      std::vector<double> days(kDays);
      for (std::size_t day = 0; day < kDays; ++day)
        days[day] = static_cast<double>(counts[first + day * kBucketsPerDay + slot]);
      const double seasonal = median_of(days);
      for (std::size_t day = 0; day < kDays; ++day) rest[day * kBucketsPerDay + slot] = days[day] - seasonal;
    }
    const double newest = rest.back();
    const auto further = std::partition(rest.begin(), rest.end(), [&](double value) { return value <= newest; });
    const auto removed = static_cast<std::size_t>(rest.end() - further);
    if (removed > kSize / 50) {
      scores.push_back(0);
      continue;
    }
    rest.erase(further, rest.end());
    const double center = median_of(rest);
    const double spread = mad_of(rest, center);
    const auto size = static_cast<double>(rest.size());
    const double critical = (size - 1) * kZ / std::sqrt((size - 2 + kZ * kZ) * size);
    scores.push_back(spread > 0 ? (newest - center) / spread / critical : 0);
  }
  return scores;
}

}  // namespace yupu::monitor::testing
