#include <cmath>
#include <limits>

#include "engine/device/cpu/simd_targets.h"
#include "engine/ops/softmax/softmax_kernel.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "engine/ops/softmax/softmax_cpu.cc"
#include "hwy/foreach_target.h"
// After foreach_target.
#include "engine/device/cpu/math-inl.h"
#include "hwy/highway.h"

HWY_BEFORE_NAMESPACE();
namespace yupu::engine {
namespace HWY_NAMESPACE {

HWY_INLINE VF32 load_part_or(F32 d, const float* p, std::int64_t left, float filler) {
  const auto lanes = static_cast<std::int64_t>(hn::Lanes(d));
  if (left >= lanes) return hn::LoadU(d, p);
  HWY_ALIGN float buffer[HWY_MAX_BYTES / sizeof(float)];
  for (float& value : buffer) value = filler;
  std::memcpy(buffer, p, static_cast<std::size_t>(left) * sizeof(float));
  return hn::Load(d, buffer);
}
HWY_INLINE void store_part(F32 d, VF32 v, float* p, std::int64_t left) {
  if (left >= static_cast<std::int64_t>(hn::Lanes(d))) {
    hn::StoreU(v, d, p);
  } else {
    store_head(d, v, p, static_cast<std::size_t>(left));
  }
}

float row(const float* x, float scale, std::int64_t count, float* p) {
  const F32 d;
  const auto lanes = static_cast<std::int64_t>(hn::Lanes(d));
  const auto vscale = hn::Set(d, scale);
  // The lanes behind the end of the row start here, so they never win.
  constexpr float kLowest = std::numeric_limits<float>::lowest();
  auto top = hn::Set(d, kLowest);
  for (std::int64_t i = 0; i < count; i += lanes) {
    const std::int64_t left = count - i;
    const auto scaled = hn::Mul(load_part_or(d, x + i, left, 0.0f), vscale);
    if (left >= lanes) {
      top = hn::Max(top, scaled);
    } else {
      top = hn::Max(top, hn::IfThenElse(hn::FirstN(d, static_cast<std::size_t>(left)), scaled, hn::Set(d, kLowest)));
    }
  }
  const float maximum = hn::GetLane(hn::MaxOfLanes(d, top));
  const auto vmaximum = hn::Set(d, maximum);
  auto sum = hn::Zero(d);
  for (std::int64_t i = 0; i < count; i += lanes) {
    const std::int64_t left = count - i;
    auto e = vector_exp(d, hn::Sub(hn::Mul(load_part_or(d, x + i, left, 0.0f), vscale), vmaximum));
    if (left < lanes) e = hn::IfThenElseZero(hn::FirstN(d, static_cast<std::size_t>(left)), e);
    store_part(d, e, p + i, left);
    sum = hn::Add(sum, e);
  }
  const float total = hn::GetLane(hn::SumOfLanes(d, sum));
  const auto inverse = hn::Set(d, 1.0f / total);
  for (std::int64_t i = 0; i < count; i += lanes) {
    const std::int64_t left = count - i;
    store_part(d, hn::Mul(load_part_or(d, p + i, left, 0.0f), inverse), p + i, left);
  }
  return maximum + std::log(total);
}

void row_again(const float* x, float scale, float log_sum, std::int64_t count, float* p) {
  const F32 d;
  const auto lanes = static_cast<std::int64_t>(hn::Lanes(d));
  const auto vscale = hn::Set(d, scale);
  const auto vlog_sum = hn::Set(d, log_sum);
  for (std::int64_t i = 0; i < count; i += lanes) {
    const std::int64_t left = count - i;
    store_part(d, vector_exp(d, hn::Sub(hn::Mul(load_part_or(d, x + i, left, 0.0f), vscale), vlog_sum)), p + i, left);
  }
}

void multiply(const float* p, const float* factors, std::int64_t count, float* y) {
  const F32 d;
  const auto lanes = static_cast<std::int64_t>(hn::Lanes(d));
  for (std::int64_t i = 0; i < count; i += lanes) {
    const std::int64_t left = count - i;
    store_part(d, hn::Mul(load_part_or(d, p + i, left, 0.0f), load_part_or(d, factors + i, left, 0.0f)), y + i, left);
  }
}

void probability_backward(const float* p, const float* d_p, const float* factors, float scale, std::int64_t count,
                          float* d_x) {
  const F32 d;
  const auto lanes = static_cast<std::int64_t>(hn::Lanes(d));
  auto along = hn::Zero(d);
  for (std::int64_t i = 0; i < count; i += lanes) {
    const std::int64_t left = count - i;
    auto g = load_part_or(d, d_p + i, left, 0.0f);
    if (factors != nullptr) g = hn::Mul(g, load_part_or(d, factors + i, left, 0.0f));
    along = hn::MulAdd(g, load_part_or(d, p + i, left, 0.0f), along);
  }
  const auto total = hn::Set(d, hn::GetLane(hn::SumOfLanes(d, along)));
  const auto vscale = hn::Set(d, scale);
  for (std::int64_t i = 0; i < count; i += lanes) {
    const std::int64_t left = count - i;
    auto g = load_part_or(d, d_p + i, left, 0.0f);
    if (factors != nullptr) g = hn::Mul(g, load_part_or(d, factors + i, left, 0.0f));
    const auto slope = hn::Mul(hn::Mul(load_part_or(d, p + i, left, 0.0f), vscale), hn::Sub(g, total));
    store_part(d, slope, d_x + i, left);
  }
}

}  // namespace HWY_NAMESPACE
}  // namespace yupu::engine
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace yupu::engine {
HWY_EXPORT(row);
HWY_EXPORT(row_again);
HWY_EXPORT(multiply);
HWY_EXPORT(probability_backward);

float softmax_row(const float* x, float scale, std::int64_t count, float* p) {
  return HWY_DYNAMIC_DISPATCH(row)(x, scale, count, p);
}
void softmax_row_again(const float* x, float scale, float log_sum, std::int64_t count, float* p) {
  HWY_DYNAMIC_DISPATCH(row_again)(x, scale, log_sum, count, p);
}
void multiply_row(const float* p, const float* factors, std::int64_t count, float* y) {
  HWY_DYNAMIC_DISPATCH(multiply)(p, factors, count, y);
}
void softmax_row_backward(const float* p, const float* d_p, const float* factors, float scale, std::int64_t count,
                          float* d_x) {
  HWY_DYNAMIC_DISPATCH(probability_backward)(p, d_p, factors, scale, count, d_x);
}
}  // namespace yupu::engine
#endif  // HWY_ONCE
