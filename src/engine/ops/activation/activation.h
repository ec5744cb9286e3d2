// Elementwise activations as ops of their own.  (Inside a feed-forward layer use LinearOptions::activation, which
// fuses.)
//   gelu(x) = x * Phi(x), exact: |error| of Phi <= 2e-7.   gelu_tanh: the approximation of arXiv:1606.08415.
// Shapes    x any f32; result as x.   Backward  d_x.   Kept: x.
// Errors    wrong dtype is a bug (CHECK); out of memory throws EngineError.
#pragma once

#include "engine/activation.h"
#include "engine/autograd/tape.h"

namespace yupu::engine {

Var activate(const Var& x, Activation activation);
inline Var gelu(const Var& x) { return activate(x, Activation::kGelu); }
inline Var tanh(const Var& x) { return activate(x, Activation::kTanh); }

}  // namespace yupu::engine
