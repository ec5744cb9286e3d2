#include "engine/ops/layer_norm/layer_norm.h"

#include <cmath>

#include "engine/testing/op_harness.h"

namespace yupu::engine {
namespace {

TEST(LayerNorm, AgainstTheReference) {
  for (const std::int64_t columns : {1, 3, 8, 31, 312}) {
    const Tensor x = random_tensor({4, columns}, 1, 3.0);
    const Tensor gain = random_tensor({columns}, 2);
    const Tensor bias = random_tensor({columns}, 3);
    const OpRun run = run_op([](Tape&, const std::vector<Var>& in) { return layer_norm(in[0], in[1], in[2], {1e-5f}); },
                             {x, gain, bias}, 2);
    std::vector<double> expected;
    for (std::size_t r = 0; r < 4; ++r) {
      const auto width = static_cast<std::size_t>(columns);
      double mean = 0, variance = 0;
      for (std::size_t c = 0; c < width; ++c) mean += x.values()[r * width + c] / static_cast<double>(columns);
      for (std::size_t c = 0; c < width; ++c)
        variance += std::pow(x.values()[r * width + c] - mean, 2) / static_cast<double>(columns);
      for (std::size_t c = 0; c < width; ++c) {
        expected.push_back(gain.values()[c] * (x.values()[r * width + c] - mean) / std::sqrt(variance + 1e-5) +
                           bias.values()[c]);
      }
    }
    expect_near(run.output, expected, "y");
  }
}

TEST(LayerNorm, Gradients) {
  check_op([](Tape&, const std::vector<Var>& in) { return layer_norm(in[0], in[1], in[2], {1e-5f}); },
           {random_tensor({5, 19}, 1), random_tensor({19}, 2), random_tensor({19}, 3)});
}

TEST(LayerNorm, GradientsWithResidualAndDropout) {
  const RowKeys rows{{1, 1, 2, 3}, {0, 1, 0, 0}};
  const Dropout dropout{.probability = 0.3f, .key = {1, 2, 3}, .rows = &rows};
  check_op(
      [&](Tape&, const std::vector<Var>& in) {
        return residual_dropout_layer_norm(in[0], in[1], in[2], in[3], dropout, {1e-5f});
      },
      {random_tensor({4, 17}, 1), random_tensor({4, 17}, 4), random_tensor({17}, 2), random_tensor({17}, 3)});
}

TEST(LayerNorm, TheResidualMayBeXItself) {
  check_gradients(
      [](Tape&, const std::vector<Var>& in) {
        return residual_dropout_layer_norm(in[0], in[0], in[1], in[2], {}, {1e-5f});
      },
      {random_tensor({3, 9}, 1), random_tensor({9}, 2), random_tensor({9}, 3)});
}

}  // namespace
}  // namespace yupu::engine
