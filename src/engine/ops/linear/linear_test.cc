#include "engine/ops/linear/linear.h"

#include <cmath>
#include <cstring>

#include "engine/device/cpu/bf16_kernel.h"
#include "engine/device/cpu/int8_gemm.h"
#include "engine/ops/cross_entropy/cross_entropy.h"
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

TEST(Linear, AWeightUsedOnceIsNotPackedAndGivesTheSameBits) {
  for (const std::int64_t rows : {1, 2, 17, 400}) {
    ExecutionContext context(2);
    const Parameter weight("w", random_tensor({70, 900}, 1), true);
    const Parameter bias("b", random_tensor({70}, 2), false);
    const Tensor x = random_tensor({rows, 900}, 3);
    const auto infer = [&] {
      Tape tape(context, Tape::Mode::kInference);
      return linear(tape.constant(x), tape.leaf(weight), tape.leaf(bias), {.activation = Activation::kGelu})
          .value()
          .clone();
    };
    const Tensor as_it_lies = infer();
    EXPECT_TRUE(same_bits(as_it_lies, infer())) << rows;
    EXPECT_EQ(weight.packed_if_reused(context), &weight.packed(context));
    const Parameter fresh("w", weight.value, true);
    EXPECT_EQ(fresh.packed_if_reused(context), nullptr);
    EXPECT_NE(fresh.packed_if_reused(context), nullptr);
    ExecutionContext server(2);
    server.set_packs_at_once(true);
    EXPECT_NE(Parameter("w", weight.value, true).packed_if_reused(server), nullptr);
  }
}

// In bf16 a weight that does not learn is packed once for both products; the bits are those of one that learns.
TEST(Linear, AFrozenWeightGivesTheBitsOfOneThatLearns) {
  for (const Precision precision : {Precision::kF32, Precision::kBf16}) {
    ExecutionContext context(2, precision);
    const std::vector<std::int32_t> labels(33, 5);
    for (const LinearOptions& options : {LinearOptions{.activation = Activation::kGelu},
                                         LinearOptions{.activation = Activation::kGelu, .rows = {{7, 39}}}}) {
      Parameter weight("w", random_tensor({40, 130}, 1), true);
      const Tensor x = random_tensor({33, 130}, 2);
      const auto run = [&](bool learns) {
        weight.trainable = learns;
        Tape tape(context, Tape::Mode::kTraining);
        const Var in = tape.input(x);
        const Var y = linear(in, tape.leaf(weight), Var{}, options);
        tape.backward(cross_entropy(y, labels));
        return std::pair(y.value().clone(), in.grad().clone());
      };
      const auto [y, d_x] = run(true);
      for (int use = 0; use < 3; ++use) {
        const auto [frozen_y, frozen_d_x] = run(false);
        EXPECT_TRUE(same_bits(frozen_y, y)) << precision_name(precision) << " use " << use;
        EXPECT_TRUE(same_bits(frozen_d_x, d_x)) << precision_name(precision) << " use " << use;
      }
      if (precision == Precision::kF32) {  // not used so far
        EXPECT_EQ(weight.packed_if_reused(context, options.rows, WeightUse::kBackward), nullptr);
      }
    }
  }
}

TEST(Linear, RowsOfAWeightAreALayerOfTheirOwn) {
  const Tensor x = random_tensor({5, 12}, 1);
  const Tensor weight = random_tensor({40, 12}, 2);
  const Tensor bias = random_tensor({40}, 3);
  const LinearOptions options{.activation = Activation::kGelu, .rows = {{7, 39}}};
  const OpUnderTest part = [&](Tape&, const std::vector<Var>& in) { return linear(in[0], in[1], in[2], options); };
  check_op(part, {x, weight, bias});
  const OpRun run = run_op(part, {x, weight, bias}, 2);
  const OpRun alone = run_op(
      [&](Tape&, const std::vector<Var>& in) { return linear(in[0], in[1], in[2], {.activation = Activation::kGelu}); },
      {x, weight.rows(7, 39), bias.rows(7, 39)}, 2);
  EXPECT_TRUE(same_bits(run.output, alone.output));
  EXPECT_TRUE(same_bits(run.gradients[1].rows(7, 39), alone.gradients[1]));
  for (const float value : run.gradients[1].rows(0, 7).values()) EXPECT_EQ(value, 0.0f);
  for (const float value : run.gradients[1].rows(39, 40).values()) EXPECT_EQ(value, 0.0f);
  EXPECT_EQ(run.gradients[2].values()[39], 0.0f);

  // Two parts of one Parameter, packed apart.
  ExecutionContext context(2);
  const Parameter parameter("w", weight, true);
  for (int pass = 0; pass < 3; ++pass) {
    Tape tape(context, Tape::Mode::kInference);
    const Var w = tape.leaf(parameter);
    const Tensor whole = linear(tape.constant(x), w, Var()).value();
    const Tensor first = linear(tape.constant(x), w, Var(), {.rows = {{0, 7}}}).value();
    const Tensor second = linear(tape.constant(x), w, Var(), {.rows = {{7, 40}}}).value();
    for (std::int64_t row = 0; row < 5; ++row) {
      EXPECT_EQ(std::memcmp(whole.f32() + row * 40, first.f32() + row * 7, 7 * sizeof(float)), 0) << pass;
      EXPECT_EQ(std::memcmp(whole.f32() + row * 40 + 7, second.f32() + row * 33, 33 * sizeof(float)), 0) << pass;
    }
  }
}

double cosine(const Tensor& a, const Tensor& b) {
  double product = 0, square_a = 0, square_b = 0;
  for (std::size_t i = 0; i < a.values().size(); ++i) {
    product += static_cast<double>(a.values()[i]) * b.values()[i];
    square_a += static_cast<double>(a.values()[i]) * a.values()[i];
    square_b += static_cast<double>(b.values()[i]) * b.values()[i];
  }
  return product / std::sqrt(square_a * square_b);
}

