// Causal attention of a sequence's newest tokens, where the keys and values of all before them are kept: writing a text
// token by token costs one row of work a token instead of the whole sequence's.
//   y[i] = softmax(q[i] [k_0 .. k_i]^T / sqrt(D)) [v_0 .. v_i]    i counts from the sequence's beginning
// Shapes    qkv (N,3C), q, k, v side by side, of the new tokens alone (`batch` says whose they are); result (N,C).
//           A cache is (capacity, 2C), k and v side by side, and one sequence's in one layer.
// State     the new keys and values are appended to their sequence's cache first.
// Numbers   those of attention(qkv of the whole sequence, causal) but for rounding (1e-6).
// Inference alone.   Errors  a wrong shape, a cache that is full, training are bugs (CHECK); out of memory throws
// EngineError.
#pragma once

#include <cstdint>
#include <span>

#include "engine/autograd/tape.h"
#include "engine/packed_batch.h"

namespace yupu::engine {

struct KeyValueCache {
  Tensor rows;             // (capacity, 2C)
  std::int64_t count = 0;  // tokens kept
};

// caches[b] is that of sequence b of the batch.
Var cached_attention(const Var& qkv, const PackedBatch& batch, int heads, std::span<KeyValueCache* const> caches);

}  // namespace yupu::engine
