#include <span>

#include "engine/device/cpu/simd_targets.h"
#include "engine/optim/adamw_kernel.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "engine/optim/adamw_cpu.cc"
#include "hwy/foreach_target.h"
// After foreach_target.
#include "engine/device/cpu/math-inl.h"
#include "hwy/highway.h"

HWY_BEFORE_NAMESPACE();
namespace yupu::engine {
namespace HWY_NAMESPACE {

// One vector of the update.
struct Update {
  const AdamWPass& pass;

  HWY_INLINE void operator()(F32 d, VF32 g, VF32& w, VF32& m, VF32& v) const {
    g = hn::Mul(g, hn::Set(d, pass.gradient_scale));
    m = hn::MulAdd(hn::Set(d, 1.0f - pass.beta1), hn::Sub(g, m), m);
    v = hn::MulAdd(hn::Set(d, 1.0f - pass.beta2), hn::Sub(hn::Mul(g, g), v), v);
    const auto root = hn::MulAdd(hn::Sqrt(v), hn::Set(d, pass.inverse_root_bias), hn::Set(d, pass.epsilon));
    const auto decayed = hn::NegMulAdd(w, hn::Set(d, pass.shrink), w);
    w = hn::NegMulAdd(hn::Set(d, pass.step_size), hn::Div(m, root), decayed);
  }
};

void range(const AdamWPass& pass, std::int64_t count, const float* gradient, float* weight, float* m, float* v) {
  const F32 d;
  const auto lanes = static_cast<std::int64_t>(hn::Lanes(d));
  const Update update{pass};
  std::int64_t i = 0;
  for (; i + lanes <= count; i += lanes) {
    auto w = hn::LoadU(d, weight + i);
    auto first = hn::LoadU(d, m + i);
    auto second = hn::LoadU(d, v + i);
    update(d, gradient != nullptr ? hn::LoadU(d, gradient + i) : hn::Zero(d), w, first, second);
    hn::StoreU(w, d, weight + i);
    hn::StoreU(first, d, m + i);
    hn::StoreU(second, d, v + i);
  }
  if (i < count) {
    const auto left = static_cast<std::size_t>(count - i);
    auto w = load_head(d, weight + i, left);
    auto first = load_head(d, m + i, left);
    auto second = load_head(d, v + i, left);
    update(d, gradient != nullptr ? load_head(d, gradient + i, left) : hn::Zero(d), w, first, second);
    store_head(d, w, weight + i, left);
    store_head(d, first, m + i, left);
    store_head(d, second, v + i, left);
  }
}

// Two vectors at a time through all passes, in registers: division and root of the one run beside the other's.
void replay(std::span<const AdamWPass> passes, std::int64_t count, float* weight, float* m, float* v) {
  const F32 d;
  const auto lanes = static_cast<std::int64_t>(hn::Lanes(d));
  std::int64_t i = 0;
  for (; i + 2 * lanes <= count; i += 2 * lanes) {
    auto w0 = hn::LoadU(d, weight + i), w1 = hn::LoadU(d, weight + i + lanes);
    auto m0 = hn::LoadU(d, m + i), m1 = hn::LoadU(d, m + i + lanes);
    auto v0 = hn::LoadU(d, v + i), v1 = hn::LoadU(d, v + i + lanes);
    for (const AdamWPass& pass : passes) {
      const Update update{pass};
      update(d, hn::Zero(d), w0, m0, v0);
      update(d, hn::Zero(d), w1, m1, v1);
    }
    hn::StoreU(w0, d, weight + i);
    hn::StoreU(w1, d, weight + i + lanes);
    hn::StoreU(m0, d, m + i);
    hn::StoreU(m1, d, m + i + lanes);
    hn::StoreU(v0, d, v + i);
    hn::StoreU(v1, d, v + i + lanes);
  }
  if (i < count) {
    for (const AdamWPass& pass : passes) range(pass, count - i, nullptr, weight + i, m + i, v + i);
  }
}

void decay(float shrink, std::int64_t count, float* weight) {
  const F32 d;
  const auto lanes = static_cast<std::int64_t>(hn::Lanes(d));
  const auto factor = hn::Set(d, shrink);
  std::int64_t i = 0;
  for (; i + lanes <= count; i += lanes) {
    const auto w = hn::LoadU(d, weight + i);
    hn::StoreU(hn::NegMulAdd(w, factor, w), d, weight + i);
  }
  if (i < count) {
    const auto left = static_cast<std::size_t>(count - i);
    const auto w = load_head(d, weight + i, left);
    store_head(d, hn::NegMulAdd(w, factor, w), weight + i, left);
  }
}

void decay_again(std::span<const AdamWPass> passes, std::int64_t count, float* weight) {
  const F32 d;
  const auto lanes = static_cast<std::int64_t>(hn::Lanes(d));
  std::int64_t i = 0;
  for (; i + 4 * lanes <= count; i += 4 * lanes) {
    auto w0 = hn::LoadU(d, weight + i), w1 = hn::LoadU(d, weight + i + lanes);
    auto w2 = hn::LoadU(d, weight + i + 2 * lanes), w3 = hn::LoadU(d, weight + i + 3 * lanes);
    for (const AdamWPass& pass : passes) {
      const auto factor = hn::Set(d, pass.shrink);
      w0 = hn::NegMulAdd(w0, factor, w0);
      w1 = hn::NegMulAdd(w1, factor, w1);
      w2 = hn::NegMulAdd(w2, factor, w2);
      w3 = hn::NegMulAdd(w3, factor, w3);
    }
    hn::StoreU(w0, d, weight + i);
    hn::StoreU(w1, d, weight + i + lanes);
    hn::StoreU(w2, d, weight + i + 2 * lanes);
    hn::StoreU(w3, d, weight + i + 3 * lanes);
  }
  if (i < count) {
    for (const AdamWPass& pass : passes) decay(pass.shrink, count - i, weight + i);
  }
}

bool zeros(const float* x, std::int64_t count) {
  const F32 d;
  const auto lanes = static_cast<std::int64_t>(hn::Lanes(d));
  std::int64_t i = 0;
  for (; i + lanes <= count; i += lanes) {
    if (!hn::AllTrue(d, hn::Eq(hn::LoadU(d, x + i), hn::Zero(d)))) return false;
  }
  return i == count || hn::AllTrue(d, hn::Eq(load_head(d, x + i, static_cast<std::size_t>(count - i)), hn::Zero(d)));
}

double squares(const float* x, std::int64_t count) {
#if HWY_TARGET == HWY_SCALAR
  double total = 0;
  for (std::int64_t i = 0; i < count; ++i) total += static_cast<double>(x[i]) * x[i];
  return total;
#else
  const hn::ScalableTag<double> d;
  const hn::Rebind<float, decltype(d)> df;
  const auto lanes = static_cast<std::int64_t>(hn::Lanes(d));
  auto sum0 = hn::Zero(d);
  auto sum1 = hn::Zero(d);
  std::int64_t i = 0;
  for (; i + 2 * lanes <= count; i += 2 * lanes) {
    const auto a = hn::PromoteTo(d, hn::LoadU(df, x + i));
    const auto b = hn::PromoteTo(d, hn::LoadU(df, x + i + lanes));
    sum0 = hn::MulAdd(a, a, sum0);
    sum1 = hn::MulAdd(b, b, sum1);
  }
  double total = hn::GetLane(hn::SumOfLanes(d, hn::Add(sum0, sum1)));
  for (; i < count; ++i) total += static_cast<double>(x[i]) * x[i];
  return total;
#endif
}

}  // namespace HWY_NAMESPACE
}  // namespace yupu::engine
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace yupu::engine {
HWY_EXPORT(range);
HWY_EXPORT(replay);
HWY_EXPORT(decay);
HWY_EXPORT(decay_again);
HWY_EXPORT(zeros);
HWY_EXPORT(squares);

void adamw_range(const AdamWPass& pass, std::int64_t count, const float* gradient, float* weight, float* m, float* v) {
  HWY_DYNAMIC_DISPATCH(range)(pass, count, gradient, weight, m, v);
}
void decay_range(float shrink, std::int64_t count, float* weight) {
  HWY_DYNAMIC_DISPATCH(decay)(shrink, count, weight);
}
void adamw_replay(std::span<const AdamWPass> passes, std::int64_t count, float* weight, float* m, float* v) {
  HWY_DYNAMIC_DISPATCH(replay)(passes, count, weight, m, v);
}
void decay_replay(std::span<const AdamWPass> passes, std::int64_t count, float* weight) {
  HWY_DYNAMIC_DISPATCH(decay_again)(passes, count, weight);
}
bool all_zero(const float* x, std::int64_t count) { return HWY_DYNAMIC_DISPATCH(zeros)(x, count); }
double sum_of_squares(const float* x, std::int64_t count) { return HWY_DYNAMIC_DISPATCH(squares)(x, count); }
}  // namespace yupu::engine
#endif  // HWY_ONCE
