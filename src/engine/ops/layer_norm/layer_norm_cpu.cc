#include <cmath>

#include "engine/device/cpu/simd_targets.h"
#include "engine/ops/layer_norm/layer_norm_kernel.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "engine/ops/layer_norm/layer_norm_cpu.cc"
#include "hwy/foreach_target.h"
// After foreach_target.
#include "engine/device/cpu/math-inl.h"
#include "hwy/highway.h"

HWY_BEFORE_NAMESPACE();
namespace yupu::engine {
namespace HWY_NAMESPACE {

HWY_INLINE float lane_sum(F32 d, VF32 v) { return hn::GetLane(hn::SumOfLanes(d, v)); }

HWY_INLINE VF32 load_part(F32 d, const float* p, std::int64_t left) {
  const auto lanes = static_cast<std::int64_t>(hn::Lanes(d));
  return left >= lanes ? hn::LoadU(d, p) : load_head(d, p, static_cast<std::size_t>(left));
}
HWY_INLINE void store_part(F32 d, VF32 v, float* p, std::int64_t left) {
  const auto lanes = static_cast<std::int64_t>(hn::Lanes(d));
  if (left >= lanes) {
    hn::StoreU(v, d, p);
  } else {
    store_head(d, v, p, static_cast<std::size_t>(left));
  }
}

float row_forward(const LayerNormRow& row) {
  const F32 d;
  const auto lanes = static_cast<std::int64_t>(hn::Lanes(d));
  const std::int64_t columns = row.columns;
  auto sum = hn::Zero(d);
  for (std::int64_t c = 0; c < columns; c += lanes) {
    auto v = load_part(d, row.x + c, columns - c);
    if (row.factors != nullptr) v = hn::Mul(v, load_part(d, row.factors + c, columns - c));
    if (row.residual != nullptr) v = hn::Add(v, load_part(d, row.residual + c, columns - c));
    store_part(d, v, row.y + c, columns - c);
    sum = hn::Add(sum, v);
  }
  const float mean = lane_sum(d, sum) / static_cast<float>(columns);
  const auto vmean = hn::Set(d, mean);
  auto squares = hn::Zero(d);
  std::int64_t c = 0;
  for (; c + lanes <= columns; c += lanes) {
    const auto centred = hn::Sub(hn::LoadU(d, row.y + c), vmean);
    squares = hn::MulAdd(centred, centred, squares);
  }
  float variance = lane_sum(d, squares);
  for (; c < columns; ++c) variance += (row.y[c] - mean) * (row.y[c] - mean);
  const float rstd = 1.0f / std::sqrt(variance / static_cast<float>(columns) + row.epsilon);
  const auto vrstd = hn::Set(d, rstd);
  for (c = 0; c < columns; c += lanes) {
    const std::int64_t left = columns - c;
    const auto normalised = hn::Mul(hn::Sub(load_part(d, row.y + c, left), vmean), vrstd);
    if (row.normalised != nullptr) store_part(d, normalised, row.normalised + c, left);
    store_part(d, hn::MulAdd(normalised, load_part(d, row.gain + c, left), load_part(d, row.bias + c, left)), row.y + c,
               left);
  }
  return rstd;
}

void row_backward(const float* d_y, const float* gain, const float* normalised, float rstd, std::int64_t columns,
                  float* d_sum) {
  const F32 d;
  const auto lanes = static_cast<std::int64_t>(hn::Lanes(d));
  auto total = hn::Zero(d);
  auto along = hn::Zero(d);
  for (std::int64_t c = 0; c < columns; c += lanes) {
    const std::int64_t left = columns - c;
    const auto g = hn::Mul(load_part(d, d_y + c, left), load_part(d, gain + c, left));
    total = hn::Add(total, g);
    along = hn::MulAdd(g, load_part(d, normalised + c, left), along);
  }
  const auto mean = hn::Set(d, lane_sum(d, total) / static_cast<float>(columns));
  const auto slope = hn::Set(d, lane_sum(d, along) / static_cast<float>(columns));
  const auto vrstd = hn::Set(d, rstd);
  for (std::int64_t c = 0; c < columns; c += lanes) {
    const std::int64_t left = columns - c;
    const auto g = hn::Mul(load_part(d, d_y + c, left), load_part(d, gain + c, left));
    const auto inner = hn::NegMulAdd(load_part(d, normalised + c, left), slope, hn::Sub(g, mean));
    store_part(d, hn::Mul(vrstd, inner), d_sum + c, left);
  }
}

void columns_backward(const float* d_y, const float* normalised, std::int64_t rows, std::int64_t columns,
                      std::int64_t begin, std::int64_t end, float* d_gain, float* d_bias) {
  const F32 d;
  const auto lanes = static_cast<std::int64_t>(hn::Lanes(d));
  for (std::int64_t r = 0; r < rows; ++r) {
    for (std::int64_t c = begin; c < end; c += lanes) {
      const std::int64_t left = end - c;
      const auto g = load_part(d, d_y + r * columns + c, left);
      if (d_gain != nullptr) {
        const auto n = load_part(d, normalised + r * columns + c, left);
        store_part(d, hn::MulAdd(g, n, load_part(d, d_gain + c, left)), d_gain + c, left);
      }
      if (d_bias != nullptr) store_part(d, hn::Add(g, load_part(d, d_bias + c, left)), d_bias + c, left);
    }
  }
}

void masked(const float* from, const float* factors, std::int64_t columns, bool accumulate, float* to) {
  const F32 d;
  const auto lanes = static_cast<std::int64_t>(hn::Lanes(d));
  for (std::int64_t c = 0; c < columns; c += lanes) {
    const std::int64_t left = columns - c;
    auto v = load_part(d, from + c, left);
    if (factors != nullptr) v = hn::Mul(v, load_part(d, factors + c, left));
    if (accumulate) v = hn::Add(v, load_part(d, to + c, left));
    store_part(d, v, to + c, left);
  }
}

}  // namespace HWY_NAMESPACE
}  // namespace yupu::engine
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace yupu::engine {
HWY_EXPORT(row_forward);
HWY_EXPORT(row_backward);
HWY_EXPORT(columns_backward);
HWY_EXPORT(masked);

float layer_norm_row(const LayerNormRow& row) { return HWY_DYNAMIC_DISPATCH(row_forward)(row); }
void layer_norm_row_backward(const float* d_y, const float* gain, const float* normalised, float rstd,
                             std::int64_t columns, float* d_sum) {
  HWY_DYNAMIC_DISPATCH(row_backward)(d_y, gain, normalised, rstd, columns, d_sum);
}
void layer_norm_columns_backward(const float* d_y, const float* normalised, std::int64_t rows, std::int64_t columns,
                                 std::int64_t begin, std::int64_t end, float* d_gain, float* d_bias) {
  HWY_DYNAMIC_DISPATCH(columns_backward)(d_y, normalised, rows, columns, begin, end, d_gain, d_bias);
}
void masked_row(const float* from, const float* factors, std::int64_t columns, bool accumulate, float* to) {
  HWY_DYNAMIC_DISPATCH(masked)(from, factors, columns, accumulate, to);
}
}  // namespace yupu::engine
#endif  // HWY_ONCE
