#include "training/tune/parzen.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <numeric>

namespace yupu::training::tune {
namespace {

constexpr std::size_t kFlatWeights = 25;
constexpr double kClipKernels = 100.0;

// ln of the normal distribution function.  erfc keeps its relative accuracy down to about -37; beyond, the first terms
// of the asymptotic series (Abramowitz and Stegun 26.2.12) are exact to double precision.
double log_normal_cdf(double x) {
  constexpr double kSeriesBelow = -30.0;
  if (x > kSeriesBelow) return std::log(0.5 * std::erfc(-x / std::numbers::sqrt2));
  const double square = 1.0 / (x * x);
  const double series = 1.0 - square * (1.0 - 3.0 * square * (1.0 - 5.0 * square * (1.0 - 7.0 * square)));
  return -0.5 * x * x - std::log(-x) - 0.5 * std::log(2.0 * std::numbers::pi) + std::log(series);
}

// ln(exp(high) - exp(low)); REQUIRES: low <= high.
double log_difference(double high, double low) {
  const double gap = low - high;
  return high + (gap > -std::numbers::ln2 ? std::log(-std::expm1(gap)) : std::log1p(-std::exp(gap)));
}

double log_sum(std::span<const double> logs) {
  const double top = *std::max_element(logs.begin(), logs.end());
  if (!std::isfinite(top)) return top;
  double sum = 0.0;
  for (const double value : logs) sum += std::exp(value - top);
  return top + std::log(sum);
}

}  // namespace

std::vector<double> observation_weights(std::size_t n) {
  std::vector<double> weights(n, 1.0);
  if (n <= kFlatWeights) return weights;
  const std::size_t ramp = n - kFlatWeights;
  const double first = 1.0 / static_cast<double>(n);
  for (std::size_t i = 0; i < ramp; ++i) {
    const double share = ramp > 1 ? static_cast<double>(i) / static_cast<double>(ramp - 1) : 0.0;
    weights[i] = first + share * (1.0 - first);
  }
  return weights;
}

double log_normal_mass(double a, double b) {
  if (b <= 0.0) return log_difference(log_normal_cdf(b), log_normal_cdf(a));
  if (a > 0.0) return log_difference(log_normal_cdf(-a), log_normal_cdf(-b));
  const double outside =
      0.5 * std::erfc(-a / std::numbers::sqrt2) + 0.5 * std::erfc(b / std::numbers::sqrt2);  // both tails
  return std::log1p(-outside);
}

ParzenEstimator::ParzenEstimator(Space space, std::span<const Point> observations)
    : space_(std::move(space)), weights_(observation_weights(observations.size())) {
  weights_.push_back(1.0);
  const double total = std::accumulate(weights_.begin(), weights_.end(), 0.0);
  for (double& weight : weights_) weight /= total;
  for (std::size_t j = 0; j < space_.size(); ++j) {
    std::vector<double> observed;
    for (const Point& point : observations) observed.push_back(point[j]);
    kernels_.push_back(space_[j].kind == Kind::kCategorical ? choice_kernels(space_[j], observed)
                                                            : numeric_kernels(space_[j], std::move(observed)));
  }
}

ParzenEstimator::Kernels ParzenEstimator::numeric_kernels(const Parameter& parameter,
                                                          std::vector<double> observed) const {
  const Interval interval = interval_of(parameter);
  const std::size_t n = observed.size();
  for (double& value : observed) value = to_interval(parameter, value);
  std::vector<std::size_t> order(n);
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return observed[a] < observed[b]; });
  const double least = interval.width() / std::min(kClipKernels, static_cast<double>(n) + 2.0);
  Kernels kernels;
  kernels.sigma.resize(n);
  for (std::size_t i = 0; i < n; ++i) {
    const double here = observed[order[i]];
    const bool only = n == 1;
    const double left = i > 0 ? here - observed[order[i - 1]] : only ? here - interval.low : 0.0;
    const double right = i + 1 < n ? observed[order[i + 1]] - here : only ? interval.high - here : 0.0;
    kernels.sigma[order[i]] = std::clamp(std::max(left, right), least, interval.width());
  }
  kernels.mean = std::move(observed);
  kernels.mean.push_back(0.5 * (interval.low + interval.high));
  kernels.sigma.push_back(interval.width());
  for (std::size_t k = 0; k <= n; ++k) {
    kernels.log_mass.push_back(log_normal_mass((interval.low - kernels.mean[k]) / kernels.sigma[k],
                                               (interval.high - kernels.mean[k]) / kernels.sigma[k]));
  }
  return kernels;
}

ParzenEstimator::Kernels ParzenEstimator::choice_kernels(const Parameter& parameter,
                                                         const std::vector<double>& observed) const {
  const std::size_t choices = parameter.choices.size();
  const double everywhere = 1.0 / static_cast<double>(observed.size() + 1);
  Kernels kernels;
  for (std::size_t k = 0; k <= observed.size(); ++k) {
    std::vector<double> row(choices, everywhere);
    double total = everywhere * static_cast<double>(choices);
    if (k < observed.size()) {
      row[static_cast<std::size_t>(observed[k])] += 1.0;
      total += 1.0;
    }
    for (double& value : row) value /= total;
    kernels.probability.push_back(std::move(row));
  }
  return kernels;
}

double ParzenEstimator::log_kernel(const Parameter& parameter, const Kernels& kernels, std::size_t k,
                                   double coordinate) const {
  if (parameter.kind == Kind::kCategorical)
    return std::log(kernels.probability[k][static_cast<std::size_t>(coordinate)]);
  const double mean = kernels.mean[k];
  const double sigma = kernels.sigma[k];
  if (parameter.step > 0.0) {
    const double left = to_interval(parameter, coordinate - parameter.step / 2.0);
    const double right = to_interval(parameter, coordinate + parameter.step / 2.0);
    return log_normal_mass((left - mean) / sigma, (right - mean) / sigma) - kernels.log_mass[k];
  }
  const double z = (to_interval(parameter, coordinate) - mean) / sigma;
  return -0.5 * z * z - 0.5 * std::log(2.0 * std::numbers::pi) - std::log(sigma) - kernels.log_mass[k];
}

double ParzenEstimator::log_density(const Point& point) const {
  std::vector<double> logs;
  for (std::size_t k = 0; k < weights_.size(); ++k) {
    double log_product = std::log(weights_[k]);
    for (std::size_t j = 0; j < space_.size(); ++j) log_product += log_kernel(space_[j], kernels_[j], k, point[j]);
    logs.push_back(log_product);
  }
  return log_sum(logs);
}

Point ParzenEstimator::sample(Rng& rng) const {
  const auto draw = [&rng](std::span<const double> weights) {
    double left = rng.uniform();
    for (std::size_t i = 0; i + 1 < weights.size(); ++i) {
      if (left < weights[i]) return i;
      left -= weights[i];
    }
    return weights.size() - 1;
  };
  const std::size_t k = draw(weights_);
  Point point;
  for (std::size_t j = 0; j < space_.size(); ++j) {
    if (space_[j].kind == Kind::kCategorical) {
      point.push_back(static_cast<double>(draw(kernels_[j].probability[k])));
      continue;
    }
    // The mean lies in the interval and sigma is at most its width, so that a third of the draws or more are inside.
    const Interval interval = interval_of(space_[j]);
    double at = kernels_[j].mean[k] + kernels_[j].sigma[k] * rng.normal();
    while (at < interval.low || at > interval.high) at = kernels_[j].mean[k] + kernels_[j].sigma[k] * rng.normal();
    point.push_back(from_interval(space_[j], at));
  }
  return point;
}

}  // namespace yupu::training::tune
