// A loss that was computed elsewhere: its value and its gradient are given, and go onto the tape as they are.
//   y = value,   d_x += d_y * gradient
// For losses over more rows than fit on a tape at once, whose gradient with respect to these rows is known by the time
// they are computed again (Gao et al. 2021, arXiv:2101.06983), and for losses that want 64 bits.
// Shapes    x and gradient alike, f32;  result (1).   Backward  d_x.   Threads  one stream per call.
// Errors    another shape is a bug (CHECK); out of memory throws EngineError.
#pragma once

#include "engine/autograd/tape.h"

namespace yupu::engine {

// `gradient` is shared, not copied: nobody may write it before backward has run.
Var known_gradient(const Var& x, const Tensor& gradient, float value);

}  // namespace yupu::engine
