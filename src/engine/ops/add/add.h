// Elementwise sums and multiples, for adapters and losses.
//   add(a, b) = a + b;   scale(x, factor) = factor * x
// Shapes    a, b of one shape, f32; result as the input.   Backward  d_a = d_b = d_y;  d_x = factor * d_y.
#pragma once

#include "engine/autograd/tape.h"

namespace yupu::engine {

Var add(const Var& a, const Var& b);
Var scale(const Var& x, float factor);

}  // namespace yupu::engine
