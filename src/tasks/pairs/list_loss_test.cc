#include "tasks/pairs/list_loss.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include <gtest/gtest.h>

#include "engine/execution_context.h"

namespace yupu::tasks {
namespace {

using Sizes = std::vector<std::int64_t>;

// The loss of these logits, and its gradient into `slope`.
double loss_of(const std::vector<float>& z, std::int64_t outputs, const Sizes& sizes,
               std::optional<std::int32_t> positive, double smoothing, std::vector<float>* slope = nullptr) {
  engine::ExecutionContext context(1);
  engine::Tape tape(context, engine::Tape::Mode::kTraining);
  engine::Parameter logits("z", engine::Tensor::zeros({static_cast<std::int64_t>(z.size()) / outputs, outputs}), false);
  std::copy(z.begin(), z.end(), logits.value.values().begin());
  const engine::Var loss = list_cross_entropy(tape.leaf(logits), sizes, positive, smoothing);
  const double value = loss.value().item();
  if (slope != nullptr) {
    tape.backward(loss);
    slope->assign(logits.grad.values().begin(), logits.grad.values().end());
  }
  return value;
}

TEST(ListLoss, IsTheCrossEntropyOfTheFirstAmongItsList) {
  std::vector<float> slope;
  const double loss = loss_of({1.0f, 0.0f, -1.0f, 2.0f, 3.0f}, 1, {3, 2}, std::nullopt, 0.0, &slope);
  const double first = std::log(1.0 + std::exp(-1.0) + std::exp(-2.0));
  const double second = std::log(1.0 + std::exp(1.0));
  EXPECT_NEAR(loss, first + second, 1e-6);
  EXPECT_NEAR(slope[0], std::exp(-first) - 1.0, 1e-6);
  EXPECT_NEAR(slope[1], std::exp(-1.0 - first), 1e-6);
  EXPECT_NEAR(slope[3], std::exp(-second) - 1.0, 1e-6);
  EXPECT_NEAR(slope[0] + slope[1] + slope[2], 0.0, 1e-6);
  // What every candidate of a list has more of changes nothing, and large logits are no infinity.
  EXPECT_NEAR(loss_of({901.0f, 900.0f, 899.0f, 2.0f, 3.0f}, 1, {3, 2}, std::nullopt, 0.0), loss, 1e-4);
}

TEST(ListLoss, OfClassesReadsThePositiveLabelsLogOdds) {
  // Log-odds of label 1: 2 - 0 and 0.5 - 1, as a score would have them.
  EXPECT_NEAR(loss_of({0.0f, 2.0f, 1.0f, 0.5f}, 2, {2}, 1, 0.0), loss_of({2.0f, -0.5f}, 1, {2}, std::nullopt, 0.0),
              1e-6);
}

TEST(ListLoss, ItsGradientIsItsSlope) {
  const std::vector<float> z = {0.3f, -0.2f, 0.9f, 1.1f, 0.4f, -0.7f, 0.0f, 0.8f, -1.2f, 0.5f, 0.6f, 0.1f};
  std::vector<float> slope;
  loss_of(z, 3, {3, 1}, 1, 0.1, &slope);
  constexpr float kStep = 1e-2f;
  for (std::size_t i = 0; i < z.size(); ++i) {
    std::vector<float> up = z, down = z;
    up[i] += kStep;
    down[i] -= kStep;
    const double measured = (loss_of(up, 3, {3, 1}, 1, 0.1) - loss_of(down, 3, {3, 1}, 1, 0.1)) / (2.0 * kStep);
    EXPECT_NEAR(slope[i], measured, 1e-3) << i;
  }
}

}  // namespace
}  // namespace yupu::tasks
