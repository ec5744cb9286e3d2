#include "engine/ops/activation/activation.h"

#include <cmath>
#include <numbers>

#include "engine/testing/op_harness.h"

namespace yupu::engine {
namespace {

double reference(Activation activation, double x) {
  switch (activation) {
    case Activation::kNone:
      return x;
    case Activation::kGelu:
      return 0.5 * x * std::erfc(-x / std::numbers::sqrt2);
    case Activation::kGeluTanh:
      return 0.5 * x * (1 + std::tanh(std::sqrt(2 / std::numbers::pi) * (x + 0.044715 * x * x * x)));
    case Activation::kTanh:
      return std::tanh(x);
    case Activation::kRelu:
      return std::max(0.0, x);
  }
  return 0;
}

constexpr Activation kAll[] = {Activation::kNone, Activation::kGelu, Activation::kGeluTanh, Activation::kTanh,
                               Activation::kRelu};

TEST(Activation, WithinAMillionthOfTheReference) {
  ExecutionContext context(2);
  Tape tape(context, Tape::Mode::kInference);
  std::vector<float> points;
  for (int i = 0; i <= 17519; ++i) points.push_back(-12.0f + 0.00137f * static_cast<float>(i));
  for (const float x : {0.0f, -0.0f, 1e-30f, -1e-30f, 40.0f, -40.0f, 1e4f, -1e4f}) points.push_back(x);
  const Var x = tape.constant(Tensor::from({static_cast<std::int64_t>(points.size())}, points));
  for (const Activation activation : kAll) {
    const Var y = activate(x, activation);
    for (std::size_t i = 0; i < points.size(); ++i) {
      const double expected = reference(activation, points[i]);
      ASSERT_NEAR(y.value().values()[i], expected, 1e-6 * std::max(1.0, std::fabs(expected)))
          << "activation " << static_cast<int>(activation) << " of " << points[i];
    }
  }
}

TEST(Activation, Gradients) {
  Tensor x = random_tensor({3, 13}, 5);
  for (float& value : x.values()) value += value > 0 ? 0.05f : -0.05f;  // away from the kink of relu
  for (const Activation activation : kAll) {
    check_op([=](Tape&, const std::vector<Var>& in) { return activate(in[0], activation); }, {x});
  }
}

}  // namespace
}  // namespace yupu::engine
