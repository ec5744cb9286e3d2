// Cross entropy of a softmax, with label smoothing (Szegedy et al. 2015, arXiv:1512.00567, section 7; PyTorch's form).
//   loss[b] = w_b times: (1-s) * (lse(z_b) - z_b[y_b]) + s * (lse(z_b) - mean(z_b)),   d z_b = softmax(z_b) - q_b
// Shapes    logits (B,K) f32; labels (B), each in [0,K) or kIgnoredLabel;  result (1).
// Weights   w_b of each row, 1 when none are given.
// Reduction kMean divides by the number of counted labels (0 counted: loss 0), or the sum of their weights.  With
// gradient accumulation use kSum and
//           backward(loss, 1 / count of the whole step): a mean of micro-batch means is not the mean.
// Numbers   softmax in f32 after subtracting the row maximum; the total over rows in f64, in row order.
// Errors    a label outside [0,K) is a bug (CHECK); out of memory throws EngineError.
#pragma once

#include <cstdint>
#include <span>

#include "engine/autograd/tape.h"

namespace yupu::engine {

inline constexpr std::int32_t kIgnoredLabel = -100;

enum class Reduction : std::uint8_t { kMean, kSum };

struct CrossEntropyOptions {
  float label_smoothing = 0.0f;
  Reduction reduction = Reduction::kMean;
  std::span<const float> row_weights = {};  // (B), or none; read during the call alone
};

Var cross_entropy(const Var& logits, std::span<const std::int32_t> labels, CrossEntropyOptions options = {});
std::int64_t counted_labels(std::span<const std::int32_t> labels);

}  // namespace yupu::engine
