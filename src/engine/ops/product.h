// The matrix product of the ops that follow the context's precision.  Internal to engine/ops.
#pragma once

#include "engine/device/cpu/bf16_gemm.h"
#include "engine/device/cpu/gemm.h"

namespace yupu::engine {

inline void product(ExecutionContext& context, const GemmShape& shape, const MatrixView& a, const MatrixView& b,
                    const GemmOutput& c, const GemmEpilogue& epilogue = {}) {
  if (context.precision() == Precision::kBf16) return bf16_gemm(context, shape, a, b, c, epilogue);
  gemm(context, shape, a, b, c, epilogue);
}

}  // namespace yupu::engine
