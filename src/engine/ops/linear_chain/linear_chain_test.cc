#include "engine/ops/linear_chain/linear_chain.h"

#include <cmath>
#include <vector>

#include "engine/testing/exact_gradients.h"

namespace yupu::engine {
namespace {

using reference::Matrix;

constexpr std::int32_t kCuRows[] = {0, 1, 5, 8};
constexpr std::int32_t kLabels[] = {2, 0, 1, 1, 2, 0, 0, 1};
constexpr std::int64_t kTags = 3;

Var loss_of(Tape&, const std::vector<Var>& in) {
  return linear_chain_loss(in[0], {.between = in[1], .start = in[2], .end = in[3]}, kCuRows, kLabels);
}

double score(const std::vector<Matrix>& in, std::size_t first, const std::vector<std::size_t>& path) {
  double sum = in[2].at(0, path.front()) + in[3].at(0, path.back());
  for (std::size_t t = 0; t < path.size(); ++t) {
    sum += in[0].at(first + t, path[t]);
    if (t > 0) sum += in[1].at(path[t - 1], path[t]);
  }
  return sum;
}

// Every sequence written out: 3^T of them.
Matrix by_enumeration(const std::vector<Matrix>& in) {
  Matrix loss(1, 1);
  for (std::size_t s = 0; s + 1 < std::size(kCuRows); ++s) {
    const auto first = static_cast<std::size_t>(kCuRows[s]);
    const auto length = static_cast<std::size_t>(kCuRows[s + 1]) - first;
    std::size_t count = 1;
    for (std::size_t t = 0; t < length; ++t) count *= kTags;
    double sum = 0;
    for (std::size_t code = 0; code < count; ++code) {
      std::vector<std::size_t> path;
      for (std::size_t t = 0, rest = code; t < length; ++t, rest /= kTags) path.push_back(rest % kTags);
      sum += std::exp(score(in, first, path));
    }
    std::vector<std::size_t> right;
    for (std::size_t t = 0; t < length; ++t) right.push_back(static_cast<std::size_t>(kLabels[first + t]));
    loss.at(0, 0) += std::log(sum) - score(in, first, right);
  }
  return loss;
}

std::vector<Tensor> some_inputs(double spread) {
  return {random_tensor({8, kTags}, 1, spread), random_tensor({kTags, kTags}, 2, spread),
          random_tensor({kTags}, 3, spread), random_tensor({kTags}, 4, spread)};
}

TEST(LinearChain, LossAndGradientsAreThoseOfEveryPathWrittenOut) {
  check_exact_gradients("linear chain", loss_of, by_enumeration, some_inputs(1.0));
  check_exact_gradients("linear chain, far apart", loss_of, by_enumeration, some_inputs(6.0));
}

TEST(LinearChain, ThreadsAndRepeatsChangeNothing) { check_invariants(loss_of, some_inputs(1.0)); }

TEST(LinearChain, LongAndExtremeScoresStayNumbers) {
  constexpr std::int64_t kLength = 2000;
  ExecutionContext context(2);
  Tape tape(context, Tape::Mode::kTraining);
  const Var x = tape.input(random_tensor({kLength, kTags}, 5, 200.0));
  Tensor steps = Tensor::zeros({kTags, kTags});
  steps.f32()[1] = -1e4f;  // 0 -> 1 is forbidden
  const Var between = tape.input(steps);
  const Var zeros = tape.constant(Tensor::zeros({kTags}));
  const std::vector<std::int32_t> labels(kLength, 2);
  const std::int32_t cu_rows[] = {0, kLength};
  const Var loss = linear_chain_loss(x, {.between = between, .start = zeros, .end = zeros}, cu_rows, labels);
  EXPECT_TRUE(std::isfinite(loss.value().item()));
  EXPECT_GT(loss.value().item(), 0.0f);
  tape.backward(loss);
  EXPECT_EQ(between.grad().f32()[1], 0.0f);  // a forbidden step is never expected
  for (const float value : x.grad().values()) ASSERT_TRUE(std::isfinite(value));
}

// Without steps the chain is one softmax a row.
TEST(LinearChain, WithoutStepsItIsCrossEntropy) {
  ExecutionContext context(1);
  Tape tape(context, Tape::Mode::kTraining);
  const std::vector<Tensor> in = some_inputs(1.0);
  const Var zero = tape.constant(Tensor::zeros({kTags}));
  const LinearChain none{.between = tape.constant(Tensor::zeros({kTags, kTags})), .start = zero, .end = zero};
  const Var loss = linear_chain_loss(tape.input(in[0]), none, kCuRows, kLabels);
  double expected = 0;
  for (std::size_t r = 0; r < std::size(kLabels); ++r) {
    double sum = 0;
    for (std::int64_t k = 0; k < kTags; ++k)
      sum += std::exp(double{in[0].f32()[static_cast<std::int64_t>(r) * kTags + k]});
    expected += std::log(sum) - double{in[0].f32()[static_cast<std::int64_t>(r) * kTags + kLabels[r]]};
  }
  EXPECT_NEAR(loss.value().item(), expected, 1e-5 * expected);
}

}  // namespace
}  // namespace yupu::engine
