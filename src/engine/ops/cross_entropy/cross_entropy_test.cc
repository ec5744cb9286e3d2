#include "engine/ops/cross_entropy/cross_entropy.h"

#include <cmath>

#include "engine/ops/softmax/softmax.h"
#include "engine/testing/op_harness.h"

namespace yupu::engine {
namespace {

TEST(CrossEntropy, PublishedVector) {
  ExecutionContext context(1);
  Tape tape(context, Tape::Mode::kTraining);
  const Var logits = tape.input(Tensor::from({1, 3}, {2, 1, 0}));
  const std::vector<std::int32_t> labels = {0};
  const Var loss = cross_entropy(logits, labels, {.label_smoothing = 0.1f});
  EXPECT_NEAR(loss.value().item(), 0.50760596, 1e-6);
  tape.backward(loss);
  expect_near(logits.grad(), {-0.26809238, 0.21139514, 0.05669724}, "d_logits");
}

TEST(CrossEntropy, GradientsOfEveryReduction) {
  const std::vector<std::int32_t> labels = {2, kIgnoredLabel, 0, 4, 4};
  for (const Reduction reduction : {Reduction::kMean, Reduction::kSum}) {
    for (const float smoothing : {0.0f, 0.2f}) {
      check_op(
          [&](Tape&, const std::vector<Var>& in) {
            return cross_entropy(in[0], labels, {.label_smoothing = smoothing, .reduction = reduction});
          },
          {random_tensor({5, 7}, 1)});
    }
  }
}

TEST(CrossEntropy, RowsMayWeighDifferently) {
  const std::vector<std::int32_t> labels = {2, kIgnoredLabel, 0, 4, 4};
  const std::vector<float> weights = {0.5f, 9.0f, 2.0f, 1.0f, 3.0f};
  for (const Reduction reduction : {Reduction::kMean, Reduction::kSum}) {
    check_op(
        [&](Tape&, const std::vector<Var>& in) {
          return cross_entropy(in[0], labels,
                               {.label_smoothing = 0.1f, .reduction = reduction, .row_weights = weights});
        },
        {random_tensor({5, 7}, 1)});
  }
  // A row of weight 3 is three rows; the mean is over weights, as PyTorch's.
  ExecutionContext context(1);
  Tape tape(context, Tape::Mode::kInference);
  const Tensor z = random_tensor({2, 3}, 5);
  const std::vector<std::int32_t> two = {1, 0};
  const std::vector<float> once_thrice = {1.0f, 3.0f};
  Tensor repeated = Tensor::empty({4, 3});
  for (std::int64_t row = 0; row < 4; ++row) repeated.rows(row, row + 1).copy_from(z.rows(row > 0, (row > 0) + 1));
  const std::vector<std::int32_t> four = {1, 0, 0, 0};
  for (const Reduction reduction : {Reduction::kMean, Reduction::kSum}) {
    EXPECT_FLOAT_EQ(
        cross_entropy(tape.constant(z), two, {.reduction = reduction, .row_weights = once_thrice}).value().item(),
        cross_entropy(tape.constant(repeated), four, {.reduction = reduction}).value().item());
  }
}

TEST(CrossEntropy, IgnoredRowsDoNotCount) {
  ExecutionContext context(1);
  Tape tape(context, Tape::Mode::kTraining);
  const Var logits = tape.input(random_tensor({3, 4}, 1));
  const std::vector<std::int32_t> none(3, kIgnoredLabel);
  const Var zero = cross_entropy(logits, none);
  EXPECT_EQ(zero.value().item(), 0);
  tape.backward(zero);
  for (const float value : logits.grad().values()) EXPECT_EQ(value, 0);
  EXPECT_EQ(counted_labels(none), 0);
}

TEST(CrossEntropy, AccumulationWithTheTrueCountIsTheWholeBatch) {
  const Tensor z = random_tensor({6, 5}, 3);
  const std::vector<std::int32_t> labels = {0, kIgnoredLabel, 2, 3, 4, 1};
  ExecutionContext context(2);
  Tape tape(context, Tape::Mode::kTraining);
  const Var whole = tape.input(z);
  tape.backward(cross_entropy(whole, labels));
  const Tensor expected = whole.grad().clone();
  for (const std::int64_t begin : {0, 1}) {  // micro-batches of 1 and 5 rows
    const std::int64_t end = begin == 0 ? 1 : 6;
    const Var part = tape.input(z.rows(begin, end));
    const std::span<const std::int32_t> part_labels(labels.data() + begin, static_cast<std::size_t>(end - begin));
    tape.backward(cross_entropy(part, part_labels, {.reduction = Reduction::kSum}),
                  1.0f / static_cast<float>(counted_labels(labels)));
    std::vector<double> rows;
    for (const float value : expected.rows(begin, end).values()) rows.push_back(value);
    expect_near(part.grad(), rows, "d_logits of a micro-batch");
  }
}

TEST(Softmax, SumsToOneAndSurvivesExtremes) {
  ExecutionContext context(2);
  const Tensor x = random_tensor({9, 77}, 1, 5.0);
  x.values()[0] = 1e30f;
  x.values()[100] = -1e30f;
  const Tensor y = softmax(context, x);
  for (std::size_t r = 0; r < 9; ++r) {
    double sum = 0;
    for (std::size_t k = 0; k < 77; ++k) sum += y.values()[r * 77 + k];
    EXPECT_NEAR(sum, 1.0, 1e-5);
  }
  EXPECT_EQ(y.values()[0], 1.0f);
  EXPECT_NEAR(y.values()[100], 0.0, 1e-30);
}

}  // namespace
}  // namespace yupu::engine
