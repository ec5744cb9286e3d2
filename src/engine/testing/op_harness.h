// One harness for every op: reference parity, gradients by finite differences, accumulation, and equality of 1 and 2
// threads. For tests alone.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstring>
#include <functional>
#include <vector>

#include <gtest/gtest.h>

#include "base/rng.h"
#include "engine/autograd/tape.h"
#include "engine/testing/tolerance.h"

namespace yupu::engine {

// f32 values from N(0, spread^2), the same for the same seed.
inline Tensor random_tensor(const Shape& shape, std::uint64_t seed, double spread = 1.0) {
  Rng rng(seed);
  Tensor tensor = Tensor::empty(shape);
  for (float& value : tensor.values()) value = static_cast<float>(rng.normal() * spread);
  return tensor;
}

inline bool same_bits(const Tensor& a, const Tensor& b) {
  return a.defined() && b.defined() && a.shape() == b.shape() && std::memcmp(a.bytes(), b.bytes(), a.byte_count()) == 0;
}

inline void expect_near(const Tensor& actual, const std::vector<double>& expected, const char* what,
                        double tolerance = tolerance_of(DType::kF32).reference) {
  ASSERT_EQ(static_cast<std::size_t>(actual.element_count()), expected.size()) << what;
  double largest = 1e-3;
  for (const double value : expected) largest = std::max(largest, std::fabs(value));
  for (std::size_t i = 0; i < expected.size(); ++i) {
    ASSERT_NEAR(actual.values()[i], expected[i], tolerance * largest) << what << " element " << i;
  }
}

// Builds the op under test from its inputs on a tape.  Called many times; must be a pure function.
using OpUnderTest = std::function<Var(Tape& tape, const std::vector<Var>& inputs)>;

struct OpRun {
  Tensor output;
  std::vector<Tensor> gradients;  // of sum(cotangent * output)
};

inline OpRun run_op(const OpUnderTest& op, const std::vector<Tensor>& inputs, int threads, int repeats = 1) {
  ExecutionContext context(threads);
  Tape tape(context, Tape::Mode::kTraining);
  std::vector<Var> vars;
  for (const Tensor& input : inputs) vars.push_back(tape.input(input));
  OpRun run;
  for (int i = 0; i < repeats; ++i) {
    const Var output = op(tape, vars);
    run.output = output.value().clone();
    tape.backward_from(output, random_tensor(output.shape(), 77));
  }
  for (const Var& var : vars) run.gradients.push_back(var.grad().clone());
  return run;
}

// `step` of the central difference; kinks (relu) must lie further than it from the inputs.
inline void check_gradients(const OpUnderTest& op, const std::vector<Tensor>& inputs, float step = 1e-2f) {
  const OpRun run = run_op(op, inputs, 1);
  const Tensor cotangent = random_tensor(run.output.shape(), 77);
  const auto objective = [&] {
    ExecutionContext context(1);
    Tape tape(context, Tape::Mode::kTraining);  // training, so that dropout takes part
    std::vector<Var> vars;
    for (const Tensor& input : inputs) vars.push_back(tape.input(input));
    const Var output = op(tape, vars);
    double total = 0;
    for (std::size_t i = 0; i < cotangent.values().size(); ++i) {
      total += static_cast<double>(cotangent.values()[i]) * output.value().values()[i];
    }
    return total;
  };
  for (std::size_t which = 0; which < inputs.size(); ++which) {
    std::vector<double> numeric;
    for (float& value : inputs[which].values()) {
      const float kept = value;
      value = kept + step;
      const double above = objective();
      const float upper = value;
      value = kept - step;
      const double below = objective();
      numeric.push_back((above - below) / (static_cast<double>(upper) - value));
      value = kept;
    }
    ASSERT_TRUE(run.gradients[which].defined()) << "no gradient for input " << which;
    expect_near(run.gradients[which], numeric, ("gradient of input " + std::to_string(which)).c_str(),
                tolerance_of(DType::kF32).gradient);
  }
}

// Two and three threads give the bits of one; a second backward adds the same gradient again; only some inputs trained
// give the same gradients as all.
inline void check_invariants(const OpUnderTest& op, const std::vector<Tensor>& inputs) {
  const OpRun one = run_op(op, inputs, 1);
  for (const int threads : {2, 3}) {
    const OpRun many = run_op(op, inputs, threads);
    EXPECT_TRUE(same_bits(one.output, many.output)) << threads << " threads change the result";
    for (std::size_t i = 0; i < inputs.size(); ++i) {
      EXPECT_TRUE(same_bits(one.gradients[i], many.gradients[i])) << threads << " threads change gradient " << i;
    }
  }
  const OpRun twice = run_op(op, inputs, 2, 2);
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    std::vector<double> doubled;
    for (const float value : one.gradients[i].values()) doubled.push_back(2.0 * value);
    expect_near(twice.gradients[i], doubled, "gradient after two backwards");
  }
  for (std::size_t chosen = 0; chosen < inputs.size(); ++chosen) {
    ExecutionContext context(1);
    Tape tape(context, Tape::Mode::kTraining);
    std::vector<Var> vars;
    for (std::size_t i = 0; i < inputs.size(); ++i) {
      vars.push_back(i == chosen ? tape.input(inputs[i]) : tape.constant(inputs[i]));
    }
    const Var output = op(tape, vars);
    tape.backward_from(output, random_tensor(output.shape(), 77));
    EXPECT_TRUE(same_bits(vars[chosen].grad(), one.gradients[chosen])) << "input " << chosen << " trained alone";
  }
}

inline void check_op(const OpUnderTest& op, const std::vector<Tensor>& inputs, float step = 1e-2f) {
  check_gradients(op, inputs, step);
  check_invariants(op, inputs);
}

}  // namespace yupu::engine
