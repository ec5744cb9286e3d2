// Single-precision matrix product, C = A B or C += A B, for every layout the ops need.
// After Goto, van de Geijn 2008, "Anatomy of high-performance matrix multiplication" (TOMS 34:3) and BLIS (Van Zee
// 2015):
//
//   for rows in blocks of kRowsBlock
//     for columns, so many that the block of C stays in L2 (all of them where the depth is one block)
//       for depth in blocks, kDepthBlockMax at most   A block packed into panels [k][<=MR], L2
//         for every panel of B                        packed into [k][NR] just now; the next one is prefetched
//           for every panel of A                      registers: MR x NR accumulators
//
//   MR x NR is 14 x 32 on AVX-512, 6 x 16 on AVX2, 14 x 8 on NEON, 6 x 8 elsewhere.  Packing reads either layout, so a
//   transposed operand costs the same.  Threads get rectangles of C and pack for themselves: one fork and join per
//   product.
//
// Invariants
//  1. An element of C is the sum over k in ascending order, in partial sums whose length depends on K alone: it does
//     not depend on M, N, on its place in C, or on the thread count.  This is what makes a packed batch equal, bit for
//     bit, to its sequences one by one.
//  2. Nothing is read outside the operands; padding exists in the packed copies alone.
#pragma once

#include <cstdint>

#include "engine/activation.h"
#include "engine/execution_context.h"
#include "engine/tensor.h"

namespace yupu::engine {

// Element (i,j) is data[i*stride + j], or data[j*stride + i] when transposed.
struct MatrixView {
  const float* data = nullptr;
  std::int64_t stride = 0;
  bool transposed = false;
};

// What happens to an element of C once its sum is complete.  With `activated` the sum (plus bias) stays in C, which
// backward wants, and the activation of it goes to `activated`; without, the activation replaces it.
struct GemmEpilogue {
  const float* bias = nullptr;  // (N)
  Activation activation = Activation::kNone;
  float* activated = nullptr;
  std::int64_t activated_stride = 0;
};

struct GemmShape {
  std::int64_t rows = 0;     // M
  std::int64_t columns = 0;  // N
  std::int64_t depth = 0;    // K
};

// C (M,N), row stride c_stride.  accumulate: C += A B (then `epilogue` must be empty).
struct GemmOutput {
  float* data = nullptr;
  std::int64_t stride = 0;
  bool accumulate = false;
};

// A right operand packed once.  Threads: may be read by many.
class PackedWeight {
 public:
  // B (depth, columns).
  PackedWeight(ExecutionContext& context, const MatrixView& b, std::int64_t columns, std::int64_t depth);
  // W^T of a linear layer, W (O,I).
  PackedWeight(ExecutionContext& context, const Tensor& weight);
  std::int64_t columns() const { return columns_; }
  std::int64_t depth() const { return depth_; }
  const float* f32() const { return packed_.f32(); }

 private:
  std::int64_t columns_;
  std::int64_t depth_;
  Tensor packed_;
};

void gemm(ExecutionContext& context, const GemmShape& shape, const MatrixView& a, const MatrixView& b,
          const GemmOutput& c, const GemmEpilogue& epilogue = {});
void gemm(ExecutionContext& context, std::int64_t rows, const MatrixView& a, const PackedWeight& b, const GemmOutput& c,
          const GemmEpilogue& epilogue = {});

// On the calling thread alone, for use inside parallel_for.  `scratch` holds gemm_scratch_floats(shape), 64-byte
// aligned.
std::int64_t gemm_scratch_floats(const GemmShape& shape);
void gemm_serial(const GemmShape& shape, const MatrixView& a, const MatrixView& b, const GemmOutput& c, float* scratch);

}  // namespace yupu::engine
