#include "engine/device/cpu/elementwise.h"
#include "engine/device/cpu/simd_targets.h"
// Before Highway.
#include <algorithm>
#include <cmath>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "engine/device/cpu/elementwise_cpu.cc"
#include "hwy/foreach_target.h"
// After foreach_target.
#include "engine/device/cpu/math-inl.h"
#include "hwy/highway.h"

HWY_BEFORE_NAMESPACE();
namespace yupu::engine {
namespace HWY_NAMESPACE {

// y[i] = f(a[i], b[i]), tail included.  `b` may equal `a`.
template <class Function>
HWY_INLINE void map2(const float* a, const float* b, float* y, std::int64_t count, const Function& f) {
  const F32 d;
  const auto lanes = static_cast<std::int64_t>(hn::Lanes(d));
  std::int64_t i = 0;
  for (; i + lanes <= count; i += lanes) hn::StoreU(f(d, hn::LoadU(d, a + i), hn::LoadU(d, b + i)), d, y + i);
  if (i < count) {
    const auto left = static_cast<std::size_t>(count - i);
    store_head(d, f(d, load_head(d, a + i, left), load_head(d, b + i, left)), y + i, left);
  }
}

struct Sum {
  HWY_INLINE VF32 operator()(F32, VF32 a, VF32 b) const { return hn::Add(a, b); }
};
struct Times {
  float factor;
  HWY_INLINE VF32 operator()(F32 d, VF32 a, VF32) const { return hn::Mul(a, hn::Set(d, factor)); }
};
struct PlusTimes {
  float factor;
  HWY_INLINE VF32 operator()(F32 d, VF32 a, VF32 b) const { return hn::MulAdd(b, hn::Set(d, factor), a); }
};
template <class Function>
struct Value {
  HWY_INLINE VF32 operator()(F32 d, VF32 x, VF32) const { return Function().value(d, x); }
};
template <class Function>
struct SlopeTimes {
  HWY_INLINE VF32 operator()(F32 d, VF32 d_y, VF32 x) const { return hn::Mul(d_y, Function().slope(d, x)); }
};

// 0 x is NaN for a NaN or infinite x alone, and a sum stays NaN once it is.
bool all_finite(const float* x, std::int64_t count) {
  const F32 d;
  const auto lanes = static_cast<std::int64_t>(hn::Lanes(d));
  const auto zero = hn::Zero(d);
  auto s0 = zero, s1 = zero, s2 = zero, s3 = zero;
  std::int64_t i = 0;
  for (; i + 4 * lanes <= count; i += 4 * lanes) {
    s0 = hn::MulAdd(hn::LoadU(d, x + i), zero, s0);
    s1 = hn::MulAdd(hn::LoadU(d, x + i + lanes), zero, s1);
    s2 = hn::MulAdd(hn::LoadU(d, x + i + 2 * lanes), zero, s2);
    s3 = hn::MulAdd(hn::LoadU(d, x + i + 3 * lanes), zero, s3);
  }
  const auto sum = hn::Add(hn::Add(s0, s1), hn::Add(s2, s3));
  bool finite = hn::AllTrue(d, hn::Eq(sum, zero));
  for (; i < count; ++i) finite = finite && x[i] * 0.0f == 0.0f;
  return finite;
}

void add_range(const float* a, const float* b, float* y, std::int64_t count) { map2(a, b, y, count, Sum()); }
void scale_range(const float* x, float* y, std::int64_t count, float factor) { map2(x, x, y, count, Times{factor}); }
void scale_into_range(const float* x, float* y, std::int64_t count, float factor) {
  map2(y, x, y, count, PlusTimes{factor});
}

void activation_forward_range(Activation activation, const float* x, float* y, std::int64_t count) {
  switch (activation) {
    case Activation::kNone:
      return map2(x, x, y, count, Times{1.0f});
    case Activation::kGelu:
      return map2(x, x, y, count, Value<GeluExact>());
    case Activation::kGeluTanh:
      return map2(x, x, y, count, Value<GeluTanh>());
    case Activation::kTanh:
      return map2(x, x, y, count, Value<Tanh>());
    case Activation::kRelu:
      return map2(x, x, y, count, Value<Relu>());
  }
}

template <class Function>
HWY_INLINE void slope_range(const float* d_y, const float* x, float* d_x, std::int64_t count, bool accumulate) {
  if (!accumulate) return map2(d_y, x, d_x, count, SlopeTimes<Function>());
  HWY_ALIGN float product[512];
  for (std::int64_t i = 0; i < count; i += 512) {
    const std::int64_t part = HWY_MIN(std::int64_t{512}, count - i);
    map2(d_y + i, x + i, product, part, SlopeTimes<Function>());
    map2(d_x + i, product, d_x + i, part, Sum());
  }
}

void activation_backward_range(Activation activation, const float* d_y, const float* x, float* d_x, std::int64_t count,
                               bool accumulate) {
  switch (activation) {
    case Activation::kNone:
      return accumulate ? map2(d_x, d_y, d_x, count, Sum()) : map2(d_y, d_y, d_x, count, Times{1.0f});
    case Activation::kGelu:
      return slope_range<GeluExact>(d_y, x, d_x, count, accumulate);
    case Activation::kGeluTanh:
      return slope_range<GeluTanh>(d_y, x, d_x, count, accumulate);
    case Activation::kTanh:
      return slope_range<Tanh>(d_y, x, d_x, count, accumulate);
    case Activation::kRelu:
      return slope_range<Relu>(d_y, x, d_x, count, accumulate);
  }
}

// Rows go by in order; the sums of this range of columns stay in the first cache.
void column_sums_range(float* sums, const float* x, std::int64_t rows, std::int64_t columns, std::int64_t begin,
                       std::int64_t end, bool accumulate) {
  if (!accumulate) std::memset(sums + begin, 0, static_cast<std::size_t>(end - begin) * sizeof(float));
  for (std::int64_t row = 0; row < rows; ++row) {
    map2(sums + begin, x + row * columns + begin, sums + begin, end - begin, Sum());
  }
}

}  // namespace HWY_NAMESPACE
}  // namespace yupu::engine
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace yupu::engine {
HWY_EXPORT(add_range);
HWY_EXPORT(all_finite);
HWY_EXPORT(scale_range);
HWY_EXPORT(scale_into_range);
HWY_EXPORT(activation_forward_range);
HWY_EXPORT(activation_backward_range);
HWY_EXPORT(column_sums_range);

namespace {
constexpr std::int64_t kGrain = 8192;        // elements worth a thread of their own
constexpr std::int64_t kGrainCostly = 2048;  // with an exponential in each
constexpr std::int64_t kGrainColumns = 64;
}  // namespace

void add_into(ThreadTeam& team, float* target, const float* x, std::int64_t count) {
  add(team, target, target, x, count);
}

void add(ThreadTeam& team, float* y, const float* a, const float* b, std::int64_t count) {
  team.parallel_for(count, kGrain, [&](std::int64_t begin, std::int64_t end, int) {
    HWY_DYNAMIC_DISPATCH(add_range)(a + begin, b + begin, y + begin, end - begin);
  });
}

void scale(ThreadTeam& team, float* y, const float* x, float factor, std::int64_t count) {
  team.parallel_for(count, kGrain, [&](std::int64_t begin, std::int64_t end, int) {
    HWY_DYNAMIC_DISPATCH(scale_range)(x + begin, y + begin, end - begin, factor);
  });
}

void scale_into(ThreadTeam& team, float* target, const float* x, float factor, std::int64_t count) {
  team.parallel_for(count, kGrain, [&](std::int64_t begin, std::int64_t end, int) {
    HWY_DYNAMIC_DISPATCH(scale_into_range)(x + begin, target + begin, end - begin, factor);
  });
}

void zero_fill(ThreadTeam& team, float* target, std::int64_t count) {
  team.parallel_for(count, kGrain, [&](std::int64_t begin, std::int64_t end, int) {
    std::memset(target + begin, 0, static_cast<std::size_t>(end - begin) * sizeof(float));
  });
}

void column_sums(ThreadTeam& team, float* sums, const float* x, std::int64_t rows, std::int64_t columns,
                 bool accumulate) {
  team.parallel_for(columns, kGrainColumns, [&](std::int64_t begin, std::int64_t end, int) {
    HWY_DYNAMIC_DISPATCH(column_sums_range)(sums, x, rows, columns, begin, end, accumulate);
  });
}

void activation_forward(ThreadTeam& team, Activation activation, float* y, const float* x, std::int64_t count) {
  team.parallel_for(count, kGrainCostly, [&](std::int64_t begin, std::int64_t end, int) {
    HWY_DYNAMIC_DISPATCH(activation_forward_range)(activation, x + begin, y + begin, end - begin);
  });
}

void activation_backward(ThreadTeam& team, Activation activation, float* d_x, const float* d_y, const float* x,
                         std::int64_t count, bool accumulate) {
  team.parallel_for(count, kGrainCostly, [&](std::int64_t begin, std::int64_t end, int) {
    HWY_DYNAMIC_DISPATCH(activation_backward_range)
    (activation, d_y + begin, x + begin, d_x + begin, end - begin, accumulate);
  });
}

std::int64_t first_not_finite(const float* x, std::int64_t count) {
  constexpr std::int64_t kPiece = 4096;
  for (std::int64_t begin = 0; begin < count; begin += kPiece) {
    const std::int64_t end = std::min(count, begin + kPiece);
    if (HWY_DYNAMIC_DISPATCH(all_finite)(x + begin, end - begin)) continue;
    const float* const bad = std::find_if(x + begin, x + end, [](float value) { return !std::isfinite(value); });
    return bad - x;
  }
  return -1;
}
}  // namespace yupu::engine
#endif  // HWY_ONCE
