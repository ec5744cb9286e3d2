// Fully connected layer, with the activation of the feed-forward block fused in.
//   y = activation(x weight^T + bias)
// Shapes    x (R,I);  weight (O,I) as HuggingFace and PyTorch store it;  bias (O) or absent (Var{});  result (R,O).
//           With `rows` the layer is made of these rows of weight and bias alone: the result is (R, end-begin), and the
//           gradients of the other rows are zero.
// Backward  d_x = d weight;  d_weight += d^T x;  d_bias += column sums of d, where d = d_y *
// activation'(pre-activation).
//           Kept: x when weight is trained; the pre-activation (R,O) when there is an activation.
// Inference a weight that is a Parameter leaf is packed once it is used again, and until Parameter::value_changed.
// Precision a context of kBf16 (engine/precision.h) rounds x, weight and d as they enter the three products
//           (device/cpu/bf16_gemm.h); bias, activation and every result stay f32.
// Int8      a weight that is a Parameter of i8 values with a scale per row of it runs in integers
//           (device/cpu/int8_gemm.h); inference alone.
// Numbers   a row of the result depends on its own row of x alone, bit for bit: not on R, the batch or the thread
// count. Errors    wrong shape or dtype is a bug (CHECK); out of memory throws EngineError.
#pragma once

#include <optional>

#include "engine/activation.h"
#include "engine/autograd/tape.h"

namespace yupu::engine {

struct LinearOptions {
  Activation activation = Activation::kNone;
  std::optional<RowRange> rows = std::nullopt;
};

Var linear(const Var& x, const Var& weight, const Var& bias, LinearOptions options = {});

}  // namespace yupu::engine
