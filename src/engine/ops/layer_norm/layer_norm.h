// Layer normalisation over the last axis.  Ba, Kiros, Hinton 2016, arXiv:1607.06450.
//   y[r,c] = gain[c] * (x[r,c] - mean[r]) * rstd[r] + bias[c],   rstd[r] = 1/sqrt(var[r] + epsilon), var biased
// and the form every BERT sub-layer ends with, in one pass:
//   residual_dropout_layer_norm(x, residual) = layer_norm(residual + dropout(x))
// Shapes    x, residual (R,C) f32;  gain, bias (C) f32;  result as x.  Kept for backward: the normalised input, rstd
// (R). Backward  d_x, d_residual, d_gain, d_bias. Numbers   statistics in f32 over two passes of the row; independent
// of R and of the thread count. Errors    wrong shape or dtype is a bug (CHECK); out of memory throws EngineError.
#pragma once

#include "engine/autograd/tape.h"
#include "engine/ops/dropout/dropout.h"

namespace yupu::engine {

struct LayerNormOptions {
  float epsilon = 1e-12f;
};

Var layer_norm(const Var& x, const Var& gain, const Var& bias, LayerNormOptions options = {});
Var residual_dropout_layer_norm(const Var& x, const Var& residual, const Var& gain, const Var& bias,
                                const Dropout& dropout, LayerNormOptions options = {});

}  // namespace yupu::engine
