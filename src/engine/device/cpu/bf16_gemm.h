// Matrix product with operands rounded to bfloat16 and sums in f32: C = A B or C += A B, for every layout the ops need.
// bfloat16 is the upper half of an f32 (8 bits of exponent, 8 of precision): Wang, Kanwar 2019, "BFloat16: the secret
// to high performance on Cloud TPUs"; training with it: Kalamkar et al. 2019, arXiv:1905.12322.
//
//   round        to nearest, ties to even; a value below 2^-126 becomes a zero of its sign, a NaN stays one
//   product      c = 0;  for p = 0, 1, ... K/2:  c = fma(a[2p], b[2p], fma(a[2p+1], b[2p+1], c)),  odd K: a zero behind
//
// This is what vdpbf16ps (AVX512_BF16) does with each pair, so the order is the machine's.  AMX (tdpbf16ps) sums blocks
// of 32 depths first, the even ones by themselves and the odd ones:
//
//   AMX          c = 0;  for each block:  e = o = 0
//                                         for its pairs:  e = fma(a[2p], b[2p], e),  o = fma(a[2p+1], b[2p+1], o)
//                                         c = c + (e + o)
//
// Operands are f32 in memory and rounded while they are packed; C and the epilogue are f32.
//
// Invariants
//  1. An element of C depends on its row of A and its column of B alone: not on M, N, its place, or the thread count.
//  2. Every path but AMX gives the same bits (a product of two bf16 is exact in f32, so with and without fused
//     arithmetic there is one rounding), AMX those of its own order, with two exceptions far from anything a model
//     holds: the hardware takes partial sums below 2^-126 for zero and f32 arithmetic keeps them; where a single
//     product overflows f32, paths without fused arithmetic have an infinity one step earlier.
//  3. Nothing is read outside the operands; padding exists in the packed copies alone.
#pragma once

#include <cstdint>

#include "engine/device/cpu/gemm.h"

namespace yupu::engine {

// Whether this machine multiplies bf16 in hardware.  Without, the product runs too, about as fast as in f32.
bool bf16_in_hardware();

// A right operand in f32, rounded and packed once: half the memory of PackedWeight.  Threads: may be read by many.
class PackedBf16Weight {
 public:
  // B (depth, columns).
  PackedBf16Weight(ExecutionContext& context, const MatrixView& b, std::int64_t columns, std::int64_t depth);
  // W^T of a linear layer, W (O,I).
  PackedBf16Weight(ExecutionContext& context, const Tensor& weight);
  std::int64_t columns() const { return columns_; }
  std::int64_t depth() const { return depth_; }
  const std::uint32_t* data() const;

 private:
  std::int64_t columns_;
  std::int64_t depth_;
  Tensor packed_;
};

// As gemm (gemm.h), of the rounded operands.
void bf16_gemm(ExecutionContext& context, const GemmShape& shape, const MatrixView& a, const MatrixView& b,
               const GemmOutput& c, const GemmEpilogue& epilogue = {});
void bf16_gemm(ExecutionContext& context, std::int64_t rows, const MatrixView& a, const PackedBf16Weight& b,
               const GemmOutput& c, const GemmEpilogue& epilogue = {});

}  // namespace yupu::engine
