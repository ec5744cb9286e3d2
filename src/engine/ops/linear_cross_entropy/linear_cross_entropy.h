// Cross entropy straight from the input of a large output layer, for vocabularies: the logits are never there as a
// whole.
//   z[r,:] = weight x[r,:] + bias,   loss = sum over r of (lse(z[r]) - z[r,label[r]])
// Rows go through in chunks of about kChunkElements logits.  A chunk's gradient is taken while its logits are at hand,
// so nothing is computed twice: three products, as separate ops would make, in a chunk's memory instead of (R,V).
// Shapes    x (R,C) f32; weight (V,C), an embedding table shared with the input side will do; bias (V) or absent
// (Var{}); labels (R), each
//           in [0,V);  result (1), the sum over the rows (0 for no rows).
// Backward  d_x, d_weight, d_bias: what the forward pass left, times d_loss.  Kept: as many elements as those have.
// Precision the three products as those of linear (engine/precision.h).
// Numbers   as cross_entropy; independent of the thread count; a row's loss does not depend on the other rows.
// Errors    wrong shape or dtype, a label outside [0,V) is a bug (CHECK); out of memory throws EngineError.
#pragma once

#include <cstdint>
#include <span>

#include "engine/autograd/tape.h"

namespace yupu::engine {

struct LinearCrossEntropyOptions {
  std::int64_t* hits = nullptr;  // when set, the number of rows whose label has the highest logit is added to it
  std::int64_t chunk_rows = 0;   // 0: as many as kChunkElements allows; anything else is for tests
};

Var linear_cross_entropy(const Var& x, const Var& weight, const Var& bias, std::span<const std::int32_t> labels,
                         LinearCrossEntropyOptions options = {});

}  // namespace yupu::engine
