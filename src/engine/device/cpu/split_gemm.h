// The product of gemm.h in f32 precision on hardware that multiplies bf16 much faster than f32 (AMX: sixteen times).
// Each operand is taken apart into three bf16, x = h + m + l, every one the rounding of what the ones before left over
// (24 bits in all, as many as an f32 has), and six of the nine products are summed in f32:
//
//   a b = ah bh + (ah bm + am bh) + (ah bl + am bm + al bh)  + terms below 2^-24 |a b|, left out
//
// After Henry, Tang, Heinecke 2019, "Leveraging the bfloat16 artificial intelligence datatype for higher-precision
// computations", arXiv:1904.06376 (their x6).  A product of two bf16 is exact in f32, so what is lost is the left-out
// terms and the roundings of the sums, which are fewer than in a sum of K products one by one.
//
// Invariants
//  1. An element of C depends on its row of A and its column of B alone: the depth is cut into blocks by K, the blocks
//     into 32 depths, and within those the six products come in one order.  Not on M, N, its place, the threads, or on
//     whether the weight was packed before.
//  2. Within gemm.h's errors, with two exceptions far from anything a model holds: parts below 2^-126 are taken for
//     zero, and an operand that is infinite, or rounds to infinity as a bf16 (above 3.39e38), gives NaN where f32 has
//     infinity.
//  3. Nothing is read outside the operands; padding exists in the packed copies alone.
#pragma once

#include <cstdint>

#include "engine/device/cpu/gemm.h"
#include "engine/device/cpu/gemm_kernel.h"

namespace yupu::engine {

// Whether products of this shape are formed this way here: the machine has AMX, the f32 kernels are those of AVX-512,
// and the shape is no sliver (by columns and depth alone: a text answers the same alone and in a batch).
bool split_gemm_serves(const GemmShape& shape);

// What one thread needs for its rectangle, 64-byte aligned.
std::int64_t split_scratch_a_floats(const GemmShape& shape);
std::int64_t split_scratch_b_floats(const GemmShape& shape);
// One rectangle, as gemm_run_task.  Takes B apart for itself, from either layout or from packed f32: beside the
// products that costs little, and parts would be half as much again to read.
void split_run_task(const GemmTask& task);

// For tests: never, while it lives.
class WithoutSplitGemm {
 public:
  WithoutSplitGemm();
  WithoutSplitGemm(const WithoutSplitGemm&) = delete;
  WithoutSplitGemm& operator=(const WithoutSplitGemm&) = delete;
  ~WithoutSplitGemm();
};

}  // namespace yupu::engine
