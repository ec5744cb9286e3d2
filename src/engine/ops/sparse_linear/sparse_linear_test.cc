#include "engine/ops/sparse_linear/sparse_linear.h"

#include <gtest/gtest.h>

#include "engine/optim/adamw.h"
#include "engine/testing/op_harness.h"

namespace yupu::engine {
namespace {

SparseRows some_rows() {
  return {.offsets = {0, 2, 2, 5}, .indices = {0, 3, 4, 3, 3}, .values = {0.5f, -2.0f, 1.0f, 0.25f, 1.5f}};
}

TEST(SparseLinear, EqualsTheDenseProduct) {
  const Tensor weight = random_tensor({5, 3}, 11);
  const SparseRows rows = some_rows();
  std::vector<double> expected(9, 0.0);
  for (std::size_t b = 0; b < 3; ++b) {
    for (auto j = rows.offsets[b]; j < rows.offsets[b + 1]; ++j) {
      for (std::size_t k = 0; k < 3; ++k) {
        expected[b * 3 + k] +=
            double{rows.values[static_cast<std::size_t>(j)]} *
            weight.values()[static_cast<std::size_t>(rows.indices[static_cast<std::size_t>(j)]) * 3 + k];
      }
    }
  }
  const auto op = [](Tape&, const std::vector<Var>& in) { return sparse_linear(some_rows(), in[0]); };
  expect_near(run_op(op, {weight}, 1).output, expected, "y");
  check_gradients(op, {weight});
  EXPECT_TRUE(same_bits(run_op(op, {weight}, 1).gradients[0], run_op(op, {weight}, 2).gradients[0]));
}

TEST(SparseLinear, UntouchedRowsHaveNoGradient) {
  const auto op = [](Tape&, const std::vector<Var>& in) { return sparse_linear(some_rows(), in[0]); };
  const OpRun run = run_op(op, {random_tensor({5, 3}, 12)}, 1);
  for (const std::size_t row : {1u, 2u}) {
    for (std::size_t k = 0; k < 3; ++k) EXPECT_EQ(run.gradients[0].values()[row * 3 + k], 0.0f);
  }
}

// The same steps for a table with row gradients and for one whose gradient is whole from the beginning.
TEST(SparseLinear, ATablesRowsAloneAreWrittenAndEndWithTheSameBits) {
  ExecutionContext context(2);
  const Tensor initial = random_tensor({40, 3}, 21);
  Parameter late("late", initial.clone(), false), whole("whole", initial.clone(), false);
  whole.grad = Tensor::zeros({40, 3});
  AdamW adamw({&late, &whole}, {});
  for (std::int32_t t = 0; t < 20; ++t) {
    std::vector<Tensor> outputs;
    for (Parameter* table : {&late, &whole}) {
      for (const std::int32_t batch : {0, 1}) {  // two batches of an update
        SparseRows rows = some_rows();
        for (std::int32_t& index : rows.indices) index = (index * (t + 3) + 7 * batch) % 40;
        Tape tape(context, Tape::Mode::kTraining);
        const Var y = sparse_linear(std::move(rows), tape.table(*table));
        outputs.push_back(y.value().clone());
        tape.backward_from(y, random_tensor({3, 3}, 50 + static_cast<std::uint64_t>(t)));
      }
    }
    EXPECT_TRUE(late.row_grad.defined() && late.grad_rows.size() < 10 && whole.has_grad) << t;
    EXPECT_TRUE(same_bits(outputs[0], outputs[2]) && same_bits(outputs[1], outputs[3])) << t;
    EXPECT_EQ(gradient_norm(context, {&late}), gradient_norm(context, {&whole})) << t;
    adamw.step(context, 0.01f);
  }
  EXPECT_FALSE(same_bits(late.value, whole.value)) << "no row was late: this test says nothing";
  adamw.settle(context.team());
  EXPECT_TRUE(same_bits(late.value, whole.value));
}

}  // namespace
}  // namespace yupu::engine
