// The temperature of a calibration (calibration.h).
#include <algorithm>
#include <cmath>

#include "tasks/classify/calibration.h"

namespace yupu::tasks {
namespace {

struct Slope {
  double first = 0.0;   // derivative of the negative log-likelihood by beta = 1/T
  double second = 0.0;  // >= 0
};

Slope slope_at(std::span<const LabelledLogits> rows, double beta, double smoothing) {
  Slope slope;
  for (const LabelledLogits& row : rows) {
    if (!row.label) continue;
    std::vector<float> outputs = row.logits;
    if (row.background) outputs.push_back(*row.background);
    const std::vector<double> p = probabilities(outputs, 1.0 / beta);
    double mean = 0.0;
    double square = 0.0;
    double plain_mean = 0.0;
    for (std::size_t k = 0; k < p.size(); ++k) {
      const double z = outputs[k];
      plain_mean += z / static_cast<double>(p.size());
      mean += p[k] * z;
      square += p[k] * z * z;
    }
    const double truth = row.logits[static_cast<std::size_t>(*row.label)];
    slope.first += mean - (1.0 - smoothing) * truth - smoothing * plain_mean;
    slope.second += std::max(0.0, square - mean * mean);
  }
  return slope;
}

}  // namespace

std::vector<double> probabilities(std::span<const float> logits, double temperature, std::optional<float> background) {
  std::vector<double> p(logits.begin(), logits.end());
  if (background) p.push_back(*background);
  const double top = *std::max_element(p.begin(), p.end());
  double total = 0.0;
  for (double& value : p) {
    value = std::exp((value - top) / temperature);
    total += value;
  }
  for (double& value : p) value /= total;
  p.resize(logits.size());
  return p;
}

double fit_temperature(std::span<const LabelledLogits> rows) {
  const auto labelled =
      std::count_if(rows.begin(), rows.end(), [](const LabelledLogits& row) { return row.label.has_value(); });
  if (labelled == 0) return 1.0;
  const double smoothing = 1.0 / (static_cast<double>(labelled) + 2.0);
  double low = 1e-3;
  double high = 1e3;
  double beta = 1.0;
  constexpr int kStepsMax = 60;  // Newton needs about 10; where it leaves the bracket a step halves it (in log scale)
  for (int step = 0; step < kStepsMax; ++step) {
    const Slope slope = slope_at(rows, beta, smoothing);
    (slope.first > 0 ? high : low) = beta;
    double next = slope.second > 0 ? beta - slope.first / slope.second : 0.0;
    if (!(next > low && next < high)) next = std::sqrt(low * high);
    if (std::fabs(next - beta) <= 1e-12 * beta) break;
    beta = next;
  }
  return 1.0 / beta;
}

}  // namespace yupu::tasks
