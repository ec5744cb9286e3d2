// Picks rows of a matrix, for instance the first token of every sequence.
//   y[i,:] = x[indices[i],:]
// Shapes    x (R,C); indices (any length, each in [0,R), repeats allowed);  result (len,C).
// Backward  d_x: the rows add up where they came from; the others are zero.
// Errors    an index outside x is a bug (CHECK); out of memory throws EngineError.
#pragma once

#include <cstdint>
#include <span>

#include "engine/autograd/tape.h"

namespace yupu::engine {

Var gather_rows(const Var& x, std::span<const std::int32_t> indices);

}  // namespace yupu::engine
