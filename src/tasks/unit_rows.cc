#include "tasks/unit_rows.h"

#include <algorithm>
#include <cmath>

namespace yupu::tasks {

double dot(std::span<const double> a, std::span<const double> b) {
  double sum = 0;
  for (std::size_t c = 0; c < a.size(); ++c) sum += a[c] * b[c];
  return sum;
}

void add_scaled(std::span<double> to, double factor, std::span<const double> from) {
  for (std::size_t c = 0; c < to.size(); ++c) to[c] += factor * from[c];
}

// Eight sums side by side: one after the other they would wait for each other.
void dot_rows(std::span<const float> x, std::span<const float> rows, std::span<float> out) {
  constexpr std::size_t kLanes = 8;
  const std::size_t whole = x.size() / kLanes * kLanes;
  for (std::size_t i = 0; i < out.size(); ++i) {
    const float* row = rows.data() + i * x.size();
    float sums[kLanes] = {};
    for (std::size_t c = 0; c < whole; c += kLanes) {
      for (std::size_t lane = 0; lane < kLanes; ++lane) sums[lane] += x[c + lane] * row[c + lane];
    }
    float sum = 0.0f;
    for (std::size_t c = whole; c < x.size(); ++c) sum += x[c] * row[c];
    for (const float lane : sums) sum += lane;
    out[i] = sum;
  }
}

UnitRows::UnitRows(std::span<const double> values, std::size_t width)
    : width_(width), values_(values.begin(), values.end()) {
  constexpr double kLeast = 1e-12;  // of a length, as the reference library has it
  for (std::size_t i = 0; i < values_.size() / width_; ++i) {
    lengths_.push_back(std::max(kLeast, std::sqrt(dot(row(i), row(i)))));
    for (std::size_t c = 0; c < width_; ++c) values_[i * width_ + c] /= lengths_[i];
  }
}

void UnitRows::back(std::span<double> gradient) const {
  for (std::size_t i = 0; i < rows(); ++i) {
    const auto d = gradient.subspan(i * width_, width_);
    add_scaled(d, -dot(d, row(i)), row(i));
    for (double& value : d) value /= lengths_[i];
  }
}

}  // namespace yupu::tasks
