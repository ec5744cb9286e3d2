#include "engine/ops/sparse_linear/sparse_linear.h"

#include <gtest/gtest.h>

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

}  // namespace
}  // namespace yupu::engine
