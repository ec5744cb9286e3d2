#include "engine/ops/linear_cross_entropy/linear_cross_entropy.h"

#include "engine/ops/cross_entropy/cross_entropy.h"
#include "engine/ops/linear/linear.h"
#include "engine/testing/op_harness.h"

namespace yupu::engine {
namespace {

OpUnderTest op_with(const std::vector<std::int32_t>& labels, std::int64_t chunk_rows) {
  return [&labels, chunk_rows](Tape&, const std::vector<Var>& in) {
    return linear_cross_entropy(in[0], in[1], in[2], labels, {.chunk_rows = chunk_rows});
  };
}

TEST(LinearCrossEntropy, GradientsWholeAndInChunks) {
  const std::vector<std::int32_t> labels = {2, 0, 4, 4, 10};
  const std::vector<Tensor> inputs = {random_tensor({5, 6}, 1), random_tensor({11, 6}, 2), random_tensor({11}, 3)};
  for (const std::int64_t chunk_rows : {0, 1, 2}) check_op(op_with(labels, chunk_rows), inputs);
}

TEST(LinearCrossEntropy, IsLinearThenCrossEntropy) {
  const std::vector<std::int32_t> labels = {0, 300, 17, 299, 5, 5, 120};
  const std::vector<Tensor> inputs = {random_tensor({7, 33}, 4), random_tensor({301, 33}, 5), random_tensor({301}, 6)};
  const OpRun separate = run_op(
      [&](Tape&, const std::vector<Var>& in) {
        return cross_entropy(linear(in[0], in[1], in[2]), labels, {.reduction = Reduction::kSum});
      },
      inputs, 1);
  for (const std::int64_t chunk_rows : {0, 3}) {
    const OpRun fused = run_op(op_with(labels, chunk_rows), inputs, 2);
    EXPECT_NEAR(fused.output.item(), separate.output.item(), 1e-4);
    for (std::size_t i = 0; i < inputs.size(); ++i) {
      const auto expected = separate.gradients[i].values();
      expect_near(fused.gradients[i], std::vector<double>(expected.begin(), expected.end()), "gradient");
    }
  }
}

TEST(LinearCrossEntropy, WithoutABiasIsWithOneOfZeros) {
  const std::vector<std::int32_t> labels = {2, 0, 4, 4, 10};
  const std::vector<Tensor> inputs = {random_tensor({5, 6}, 1), random_tensor({11, 6}, 2)};
  const OpUnderTest bare = [&](Tape&, const std::vector<Var>& in) {
    return linear_cross_entropy(in[0], in[1], Var{}, labels, {.chunk_rows = 2});
  };
  check_op(bare, inputs);
  const OpRun with = run_op(op_with(labels, 2), {inputs[0], inputs[1], Tensor::zeros({11})}, 2);
  const OpRun without = run_op(bare, inputs, 2);
  EXPECT_TRUE(same_bits(with.output, without.output));
  for (std::size_t i = 0; i < 2; ++i) EXPECT_TRUE(same_bits(with.gradients[i], without.gradients[i]));
}

TEST(LinearCrossEntropy, CountsHitsAndTakesNoRows) {
  ExecutionContext context(2);
  Tape tape(context, Tape::Mode::kInference);
  const Var weight = tape.constant(Tensor::from({3, 2}, {1, 0, 0, 1, -1, -1}));
  const Var bias = tape.constant(Tensor::zeros({3}));
  const Var x = tape.constant(Tensor::from({3, 2}, {5, 0, 0, 5, -5, -5}));
  std::int64_t hits = 10;
  const std::vector<std::int32_t> labels = {0, 1, 1};
  const Var loss = linear_cross_entropy(x, weight, bias, labels, {.hits = &hits});
  EXPECT_EQ(hits, 12);
  EXPECT_GT(loss.value().item(), 9.0f);  // the third row is wrong by a margin of 15
  const Var none = tape.constant(Tensor::empty({0, 2}));
  EXPECT_EQ(linear_cross_entropy(none, weight, bias, {}).value().item(), 0.0f);
}

TEST(LinearCrossEntropyDeath, LabelOutside) {
  ExecutionContext context(1);
  Tape tape(context, Tape::Mode::kTraining);
  const std::vector<std::int32_t> labels = {3};
  EXPECT_DEATH((void)linear_cross_entropy(tape.input(random_tensor({1, 2}, 1)), tape.input(random_tensor({3, 2}, 2)),
                                          tape.input(random_tensor({3}, 3)), labels),
               "label 3 of 3 classes");
}

}  // namespace
}  // namespace yupu::engine
