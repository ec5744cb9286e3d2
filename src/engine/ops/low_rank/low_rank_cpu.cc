#include "engine/device/cpu/simd_targets.h"
#include "engine/ops/low_rank/low_rank_inference.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "engine/ops/low_rank/low_rank_cpu.cc"
#include "hwy/foreach_target.h"
// After foreach_target.
#include "engine/device/cpu/math-inl.h"
#include "engine/device/cpu/register_rows.h"
#include "hwy/highway.h"

HWY_BEFORE_NAMESPACE();
namespace yupu::engine {
namespace HWY_NAMESPACE {

constexpr std::int64_t kRows = 4;  // of x, times two of `down`: eight sums in registers

// Both rows of `down` times kRows rows of x: sums[2 i] and sums[2 i + 1] for row i.  A dot product is one vector of
// partial sums over ascending k, then their sum: the same operations in whatever tile it stands.
HWY_INLINE void dot_tile(const float* const* x, const float* down0, const float* down1, std::int64_t depth,
                         float* sums) {
  const F32 d;
  const auto lanes = static_cast<std::int64_t>(hn::Lanes(d));
#define YUPU_ZERO(r) VF32 first##r = hn::Zero(d), second##r = hn::Zero(d);
#define YUPU_ADD(r, xr)                    \
  first##r = hn::MulAdd(xr, b0, first##r); \
  second##r = hn::MulAdd(xr, b1, second##r);
#define YUPU_STEP(r)                        \
  {                                         \
    const VF32 xr = hn::LoadU(d, x[r] + k); \
    YUPU_ADD(r, xr)                         \
  }
#define YUPU_TAIL(r)                              \
  {                                               \
    const VF32 xr = load_head(d, x[r] + k, left); \
    YUPU_ADD(r, xr)                               \
  }
#define YUPU_KEEP(r)                                        \
  sums[2 * (r)] = hn::GetLane(hn::SumOfLanes(d, first##r)); \
  sums[2 * (r) + 1] = hn::GetLane(hn::SumOfLanes(d, second##r));
  YUPU_ROWS_4(YUPU_ZERO)
  std::int64_t k = 0;
  for (; k + lanes <= depth; k += lanes) {
    const VF32 b0 = hn::LoadU(d, down0 + k);
    const VF32 b1 = hn::LoadU(d, down1 + k);
    YUPU_ROWS_4(YUPU_STEP)
  }
  if (k < depth) {
    const auto left = static_cast<std::size_t>(depth - k);
    const VF32 b0 = load_head(d, down0 + k, left);
    const VF32 b1 = load_head(d, down1 + k, left);
    YUPU_ROWS_4(YUPU_TAIL)
  }
  YUPU_ROWS_4(YUPU_KEEP)
#undef YUPU_ZERO
#undef YUPU_ADD
#undef YUPU_STEP
#undef YUPU_TAIL
#undef YUPU_KEEP
}

void shrink_rows(const Shrink& s) {
  for (std::int64_t row = 0; row < s.rows; row += kRows) {
    const float* x[kRows];  // beyond the last row: that row again, for nothing
    for (std::int64_t i = 0; i < kRows; ++i) x[i] = s.x + HWY_MIN(row + i, s.rows - 1) * s.depth;
    for (std::int64_t j = 0; j < s.rank; j += 2) {
      const std::int64_t next = HWY_MIN(j + 1, s.rank - 1);
      float sums[2 * kRows];
      dot_tile(x, s.down + j * s.depth, s.down + next * s.depth, s.depth, sums);
      for (std::int64_t i = 0; i < HWY_MIN(kRows, s.rows - row); ++i) {
        float* const u = s.u + (row + i) * s.rank;
        u[j] = sums[2 * i] * (s.factors != nullptr ? s.factor * s.factors[j] : s.factor);
        if (next > j) u[next] = sums[2 * i + 1] * (s.factors != nullptr ? s.factor * s.factors[next] : s.factor);
      }
    }
  }
}

template <class Function>
HWY_INLINE void apply(float* y, std::int64_t count) {
  const F32 d;
  const auto lanes = static_cast<std::int64_t>(hn::Lanes(d));
  std::int64_t i = 0;
  for (; i + lanes <= count; i += lanes) hn::StoreU(Function().value(d, hn::LoadU(d, y + i)), d, y + i);
  if (i < count) {
    const auto left = static_cast<std::size_t>(count - i);
    store_head(d, Function().value(d, load_head(d, y + i, left)), y + i, left);
  }
}

void activate_range(Activation activation, float* y, std::int64_t count) {
  switch (activation) {
    case Activation::kNone:
      return;
    case Activation::kGelu:
      return apply<GeluExact>(y, count);
    case Activation::kGeluTanh:
      return apply<GeluTanh>(y, count);
    case Activation::kTanh:
      return apply<Tanh>(y, count);
    case Activation::kRelu:
      return apply<Relu>(y, count);
  }
}

}  // namespace HWY_NAMESPACE
}  // namespace yupu::engine
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace yupu::engine {
HWY_EXPORT(shrink_rows);
HWY_EXPORT(activate_range);

void shrink(const Shrink& shape) { HWY_DYNAMIC_DISPATCH(shrink_rows)(shape); }
void activate_serial(Activation activation, float* y, std::int64_t count) {
  HWY_DYNAMIC_DISPATCH(activate_range)(activation, y, count);
}

}  // namespace yupu::engine
#endif  // HWY_ONCE
