// The tape, and whole training steps over it: learning, no allocation, packing and threads.
#include "engine/autograd/tape.h"

#include "engine/device/cpu/gemm.h"
#include "engine/error.h"
#include "engine/ops/add/add.h"
#include "engine/optim/adamw.h"
#include "engine/testing/op_harness.h"
#include "engine/testing/small_encoder.h"

namespace yupu::engine {
namespace {

PackedBatch random_batch(std::uint64_t seed, const std::vector<int>& lengths) {
  Rng rng(seed);
  PackedBatch batch;
  for (const int length : lengths) {
    std::vector<std::int32_t> ids;
    for (int t = 0; t < length; ++t) ids.push_back(static_cast<std::int32_t>(rng.below(50)));
    batch.append(ids, {}, rng.next_u64());
  }
  batch.validate();
  return batch;
}

TEST(Tape, InferenceRecordsAndKeepsNothing) {
  ExecutionContext context(1);
  Tape tape(context, Tape::Mode::kInference);
  Parameter w("w", random_tensor({4}, 1), true);
  {
    Var x = tape.leaf(w);
    for (int i = 0; i < 10; ++i) x = scale(x, 2.0f);
    EXPECT_FALSE(x.requires_grad());
    EXPECT_LE(context.pool().statistics().misses_total, 2u);  // a value dies with its last Var
  }
  EXPECT_EQ(context.pool().statistics().bytes_in_use, 0u);
}

TEST(Tape, FrozenParametersGetNoGradient) {
  ExecutionContext context(1);
  Tape tape(context, Tape::Mode::kTraining);
  Parameter frozen("frozen", random_tensor({4}, 1), true), trained("trained", random_tensor({4}, 2), true);
  frozen.trainable = false;
  const Var y = add(tape.leaf(frozen), tape.leaf(trained));
  tape.backward_from(y, Tensor::full({4}, 1));
  EXPECT_FALSE(frozen.has_grad);
  EXPECT_FALSE(frozen.grad.defined());
  ASSERT_TRUE(trained.has_grad);
  EXPECT_EQ(trained.grad.values()[0], 1);
  EXPECT_FALSE(add(tape.leaf(frozen), tape.leaf(frozen)).requires_grad());
}

TEST(Tape, GradientsOfAParameterUsedTwiceAddUp) {
  ExecutionContext context(1);
  Tape tape(context, Tape::Mode::kTraining);
  Parameter w("w", random_tensor({4}, 1), true);
  tape.backward_from(add(scale(tape.leaf(w), 2), scale(tape.leaf(w), 3)), Tensor::full({4}, 1));
  EXPECT_FLOAT_EQ(w.grad.values()[2], 5);
  tape.clear();
  tape.backward_from(scale(tape.leaf(w), 10), Tensor::full({4}, 1));
  EXPECT_FLOAT_EQ(w.grad.values()[2], 15);
}

TEST(Tape, UnusedBranchesAndConstantLossesAreHarmless) {
  ExecutionContext context(1);
  Tape tape(context, Tape::Mode::kTraining);
  Parameter w("w", random_tensor({1}, 1), true);
  const Var used = scale(tape.leaf(w), 2);
  const Var unused = scale(used, 100);
  tape.backward(used);
  EXPECT_FLOAT_EQ(w.grad.item(), 2);
  tape.backward(tape.constant(Tensor::full({1}, 1)));
  EXPECT_FALSE(unused.grad().defined());
}

TEST(Tape, RunningOutOfMemoryInBackwardLeavesAUsableTape) {
  ExecutionContext context(1, 4096);
  Tape tape(context, Tape::Mode::kTraining);
  {
    const Var x = tape.input(Tensor::full({500}, 1));  // from the system
    const Var y = scale(x, 2);                         // 2000 bytes of the pool
    EXPECT_THROW(tape.backward_from(scale(y, 2), Tensor::full({500}, 1)), EngineError);
  }
  tape.clear();
  EXPECT_EQ(context.pool().statistics().bytes_in_use, 0u);
}

TEST(TrainingStep, LearnsWithoutAllocating) {
  ExecutionContext context(2);
  SmallEncoder encoder({});
  AdamW adamw(encoder.parameters(), {});
  Tape tape(context, Tape::Mode::kTraining);
  const PackedBatch batch = random_batch(3, {5, 9, 1, 20});
  const RowKeys rows = token_rows(batch);
  const std::vector<std::int32_t> labels = {0, 3, 1, 4};
  float first = 0, last = 0;
  std::uint64_t misses_warm = 0;
  for (std::uint64_t step = 0; step < 30; ++step) {
    const Var loss = cross_entropy(encoder.logits(tape, batch, rows, step), labels);
    last = loss.value().item();
    if (step == 0) first = last;
    tape.backward(loss);
    tape.clear();
    adamw.step(context, 3e-3f, clip_scale(gradient_norm(context, encoder.parameters()), 1.0));
    if (step == 2) misses_warm = context.pool().statistics().misses_total;
  }
  EXPECT_GT(first, 1.2f);
  EXPECT_LT(last, 0.1f);
  EXPECT_EQ(context.pool().statistics().misses_total, misses_warm);
  EXPECT_EQ(context.pool().statistics().bytes_in_use, 0u);
}

// Loss, gradients and weights after two steps on a team of `threads`.
std::vector<Tensor> two_steps(int threads) {
  ExecutionContext context(threads);
  SmallEncoder encoder({});
  AdamW adamw(encoder.parameters(), {});
  Tape tape(context, Tape::Mode::kTraining);
  const PackedBatch batch = random_batch(3, {5, 9, 1, 20, 33});
  const RowKeys rows = token_rows(batch);
  const std::vector<std::int32_t> labels = {0, 3, 1, 4, 2};
  for (std::uint64_t step = 0; step < 2; ++step) {
    tape.backward(cross_entropy(encoder.logits(tape, batch, rows, step), labels));
    tape.clear();
    adamw.step(context, 1e-3f, clip_scale(gradient_norm(context, encoder.parameters()), 1.0));
  }
  std::vector<Tensor> weights;
  for (const Parameter* parameter : encoder.parameters()) weights.push_back(parameter->value);
  return weights;
}

// Once every batch has come by, the same batches again take no block from the system.
TEST(TrainingStep, TheSteadyStateTakesNothingFromTheSystem) {
  ExecutionContext context(2);
  SmallEncoder encoder({});
  AdamW adamw(encoder.parameters(), {});
  Tape tape(context, Tape::Mode::kTraining);
  const PackedBatch batches[] = {random_batch(3, {5, 9, 1}), random_batch(4, {20, 33, 2}), random_batch(5, {7, 7, 7})};
  std::uint64_t misses = 0;
  std::uint64_t bytes = 0;
  for (std::uint64_t round = 0; round < 4; ++round) {
    for (const PackedBatch& batch : batches) {
      const RowKeys rows = token_rows(batch);
      const std::vector<std::int32_t> labels = {0, 3, 1};
      tape.backward(cross_entropy(encoder.logits(tape, batch, rows, round), labels));
      tape.clear();
      adamw.step(context, 1e-3f, clip_scale(gradient_norm(context, encoder.parameters()), 1.0));
    }
    const PoolStatistics now = context.pool().statistics();
    EXPECT_EQ(now.bytes_in_use, 0u) << "round " << round;
    if (round == 1) {
      misses = now.misses_total;
      bytes = now.bytes_held;
    }
    if (round > 1) {
      EXPECT_EQ(now.misses_total, misses) << "round " << round;
      EXPECT_EQ(now.bytes_held, bytes);
    }
  }
  EXPECT_GT(misses, 0u);
}

TEST(TrainingStep, TheSameBitsOnOneTwoAndThreeThreads) {
  const std::vector<Tensor> one = two_steps(1);
  for (const int threads : {2, 3}) {
    const std::vector<Tensor> many = two_steps(threads);
    for (std::size_t i = 0; i < one.size(); ++i) EXPECT_TRUE(same_bits(one[i], many[i])) << i;
  }
}

TEST(TrainingStep, PackedEqualsAloneBitForBitEvenWithDropout) {
  ExecutionContext context(2);
  SmallEncoder encoder({});
  const std::vector<int> lengths = {5, 17, 1, 40};
  const PackedBatch batch = random_batch(5, lengths);
  const RowKeys rows = token_rows(batch);
  for (const Tape::Mode mode : {Tape::Mode::kTraining, Tape::Mode::kInference}) {
    Tape tape(context, mode);
    const Tensor together = encoder.encode(tape, batch, rows, 9).value().clone();
    for (std::size_t b = 0; b < lengths.size(); ++b) {
      PackedBatch one;
      const auto begin = batch.tokens.begin() + batch.cu_seqlens[b];
      one.append({begin, begin + lengths[b]}, {}, batch.sample_ids[b]);
      const RowKeys one_rows = token_rows(one);
      Tape alone(context, mode);
      EXPECT_TRUE(same_bits(encoder.encode(alone, one, one_rows, 9).value(),
                            together.rows(batch.cu_seqlens[b], batch.cu_seqlens[b + 1])))
          << b;
    }
  }
}

}  // namespace
}  // namespace yupu::engine
