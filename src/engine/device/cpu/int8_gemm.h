// Integer matrix product for inference: weights of 8 bits with a scale per output channel, activations of 8 bits with a
// scale and a zero point per row (token), chosen from the row itself.  Gemmlowp's affine quantisation (Jacob et al.
// 2017, arXiv:1712.05877, section 2), rows as in ZeroQuant (Yao et al. 2022, arXiv:2206.01861, section 3.1).
//
//   weights      s_w[n] = max_k |W[n,k]| / 127,  w[n,k] = round_even(W[n,k] / s_w[n]) in [-127,127];  1 for a zero row
//   activations  lo = min(0, min x), hi = max(0, max x), s_x = hi/255 - lo/255, r = 1 / s_x, zero = round_even(-lo r),
//                u[k] = clamp(round_even(x[k] r) + zero, 0, 255)
//   result       y[m,n] = activation(float(sum_k u w - zero[m] csum[n]) * s_x[m] * s_w[n] + bias[n])
//
// Invariants
//  1. The integer sum is exact on every instruction set: products are added in 32 bits, never in saturating 16
//     (vpmaddubsw), so every path gives the same bits (int8_kernel.h).  Without an activation so does y.
//  2. A row of y depends on its own row of x alone: not on M, the batch or the thread count.
//  3. A row with a NaN or an infinity gives NaN in all of its results, a row of zeros gives the bias.
#pragma once

#include <cstdint>

#include "engine/device/cpu/gemm.h"

namespace yupu::engine {

// K (255 * 127) < 2^31.
inline constexpr std::int64_t kInt8DepthMax = 66'311;

// One row of weights: the scale, and `count` values into `quantised`.  Values must be finite.
float quantise_channel(const float* weights, std::int64_t count, std::int8_t* quantised);

// The right operand, a (O,I) matrix of quantised weights, laid out for the kernels.  Threads: may be read by many.
// REQUIRES: weight i8 (O,I) without -128, scale f32 (O), I <= kInt8DepthMax.
class PackedInt8Weight {
 public:
  PackedInt8Weight(ExecutionContext& context, const Tensor& weight, const Tensor& scale);
  std::int64_t columns() const { return columns_; }
  std::int64_t depth() const { return depth_; }
  const std::int8_t* data() const { return packed_.i8(); }
  const float* scales() const { return scales_.f32(); }     // (padded columns)
  const std::int32_t* sums() const { return sums_.i32(); }  // (padded columns) csum

 private:
  std::int64_t columns_;
  std::int64_t depth_;
  Tensor packed_, scales_, sums_;
};

// y (M,N) from x (M,K), row stride x_stride.  epilogue.activated is not supported: inference keeps no pre-activation.
void int8_gemm(ExecutionContext& context, std::int64_t rows, const float* x, std::int64_t x_stride,
               const PackedInt8Weight& weight, const GemmOutput& y, const GemmEpilogue& epilogue = {});

}  // namespace yupu::engine
