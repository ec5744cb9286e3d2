// The same training step on every instruction set this machine has: other roundings, the same mathematics.
#include "engine/device/cpu/simd_targets.h"
// Before Highway.
#include <cmath>

#include <hwy/highway.h>

#include "engine/device/cpu/instruction_set.h"
#include "engine/optim/adamw.h"
#include "engine/testing/op_harness.h"
#include "engine/testing/small_encoder.h"

namespace yupu::engine {
namespace {

struct Outcome {
  float loss;
  double norm;
  Tensor gradient;  // of the first weight matrix behind the embedding
};

Outcome one_step() {
  ExecutionContext context(2);
  SmallEncoder encoder({.channels = 40, .feed_forward = 72});
  Tape tape(context, Tape::Mode::kTraining);
  PackedBatch batch;
  for (std::uint64_t b = 0; b < 4; ++b)
    batch.append(std::vector<std::int32_t>(3 + 7 * b, static_cast<std::int32_t>(b + 1)), {}, b);
  const RowKeys rows = token_rows(batch);
  const std::vector<std::int32_t> labels = {0, 1, 2, 3};
  const Var loss = cross_entropy(encoder.logits(tape, batch, rows, 1), labels);
  Outcome outcome;
  outcome.loss = loss.value().item();
  tape.backward(loss);
  outcome.norm = gradient_norm(context, encoder.parameters());
  outcome.gradient = encoder.parameters()[5]->grad;
  AdamW(encoder.parameters(), {}).step(context, 1e-3f);
  return outcome;
}

TEST(Targets, EveryInstructionSetAgrees) {
  const std::int64_t supported = hwy::SupportedTargets();
  const Outcome best = one_step();
  std::vector<double> expected;
  for (const float value : best.gradient.values()) expected.push_back(value);
  int tried = 0;
  for (std::int64_t rest = supported; rest != 0; rest &= rest - 1) {
    hwy::SetSupportedTargetsForTest(rest);  // the best of those left
    hwy::GetChosenTarget().Update(hwy::SupportedTargets());
    const Outcome outcome = one_step();
    EXPECT_NEAR(outcome.loss, best.loss, 1e-5);
    EXPECT_NEAR(outcome.norm, best.norm, 1e-4 * best.norm);
    expect_near(outcome.gradient, expected, "gradient", 1e-4);
    ++tried;
  }
  hwy::SetSupportedTargetsForTest(supported);  // a forced level stays (forced_target_test.cc)
  hwy::GetChosenTarget().Update(hwy::SupportedTargets());
  EXPECT_GE(tried, 1);
}

// Where Highway knows nothing better of the machine (an aarch64 processor without AES, say) the baseline runs, and the
// name says so.
TEST(Targets, TheLeastIsWhatTheCompilerMayAlwaysUse) {
  const std::int64_t supported = hwy::SupportedTargets();
  hwy::SetSupportedTargetsForTest(HWY_EMU128 | HWY_SCALAR);
  hwy::GetChosenTarget().Update(hwy::SupportedTargets());
  const std::string name = instruction_set();
  const float loss = one_step().loss;
  hwy::SetSupportedTargetsForTest(supported);
  hwy::GetChosenTarget().Update(hwy::SupportedTargets());
  EXPECT_EQ(name, hwy::TargetName(HWY_STATIC_TARGET));
  EXPECT_NEAR(loss, one_step().loss, 1e-5);
}

}  // namespace
}  // namespace yupu::engine
