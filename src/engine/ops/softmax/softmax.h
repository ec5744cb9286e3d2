// Softmax over the last axis, for answers (no gradient: training goes through cross_entropy).
// Shapes    x (R,K) f32; result as x, every row sums to 1.   Errors  out of memory throws EngineError.
#pragma once

#include "engine/execution_context.h"
#include "engine/tensor.h"

namespace yupu::engine {

Tensor softmax(ExecutionContext& context, const Tensor& x);

}  // namespace yupu::engine
