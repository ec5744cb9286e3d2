// Scaled dot-product attention over packed sequences, bidirectional or causal.  Vaswani et al. 2017, arXiv:1706.03762,
// section 3.2.
//   p = softmax(q k^T * scale),  y = dropout(p) v    within each sequence and head; scale = 1/sqrt(D)
// Causal    a token asks itself and those before it alone: scores of later ones are not in the softmax, and most of
//           them are never computed (no mask is kept anywhere).
// Shapes    q, k, v (N,C), or qkv (N,3C) with q, k, v side by side;  C = heads*D;  result (N,C).
//           attention_of_first asks with the first token of each sequence alone: q (B,C), kv (N,2C) with k, v side by
//           side; result (B,C), row for row the bits that attention gives these tokens.
// Backward  d_q, d_k, d_v (or d_qkv).  The probabilities are computed again from kept row sums (N,H), not stored.
// Dropout   keyed by (seed, step, site, sample, head, query * T + key): independent of packing and threads.
//           `dropout.rows` is not used; the samples are batch.sample_ids.
// Lifetime  `batch` must live until backward has run.
// Numbers   a sequence's result is the same, bit for bit, alone or packed with others.
// Errors    wrong shape or dtype is a bug (CHECK); out of memory throws EngineError.
#pragma once

#include "engine/autograd/tape.h"
#include "engine/ops/dropout/dropout.h"
#include "engine/packed_batch.h"

namespace yupu::engine {

struct AttentionOptions {
  int heads = 1;
  Dropout dropout = {};
  bool causal = false;  // not for attention_of_first
};

Var attention(const Var& q, const Var& k, const Var& v, const PackedBatch& batch, const AttentionOptions& options);
Var attention(const Var& qkv, const PackedBatch& batch, const AttentionOptions& options);

Var attention_of_first(const Var& q, const Var& kv, const PackedBatch& batch, const AttentionOptions& options);

}  // namespace yupu::engine