// Result and gradients of a trained layer with an activation.
OpRun train_once(Precision precision, int threads) {
  ExecutionContext context(threads, precision);
  Tape tape(context, Tape::Mode::kTraining);
  const std::vector<Var> in = {tape.input(random_tensor({37, 65}, 1)), tape.input(random_tensor({50, 65}, 2, 0.2)),
                               tape.input(random_tensor({50}, 3))};
  const Var y = linear(in[0], in[1], in[2], {.activation = Activation::kGelu});
  OpRun run;
  run.output = y.value().clone();
  tape.backward_from(y, random_tensor({37, 50}, 77));
  for (const Var& var : in) run.gradients.push_back(var.grad().clone());
  return run;
}

TEST(Linear, InBf16EveryProductIsCloseAndNoneIsF32) {
  const OpRun f32 = train_once(Precision::kF32, 1);
  for (const Bf16Path& path : bf16_paths()) {
    if (!path.supported()) continue;
    const ForcedBf16Path forced(path);
    const OpRun bf16 = train_once(Precision::kBf16, 1);
    const OpRun threads = train_once(Precision::kBf16, 3);
    EXPECT_GT(cosine(bf16.output, f32.output), 0.9999);
    EXPECT_LT(cosine(bf16.output, f32.output), 1 - 1e-9);  // rounded it was
    EXPECT_TRUE(same_bits(bf16.output, threads.output));
    for (std::size_t i = 0; i < 3; ++i) {
      EXPECT_GT(cosine(bf16.gradients[i], f32.gradients[i]), 0.9999) << i;
      EXPECT_FALSE(same_bits(bf16.gradients[i], f32.gradients[i])) << i;
      EXPECT_TRUE(same_bits(bf16.gradients[i], threads.gradients[i])) << i;
    }
  }
}

TEST(Linear, InBf16InferencePacksOnceAndGivesTheBitsOfTraining) {
  ExecutionContext context(2, Precision::kBf16);
  ExecutionContext exact(2);
  Parameter weight("w", random_tensor({8, 7}, 1), true);
  const Tensor x = random_tensor({3, 7}, 2);
  const auto infer = [&](ExecutionContext& in, Tape::Mode mode) {
    Tape tape(in, mode);
    return linear(tape.constant(x), tape.leaf(weight), Var(), {.activation = Activation::kGelu}).value().clone();
  };
  EXPECT_TRUE(same_bits(infer(context, Tape::Mode::kInference), infer(context, Tape::Mode::kTraining)));
  EXPECT_EQ(&weight.packed_bf16(context), &weight.packed_bf16(context));
  // The packings of both precisions live side by side, and both follow the value.
  const Tensor before = infer(exact, Tape::Mode::kInference);
  weight.value.values()[0] += 1;
  weight.value_changed();
  EXPECT_TRUE(same_bits(infer(context, Tape::Mode::kInference), infer(context, Tape::Mode::kTraining)));
  EXPECT_TRUE(same_bits(infer(exact, Tape::Mode::kInference), infer(exact, Tape::Mode::kTraining)));
  EXPECT_FALSE(same_bits(infer(exact, Tape::Mode::kInference), before));
}

TEST(Precision, Bf16IsUsedOnlyWhereTheHardwareHasIt) {
  EXPECT_EQ(supported_precision(Precision::kF32), Precision::kF32);
  EXPECT_EQ(supported_precision(Precision::kBf16), bf16_path().in_hardware ? Precision::kBf16 : Precision::kF32);
  const ForcedBf16Path forced(bf16_paths().back());
  EXPECT_EQ(supported_precision(Precision::kBf16), Precision::kF32);
  EXPECT_EQ(precision_name(Precision::kBf16), "bf16");
  EXPECT_EQ(precision_name(Precision::kF32), "fp32");
}

TEST(Linear, AQuantisedParameterRunsInIntegers) {
  ExecutionContext context(2);
  const Tensor w = random_tensor({70, 90}, 1, 0.1);
  const Tensor bias = random_tensor({70}, 2);
  const Tensor x = random_tensor({9, 90}, 3);
  Parameter quantised("w", Tensor::empty({70, 90}, DType::kI8), true);
  quantised.scale = Tensor::empty({70});
  for (std::int64_t o = 0; o < 70; ++o) {
    quantised.scale.f32()[o] = quantise_channel(w.f32() + o * 90, 90, quantised.value.i8() + o * 90);
  }
  const auto infer = [&] {
    Tape tape(context, Tape::Mode::kInference);
    return linear(tape.constant(x), tape.leaf(std::as_const(quantised)), tape.constant(bias)).value().clone();
  };
  std::vector<double> expected;
  for (std::size_t r = 0; r < 9; ++r) {
    for (std::size_t o = 0; o < 70; ++o) {
      double sum = bias.values()[o];
      for (std::size_t i = 0; i < 90; ++i) sum += static_cast<double>(x.values()[r * 90 + i]) * w.values()[o * 90 + i];
      expected.push_back(sum);
    }
  }
  const Tensor y = infer();
  expect_near(y, expected, "int8 linear", 0.02);
  EXPECT_EQ(&quantised.packed_int8(context), &quantised.packed_int8(context));
  for (float& scale : quantised.scale.values()) scale *= 2;
  quantised.value_changed();
  EXPECT_FALSE(same_bits(infer(), y));
  EXPECT_DEATH(
      {
        Tape tape(context, Tape::Mode::kTraining);
        (void)tape.leaf(quantised);
      },
      "cannot be trained");
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
