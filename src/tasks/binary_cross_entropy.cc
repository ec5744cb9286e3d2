#include "tasks/binary_cross_entropy.h"

#include <algorithm>
#include <cmath>

#include "base/check.h"
#include "engine/ops/known_gradient/known_gradient.h"

namespace yupu::tasks {

double sigmoid(double z) { return z >= 0.0 ? 1.0 / (1.0 + std::exp(-z)) : std::exp(z) / (1.0 + std::exp(z)); }

engine::Var binary_cross_entropy(const engine::Var& logits, std::span<const double> targets, double weight) {
  const std::span<const float> z = logits.value().values();
  CHECK(z.size() == targets.size(), "a target for every logit");
  engine::Tensor gradient = logits.value().clone();
  double loss = 0.0;
  for (std::size_t i = 0; i < z.size(); ++i) {
    const auto x = static_cast<double>(z[i]);
    loss += std::max(x, 0.0) - x * targets[i] + std::log1p(std::exp(-std::fabs(x)));
    gradient.values()[i] = static_cast<float>(weight * (sigmoid(x) - targets[i]));
  }
  return engine::known_gradient(logits, gradient, static_cast<float>(weight * loss));
}

}  // namespace yupu::tasks
