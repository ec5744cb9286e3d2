#include "engine/ops/linear/linear.h"

#include "engine/testing/op_harness.h"

namespace yupu::engine {
namespace {

TEST(Linear, GradientsOfEveryActivation) {
  for (const Activation activation : {Activation::kNone, Activation::kGelu, Activation::kGeluTanh, Activation::kTanh}) {
    check_op([=](Tape&, const std::vector<Var>& in) { return linear(in[0], in[1], in[2], {.activation = activation}); },
             {random_tensor({5, 7}, 1), random_tensor({9, 7}, 2, 0.4), random_tensor({9}, 3)});
  }
}

TEST(Linear, LargerAgainstTheReference) {
  const Tensor x = random_tensor({37, 65}, 1);
  const Tensor w = random_tensor({50, 65}, 2, 0.2);
  const OpRun run =
      run_op([](Tape&, const std::vector<Var>& in) { return linear(in[0], in[1], Var(), {}); }, {x, w}, 2);
  const Tensor d = random_tensor({37, 50}, 77);
  std::vector<double> y(37 * 50), d_x(37 * 65), d_w(50 * 65);
  for (std::size_t r = 0; r < 37; ++r) {
    for (std::size_t o = 0; o < 50; ++o) {
      for (std::size_t i = 0; i < 65; ++i) {
        y[r * 50 + o] += static_cast<double>(x.values()[r * 65 + i]) * w.values()[o * 65 + i];
        d_x[r * 65 + i] += static_cast<double>(d.values()[r * 50 + o]) * w.values()[o * 65 + i];
        d_w[o * 65 + i] += static_cast<double>(d.values()[r * 50 + o]) * x.values()[r * 65 + i];
      }
    }
  }
  expect_near(run.output, y, "y");
  expect_near(run.gradients[0], d_x, "d_x");
  expect_near(run.gradients[1], d_w, "d_weight");
}

TEST(Linear, InferencePacksOnceAndAgainAfterAChange) {
  ExecutionContext context(2);
  Parameter weight("w", random_tensor({8, 6}, 1), true);
  const Tensor x = random_tensor({3, 6}, 2);
  const auto infer = [&](Tape::Mode mode) {
    Tape tape(context, mode);
    return linear(tape.constant(x), tape.leaf(weight), Var(), {.activation = Activation::kGelu}).value().clone();
  };
  EXPECT_TRUE(same_bits(infer(Tape::Mode::kInference), infer(Tape::Mode::kTraining)));
  const PackedWeight* first = &weight.packed(context);
  EXPECT_EQ(first, &weight.packed(context));
  weight.value.values()[0] += 1;
  weight.value_changed();
  EXPECT_TRUE(same_bits(infer(Tape::Mode::kInference), infer(Tape::Mode::kTraining)));
}

TEST(LinearDeath, ShapesAreChecked) {
  ExecutionContext context(1);
  Tape tape(context, Tape::Mode::kInference);
  const Var x = tape.constant(Tensor::zeros({2, 3}));
  EXPECT_DEATH((void)linear(x, tape.constant(Tensor::zeros({4, 5})), Var(), {}), "linear of x");
  EXPECT_DEATH((void)linear(x, tape.constant(Tensor::zeros({4, 3})), tape.constant(Tensor::zeros({3})), {}),
               "bias of linear");
}

}  // namespace
}  // namespace yupu::engine
