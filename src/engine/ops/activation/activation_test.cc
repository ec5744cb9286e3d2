#include "engine/ops/activation/activation.h"

#include <cmath>

#include "engine/testing/op_harness.h"
#include "engine/testing/reference.h"

namespace yupu::engine {
namespace {

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
      const double expected = reference::activate(activation, points[i]);
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
