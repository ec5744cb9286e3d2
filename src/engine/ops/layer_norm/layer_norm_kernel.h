// Between layer_norm.cc and layer_norm_cpu.cc.  One row or one range at a time.
#pragma once

#include <cstdint>

namespace yupu::engine {

// One row of layer_norm(residual + x * factors).  `residual` and `factors` may be null.  normalised (kept for backward)
// may be null.  The row of the sum is formed in `y`.
struct LayerNormRow {
  const float* x;
  const float* residual;
  const float* factors;
  const float* gain;
  const float* bias;
  float* y;
  float* normalised;
  std::int64_t columns;
  float epsilon;
};
float layer_norm_row(const LayerNormRow& row);  // rstd

// d_sum = rstd * (g - mean(g) - normalised * mean(g * normalised)), g = d_y * gain.
void layer_norm_row_backward(const float* d_y, const float* gain, const float* normalised, float rstd,
                             std::int64_t columns, float* d_sum);

// d_gain[c] += sum d_y * normalised, d_bias[c] += sum d_y over all rows, for columns [begin, end).  Null: not wanted.
void layer_norm_columns_backward(const float* d_y, const float* normalised, std::int64_t rows, std::int64_t columns,
                                 std::int64_t begin, std::int64_t end, float* d_gain, float* d_bias);

// to = or += from * factors; factors may be null.
void masked_row(const float* from, const float* factors, std::int64_t columns, bool accumulate, float* to);

}  // namespace yupu::engine
