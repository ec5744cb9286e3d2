// Whole training steps of a small encoder with products in bf16, beside the same steps in f32.
#include <cmath>
#include <map>

#include "engine/device/cpu/bf16_kernel.h"
#include "engine/optim/adamw.h"
#include "engine/testing/op_harness.h"
#include "engine/testing/small_encoder.h"

namespace yupu::engine {
namespace {

struct Task {
  PackedBatch batch;
  RowKeys rows;
  std::vector<std::int32_t> labels;

  Task() {
    Rng rng(5);
    for (std::uint64_t b = 0; b < 12; ++b) {
      std::vector<std::int32_t> ids(3 + b);
      for (std::int32_t& id : ids) id = static_cast<std::int32_t>(rng.below(50));
      labels.push_back(static_cast<std::int32_t>(b % 5));
      ids[1] = labels.back();  // something to learn
      batch.append(ids, {}, b);
    }
    rows = token_rows(batch);
  }
};

constexpr SmallEncoderSizes kSizes{.channels = 64, .feed_forward = 200};

std::vector<double> loss_path(Precision precision, int steps, int threads) {
  const Task task;
  ExecutionContext context(threads, precision);
  SmallEncoder encoder(kSizes);
  AdamW adamw(encoder.parameters(), {});
  Tape tape(context, Tape::Mode::kTraining);
  std::vector<double> losses;
  for (int step = 0; step < steps; ++step) {
    const Var loss =
        cross_entropy(encoder.logits(tape, task.batch, task.rows, static_cast<std::uint64_t>(step)), task.labels);
    losses.push_back(loss.value().item());
    tape.backward(loss);
    tape.clear();
    adamw.step(context, 2e-3f, clip_scale(gradient_norm(context, encoder.parameters()), 1.0));
  }
  return losses;
}

TEST(Bf16Step, TwentyStepsFollowTheLossOfF32) {
  constexpr int kSteps = 20;
  const std::vector<double> f32 = loss_path(Precision::kF32, kSteps, 2);
  const std::vector<double> bf16 = loss_path(Precision::kBf16, kSteps, 2);
  ASSERT_LT(f32.back(), 0.7 * f32.front());  // it learns
  for (std::size_t step = 0; step < kSteps; ++step) {
    EXPECT_NEAR(bf16[step], f32[step], 5e-3 * f32[step]) << "step " << step;
  }
  EXPECT_NE(bf16.back(), f32.back());
}

// Whatever the threads; and paths that sum in the same order agree (bf16_gemm.h: AMX has its own).
TEST(Bf16Step, PathsAndThreadsGiveTheSameBits) {
  std::map<std::int64_t, std::vector<double>> by_order;
  for (const Bf16Path& path : bf16_paths()) {
    if (!path.supported()) continue;
    const ForcedBf16Path forced(path);
    const std::vector<double> alone = loss_path(Precision::kBf16, 4, 1);
    EXPECT_EQ(loss_path(Precision::kBf16, 4, 3), alone) << path.name;
    const auto [first, is_first] = by_order.emplace(path.sum_pairs, alone);
    EXPECT_EQ(alone, first->second) << path.name;
  }
  for (const auto& [order, losses] : by_order) {
    for (std::size_t step = 0; step < losses.size(); ++step) {
      EXPECT_NEAR(losses[step], by_order.begin()->second[step], 1e-3) << "sums of " << order << " pairs, step " << step;
    }
  }
}

std::vector<Tensor> gradients(Precision precision) {
  const Task task;
  ExecutionContext context(2, precision);
  SmallEncoder encoder(kSizes);
  Tape tape(context, Tape::Mode::kTraining);
  tape.backward(cross_entropy(encoder.logits(tape, task.batch, task.rows, 1), task.labels));
  std::vector<Tensor> all;
  for (Parameter* parameter : encoder.parameters()) {
    parameter->make_grad_dense();
    all.push_back(parameter->grad.clone());
  }
  return all;
}

TEST(Bf16Step, EveryGradientPointsWhereThatOfF32Points) {
  const std::vector<Tensor> f32 = gradients(Precision::kF32);
  const std::vector<Tensor> bf16 = gradients(Precision::kBf16);
  double error_all = 0, square_all = 0;
  for (std::size_t i = 0; i < f32.size(); ++i) {
    double product = 0, square_a = 0, square_b = 0;
    for (std::size_t j = 0; j < f32[i].values().size(); ++j) {
      const double a = f32[i].values()[j], b = bf16[i].values()[j];
      product += a * b;
      square_a += a * a;
      square_b += b * b;
      error_all += (a - b) * (a - b);
      square_all += a * a;
    }
    if (square_a < 1e-16) continue;  // the bias of the keys: zero but for rounding
    EXPECT_GT(product / std::sqrt(square_a * square_b), 0.999) << "parameter " << i;
  }
  EXPECT_LT(std::sqrt(error_all / square_all), 2e-2);
}

// A sequence alone and in a batch: the same bits, in inference with packed weights.
TEST(Bf16Step, InferenceIsCloseToF32AndDoesNotDependOnTheBatch) {
  const Task task;
  ExecutionContext context(2, Precision::kBf16), exact(2);
  SmallEncoder encoder(kSizes);
  const auto infer = [&](ExecutionContext& in, const PackedBatch& batch) {
    const RowKeys rows = token_rows(batch);
    Tape tape(in, Tape::Mode::kInference);
    return encoder.encode(tape, batch, rows, 0).value().clone();
  };
  const Tensor together = infer(context, task.batch);
  const Tensor expected = infer(exact, task.batch);
  double error = 0, square = 0;
  for (std::size_t i = 0; i < together.values().size(); ++i) {
    error += std::pow(static_cast<double>(together.values()[i]) - expected.values()[i], 2);
    square += std::pow(static_cast<double>(expected.values()[i]), 2);
  }
  EXPECT_LT(std::sqrt(error / square), 1e-2);
  EXPECT_GT(error, 0);
  for (std::size_t b = 0; b < task.labels.size(); b += 5) {
    const std::int64_t begin = task.batch.cu_seqlens[b], end = task.batch.cu_seqlens[b + 1];
    PackedBatch one;
    one.append({task.batch.tokens.begin() + begin, task.batch.tokens.begin() + end}, {}, 0);
    EXPECT_TRUE(same_bits(infer(context, one), together.rows(begin, end))) << "sequence " << b;
  }
}

}  // namespace
}  // namespace yupu::engine
