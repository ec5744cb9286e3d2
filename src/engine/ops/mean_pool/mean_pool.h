// The mean over the tokens of each sequence.
//   y[b,:] = mean of x[n,:] for n in [cu_seqlens[b], cu_seqlens[b+1])
// Shapes    x (N,C); cu_seqlens (B+1), every sequence with at least one token;  result (B,C).   Backward  d_x.
// Errors    wrong shape is a bug (CHECK); out of memory throws EngineError.
#pragma once

#include <cstdint>
#include <span>

#include "engine/autograd/tape.h"

namespace yupu::engine {

Var mean_pool(const Var& x, std::span<const std::int32_t> cu_seqlens);

}  // namespace yupu::engine
