// Gradients in 64 bits: an op's 32-bit result and gradient against the formula of reference.h and its central
// differences with a step of 1e-6 in f64 (error about 1e-9 of the value, far below 32-bit rounding).  A wrong term in a
// backward is seen at the size of rounding, where differences of the 32-bit forward (op_harness.h) see it at 4e-3.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "engine/testing/op_harness.h"
#include "engine/testing/reference.h"

namespace yupu::engine {

using ReferenceOp = std::function<reference::Matrix(const std::vector<reference::Matrix>& inputs)>;

inline reference::Matrix matrix_of(const Tensor& tensor) {
  const auto columns = static_cast<std::size_t>(tensor.size(-1));
  reference::Matrix matrix(static_cast<std::size_t>(tensor.element_count()) / columns, columns);
  std::copy(tensor.values().begin(), tensor.values().end(), matrix.values.begin());
  return matrix;
}

// d objective / d x for every element of `x`, which `objective` reads.
inline std::vector<double> central_differences(std::vector<double>& x, const std::function<double()>& objective) {
  constexpr double kStep = 1e-6;
  std::vector<double> slopes;
  for (double& value : x) {
    const double kept = value;
    value = kept + kStep;
    const double above = objective();
    const double upper = value;
    value = kept - kStep;
    const double below = objective();
    slopes.push_back((above - below) / (upper - value));
    value = kept;
  }
  return slopes;
}

// Relative to the largest element: rounding of a few 32-bit operations in a row.
inline constexpr double kExactGradientTolerance = 1e-5;

inline void check_exact_gradients(const std::string& what, const OpUnderTest& op, const ReferenceOp& formula,
                                  const std::vector<Tensor>& inputs) {
  const OpRun run = run_op(op, inputs, 2);
  std::vector<reference::Matrix> exact;
  for (const Tensor& input : inputs) exact.push_back(matrix_of(input));
  expect_near(run.output, formula(exact).values, what.c_str());
  const reference::Matrix cotangent = matrix_of(random_tensor(run.output.shape(), 77));
  const auto objective = [&] {
    const reference::Matrix y = formula(exact);
    double total = 0;
    for (std::size_t i = 0; i < y.values.size(); ++i) total += cotangent.values[i] * y.values[i];
    return total;
  };
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    ASSERT_TRUE(run.gradients[i].defined()) << what << ": no gradient for input " << i;
    expect_near(run.gradients[i], central_differences(exact[i].values, objective),
                (what + ": gradient of input " + std::to_string(i)).c_str(), kExactGradientTolerance);
  }
}

}  // namespace yupu::engine
