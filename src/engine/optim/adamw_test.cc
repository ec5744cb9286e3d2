#include "engine/optim/adamw.h"

#include <cmath>

#include "engine/ops/embedding/embedding.h"
#include "engine/optim/schedule.h"
#include "engine/testing/op_harness.h"

namespace yupu::engine {
namespace {

void set_grad(Parameter& parameter, const Tensor& grad) {
  parameter.grad = grad.clone();
  parameter.has_grad = true;
}

std::vector<double> three_steps(AdamWOptions options) {
  ExecutionContext context(1);
  Parameter w("w", Tensor::full({1}, 1.0f), true);
  AdamW adamw({&w}, options);
  std::vector<double> path;
  for (const float g : {0.5f, -0.2f, 0.1f}) {
    set_grad(w, Tensor::full({1}, g));
    adamw.step(context, 0.1f);
    path.push_back(w.value.item());
  }
  return path;
}

TEST(AdamW, PublishedVectors) {
  const std::vector<double> adamw = three_steps({.epsilon = 1e-8f, .weight_decay = 0.01f});
  EXPECT_NEAR(adamw[0], 0.899000002, 1e-6);
  EXPECT_NEAR(adamw[1], 0.863540418, 1e-6);
  EXPECT_NEAR(adamw[2], 0.824737700, 1e-6);
  const std::vector<double> bert =
      three_steps({.epsilon = 1e-6f, .weight_decay = 0.01f, .variant = AdamVariant::kBertAdam});
  EXPECT_NEAR(bert[0], 0.682792233, 1e-5);
  EXPECT_NEAR(bert[1], 0.535249694, 1e-5);
  EXPECT_NEAR(bert[2], 0.346917434, 1e-5);
}

// A table whose rows come up now and then, against the same numbers as one vector, which takes the plain path.
TEST(AdamW, RowsWithoutAGradientSoFarGiveTheBitsOfTheWholeUpdate) {
  constexpr std::int64_t kRows = 40, kColumns = 37;
  for (const AdamVariant variant : {AdamVariant::kAdamW, AdamVariant::kBertAdam}) {
    ExecutionContext context(2);
    const Tensor initial = random_tensor({kRows, kColumns}, 1);
    Parameter table("table", initial.clone(), true);
    Parameter plain("plain", initial.clone().reshape({kRows * kColumns}), true);
    AdamW adamw({&table, &plain}, {.weight_decay = 0.1f, .variant = variant});
    for (std::int64_t t = 0; t < 6; ++t) {
      const Tensor gradient = Tensor::zeros({kRows, kColumns});
      for (const std::int64_t row : {t, 7 * t % kRows, kRows - 1 - t}) {
        gradient.rows(row, row + 1).copy_from(random_tensor({1, kColumns}, 20 + static_cast<std::uint64_t>(t)));
      }
      gradient.f32()[20 * kColumns] = -0.0f;
      if (t != 3) {  // a step without any gradient
        set_grad(table, gradient);
        set_grad(plain, gradient.reshape({kRows * kColumns}));
      }
      if (t == 4) {  // restored from a checkpoint: a row comes to life behind the optimiser's back
        for (const auto& [name, tensor] : adamw.state()) tensor.f32()[30 * kColumns + 2] = 0.25f;
      }
      adamw.step(context, 0.01f, 0.5f);
      ASSERT_TRUE(same_bits(table.value.reshape({kRows * kColumns}), plain.value)) << "step " << t;
    }
    const auto state = adamw.state();
    EXPECT_TRUE(same_bits(state[0].second.reshape({kRows * kColumns}), state[2].second));
    EXPECT_TRUE(same_bits(state[1].second.reshape({kRows * kColumns}), state[3].second));
  }
}

// The gradient of `ids` looked up in `table` in one step of training, each row of the result weighted by `weights`.
void look_up(ExecutionContext& context, Parameter& table, const std::vector<std::int32_t>& ids, const Tensor& weights) {
  Tape tape(context, Tape::Mode::kTraining);
  PackedBatch batch;
  batch.append(ids, {}, 1);
  const Var rows = embedding(tape.table(table), Var(), Var(), batch);
  tape.backward_from(rows, weights);
}

// The same steps for a table with row gradients and for one whose gradient is whole from the beginning: what is looked
// up, the norms and at the end every weight and moment are equal, bit for bit.
TEST(AdamW, LateRowsGiveTheBitsOfTheWholeUpdate) {
  constexpr std::int32_t kRows = 50;
  constexpr std::int64_t kColumns = 37, kLookedUp = 4;
  for (const AdamVariant variant : {AdamVariant::kAdamW, AdamVariant::kBertAdam}) {
    for (const int threads : {1, 3}) {
      ExecutionContext context(threads);
      const Tensor initial = random_tensor({kRows, kColumns}, 1);
      Parameter late("late", initial.clone(), true), whole("whole", initial.clone(), true);
      whole.grad = Tensor::zeros({kRows, kColumns});
      AdamW adamw({&late, &whole}, {.weight_decay = 0.1f, .variant = variant});
      for (std::int32_t t = 0; t < 40; ++t) {
        const std::vector<std::int32_t> ids = {t % 11, 30 + t / 5, t % 3, t % 11};
        const Tensor weights = random_tensor({kLookedUp, kColumns}, 100 + static_cast<std::uint64_t>(t));
        if (t % 7 != 6) {  // else a step without any gradient
          for (Parameter* table : {&late, &whole}) look_up(context, *table, ids, weights);
          if (t % 4 == 1) {  // a second batch of the update
            for (Parameter* table : {&late, &whole}) look_up(context, *table, {5, 45, t % 11, 2}, weights);
          }
          EXPECT_TRUE(late.row_grad.defined() && !late.has_grad && whole.has_grad) << "step " << t;
        }
        EXPECT_EQ(gradient_norm(context, {&late}), gradient_norm(context, {&whole})) << "step " << t;
        adamw.step(context, 0.01f + 0.001f * static_cast<float>(t), 0.5f);
        ASSERT_TRUE(late.late != nullptr && whole.late == nullptr) << "step " << t;
        Tape reader(context, Tape::Mode::kInference);
        PackedBatch batch;
        batch.append({7, t % kRows, 0}, {}, 1);
        ASSERT_TRUE(same_bits(embedding(reader.table(late), Var(), Var(), batch).value(),
                              embedding(reader.table(whole), Var(), Var(), batch).value()))
            << "step " << t;
        if (t == 20) {  // a checkpoint in the middle
          const auto state = adamw.state();
          EXPECT_TRUE(late.late == nullptr);
          EXPECT_TRUE(same_bits(state[0].second, state[2].second));
        }
      }
      EXPECT_FALSE(same_bits(late.value, whole.value)) << "no row was late: this test says nothing";
      {
        Tape reader(context, Tape::Mode::kInference);
        EXPECT_TRUE(same_bits(reader.leaf(late).value(), reader.leaf(whole).value()));
      }
      const auto state = adamw.state();
      EXPECT_TRUE(same_bits(state[0].second, state[2].second));
      EXPECT_TRUE(same_bits(state[1].second, state[3].second));
    }
  }
}

TEST(AdamW, ATableThatGetsAWholeGradientCatchesUpFirst) {
  ExecutionContext context(2);
  const Tensor initial = random_tensor({20, 8}, 1);
  Parameter late("late", initial.clone(), true), whole("whole", initial.clone(), true);
  whole.grad = Tensor::zeros({20, 8});
  AdamW adamw({&late, &whole}, {.weight_decay = 0.1f});
  for (int t = 0; t < 3; ++t) {
    for (Parameter* table : {&late, &whole}) look_up(context, *table, {t, 9}, random_tensor({2, 8}, 5));
    adamw.step(context, 0.01f);
  }
  for (Parameter* table : {&late, &whole}) look_up(context, *table, {3, 9}, random_tensor({2, 8}, 6));
  const Tensor rest = random_tensor({20, 8}, 7);
  for (Parameter* table : {&late, &whole}) {  // an output layer over the same table, in the same update
    Tape tape(context, Tape::Mode::kTraining);
    const Var all = tape.leaf(*table);
    tape.backward_from(all, rest);
    tape.clear();
  }
  EXPECT_TRUE(late.has_grad && !late.row_grad.defined());
  adamw.step(context, 0.01f);
  EXPECT_TRUE(late.late == nullptr);
  EXPECT_TRUE(same_bits(late.value, whole.value));
}

TEST(AdamW, AnOptimiserThatGoesLeavesNoRowBehind) {
  ExecutionContext context(1);
  Parameter late("late", random_tensor({6, 5}, 1), true), whole("whole", late.value.clone(), true);
  whole.grad = Tensor::zeros({6, 5});
  {
    AdamW adamw({&late, &whole}, {.weight_decay = 0.1f});
    for (int t = 0; t < 3; ++t) {
      for (Parameter* table : {&late, &whole}) look_up(context, *table, {t}, random_tensor({1, 5}, 5));
      adamw.step(context, 0.01f);
    }
    EXPECT_TRUE(late.late != nullptr);
  }
  EXPECT_TRUE(late.late == nullptr);
  EXPECT_TRUE(same_bits(late.value, whole.value));
}

TEST(AdamW, ManyElementsAgainstTheFormulaOnEveryTeam) {
  Tensor first;
  for (const int threads : {1, 2, 3}) {
    ExecutionContext context(threads);
    Parameter w("w", random_tensor({101, 131}, 1), true);
    std::vector<double> value, m(101 * 131), v(101 * 131);
    for (const float x : w.value.values()) value.push_back(x);
    AdamW adamw({&w}, {.weight_decay = 0.1f});
    for (int t = 1; t <= 3; ++t) {
      const Tensor g = random_tensor({101, 131}, 10 + static_cast<std::uint64_t>(t));
      set_grad(w, g);
      adamw.step(context, 0.01f, 0.5f);
      for (std::size_t i = 0; i < value.size(); ++i) {
        const double grad = 0.5 * g.values()[i];
        m[i] = 0.9 * m[i] + 0.1 * grad;
        v[i] = 0.999 * v[i] + 0.001 * grad * grad;
        value[i] *= 1 - 0.01 * 0.1;
        value[i] -= 0.01 * (m[i] / (1 - std::pow(0.9, t))) / (std::sqrt(v[i] / (1 - std::pow(0.999, t))) + 1e-8);
      }
    }
    expect_near(w.value, value, "weights");
    EXPECT_TRUE(!first.defined() || same_bits(first, w.value));
    first = w.value;
  }
}

TEST(AdamW, DecaySkipsWhatItShouldAndFrozenStays) {
  ExecutionContext context(1);
  Parameter matrix("matrix", Tensor::full({2}, 1.0f), true);
  Parameter bias("bias", Tensor::full({2}, 1.0f), false);
  Parameter frozen("frozen", Tensor::full({2}, 1.0f), true);
  frozen.trainable = false;
  AdamW adamw({&matrix, &bias, &frozen}, {.weight_decay = 0.5f});
  adamw.step(context, 0.1f);  // no gradients: decay alone
  EXPECT_FLOAT_EQ(matrix.value.values()[0], 0.95f);
  EXPECT_FLOAT_EQ(bias.value.values()[0], 1.0f);
  EXPECT_FLOAT_EQ(frozen.value.values()[0], 1.0f);
  EXPECT_EQ(adamw.state().size(), 4u);
}

TEST(AdamW, AParameterMayHaveADecayOfItsOwn) {
  ExecutionContext context(1);
  Parameter matrix("matrix", Tensor::full({2}, 1.0f), true);
  Parameter spared("spared", Tensor::full({2}, 1.0f), true);
  Parameter table("table", Tensor::full({3, 2}, 1.0f), false);
  table.learning_rate_scale = 2.0f;
  AdamW adamw({&matrix, &spared, &table}, {.weight_decay = 0.5f, .own_decays = {{&table, 0.2f}, {&spared, 0.0f}}});
  adamw.step(context, 0.1f);
  adamw.settle(context.team());
  EXPECT_FLOAT_EQ(matrix.value.values()[0], 0.95f);
  EXPECT_FLOAT_EQ(spared.value.values()[0], 1.0f);
  for (const float value : table.value.values()) EXPECT_FLOAT_EQ(value, 0.96f);
}

TEST(AdamW, RestoredStateGoesOnBitForBit) {
  ExecutionContext context(2);
  const auto gradient = [](int t) { return random_tensor({50}, static_cast<std::uint64_t>(t)); };
  Parameter a("w", random_tensor({50}, 1), true);
  AdamW first({&a}, {});
  for (int t = 0; t < 3; ++t) {
    set_grad(a, gradient(t));
    first.step(context, 0.01f);
  }
  Parameter b("w", a.value.clone(), true);
  AdamW second({&b}, {});
  auto from = first.state();
  auto to = second.state();
  for (std::size_t i = 0; i < from.size(); ++i) {
    EXPECT_EQ(from[i].first, to[i].first);
    to[i].second.copy_from(from[i].second);
  }
  second.set_step_count(first.step_count());
  for (AdamW* optimiser : {&first, &second}) {
    Parameter& p = *optimiser->parameters()[0];
    set_grad(p, gradient(3));
    optimiser->step(context, 0.01f);
  }
  EXPECT_TRUE(same_bits(a.value, b.value));
}

TEST(GradientNorm, OverAllTrainable) {
  Parameter a("a", Tensor::zeros({3}), true), b("b", Tensor::zeros({40000}), true), c("c", Tensor::zeros({3}), true);
  set_grad(a, Tensor::from({3}, {3, 0, 0}));
  set_grad(b, Tensor::full({40000}, 0.02f));
  set_grad(c, Tensor::full({3}, 100));
  c.trainable = false;
  ExecutionContext one(1), two(2);
  const double norm = gradient_norm(one, {&a, &b, &c});
  EXPECT_NEAR(norm, 5.0, 1e-6);
  EXPECT_EQ(norm, gradient_norm(two, {&a, &b, &c}));
  EXPECT_NEAR(clip_scale(norm, 1.0), 0.2, 1e-6);
  EXPECT_EQ(clip_scale(0.5, 1.0), 1.0f);
  EXPECT_EQ(clip_scale(norm, 0), 1.0f);
}

TEST(Schedule, WarmsUpAndDecays) {
  const Schedule linear{.warmup_steps = 4, .total_steps = 12};
  EXPECT_DOUBLE_EQ(linear.factor(0), 0.25);
  EXPECT_DOUBLE_EQ(linear.factor(3), 1.0);
  EXPECT_DOUBLE_EQ(linear.factor(4), 1.0);
  EXPECT_DOUBLE_EQ(linear.factor(8), 0.5);
  EXPECT_DOUBLE_EQ(linear.factor(12), 0.0);
  EXPECT_DOUBLE_EQ(linear.factor(100), 0.0);
  const Schedule cosine{.kind = ScheduleKind::kCosine, .total_steps = 10};
  EXPECT_NEAR(cosine.factor(5), 0.5, 1e-12);
  EXPECT_DOUBLE_EQ(Schedule{.kind = ScheduleKind::kConstant}.factor(99), 1.0);
  const Schedule stable{.kind = ScheduleKind::kStableDecay, .warmup_steps = 2, .total_steps = 100, .decay_steps = 16};
  EXPECT_DOUBLE_EQ(stable.factor(0), 0.5);
  EXPECT_DOUBLE_EQ(stable.factor(84), 1.0);
  EXPECT_DOUBLE_EQ(stable.factor(88), 0.5);
  EXPECT_DOUBLE_EQ(stable.factor(100), 0.0);
}

}  // namespace
}  // namespace yupu::engine
