// Rows of a sparse matrix times a dense one: a linear layer over few of very many features.
//   y[b,:] = sum over j in [offsets[b], offsets[b+1]) of values[j] * weight[indices[j],:]
// Shapes    offsets (B+1), ascending, first 0; indices, values (offsets[B]); weight (F,K) f32;  result (B,K).
// Backward  d_weight: the touched rows, in the order of j whatever the threads, as embedding's.  Features have none.
// Errors    an index outside the weight is a bug here (CHECK): who makes the features validates them.  Out of memory
// throws EngineError.
#pragma once

#include <cstdint>
#include <vector>

#include "engine/autograd/tape.h"

namespace yupu::engine {

struct SparseRows {
  std::vector<std::int64_t> offsets = {0};
  std::vector<std::int32_t> indices;
  std::vector<float> values;
  std::int64_t row_count() const { return static_cast<std::int64_t>(offsets.size()) - 1; }
};

Var sparse_linear(SparseRows rows, const Var& weight);

}  // namespace yupu::engine
