// Vector functions shared by the kernels.  Compiled once per instruction set (Highway's toggle guard instead of #pragma
// once).
#if defined(YUPU_ENGINE_MATH_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef YUPU_ENGINE_MATH_INL_H_
#undef YUPU_ENGINE_MATH_INL_H_
#else
#define YUPU_ENGINE_MATH_INL_H_
#endif

#include <cstdint>
#include <cstring>

#include "engine/activation.h"
#include "hwy/highway.h"

HWY_BEFORE_NAMESPACE();
namespace yupu::engine {
namespace HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

using F32 = hn::ScalableTag<float>;
using VF32 = hn::Vec<F32>;

// e^x.  Range reduction by ln 2 in two parts, then the polynomial of Cephes' expf (Moshier); relative error < 2e-7.
// Saturates outside [-87.3, 88.3].
template <class D, class V>
HWY_INLINE V vector_exp(D d, V x) {
  const hn::RebindToSigned<D> di;
  const V clamped = hn::Min(hn::Max(x, hn::Set(d, -87.3f)), hn::Set(d, 88.3f));
  const V n = hn::Round(hn::Mul(clamped, hn::Set(d, 1.44269504088896341f)));
  V r = hn::NegMulAdd(n, hn::Set(d, 0.693359375f), clamped);
  r = hn::NegMulAdd(n, hn::Set(d, -2.12194440e-4f), r);
  V p = hn::MulAdd(hn::Set(d, 1.9875691500e-4f), r, hn::Set(d, 1.3981999507e-3f));
  p = hn::MulAdd(p, r, hn::Set(d, 8.3334519073e-3f));
  p = hn::MulAdd(p, r, hn::Set(d, 4.1665795894e-2f));
  p = hn::MulAdd(p, r, hn::Set(d, 1.6666665459e-1f));
  p = hn::MulAdd(p, r, hn::Set(d, 5.0000001201e-1f));
  p = hn::Add(hn::MulAdd(p, hn::Mul(r, r), r), hn::Set(d, 1.0f));
  const auto exponent = hn::ShiftLeft<23>(hn::Add(hn::ConvertTo(di, n), hn::Set(di, 127)));
  return hn::Mul(p, hn::BitCast(d, exponent));
}

// tanh through exp, absolute error < 2e-7.
template <class D, class V>
HWY_INLINE V vector_tanh(D d, V x) {
  const V one = hn::Set(d, 1.0f);
  const V e = vector_exp(d, hn::Add(x, x));
  return hn::Sub(one, hn::Div(hn::Set(d, 2.0f), hn::Add(e, one)));
}

// Phi(x), the normal distribution function, and e^(-x^2/2).  Abramowitz and Stegun 7.1.26 (|error of erf| <= 1.5e-7);
// the lower tail is formed directly, so it keeps its relative precision.
template <class D, class V>
HWY_INLINE V normal_cdf(D d, V x, V& gauss) {
  const V one = hn::Set(d, 1.0f);
  const V t = hn::Div(one, hn::MulAdd(hn::Set(d, 0.3275911f * 0.70710678118654752f), hn::Abs(x), one));
  V p = hn::MulAdd(hn::Set(d, 0.5f * 1.061405429f), t, hn::Set(d, 0.5f * -1.453152027f));
  p = hn::MulAdd(p, t, hn::Set(d, 0.5f * 1.421413741f));
  p = hn::MulAdd(p, t, hn::Set(d, 0.5f * -0.284496736f));
  p = hn::MulAdd(p, t, hn::Set(d, 0.5f * 0.254829592f));
  gauss = vector_exp(d, hn::Mul(hn::Mul(x, x), hn::Set(d, -0.5f)));
  const V tail = hn::Mul(hn::Mul(p, t), gauss);
  return hn::IfThenElse(hn::Lt(x, hn::Zero(d)), tail, hn::Sub(one, tail));
}

// One functor per activation: value(d, x) and slope(d, x), the derivative at the pre-activation x.
struct GeluExact {
  template <class D, class V>
  HWY_INLINE V value(D d, V x) const {
    V gauss;
    return hn::Mul(x, normal_cdf(d, x, gauss));
  }
  template <class D, class V>
  HWY_INLINE V slope(D d, V x) const {
    V gauss;
    const V cdf = normal_cdf(d, x, gauss);
    return hn::MulAdd(hn::Mul(x, hn::Set(d, 0.3989422804014327f)), gauss, cdf);
  }
};

struct GeluTanh {
  template <class D, class V>
  HWY_INLINE V inner_tanh(D d, V x) const {
    const V cube = hn::Mul(hn::Mul(x, x), x);
    const V inner = hn::Mul(hn::Set(d, 0.7978845608028654f), hn::MulAdd(hn::Set(d, 0.044715f), cube, x));
    return vector_tanh(d, inner);
  }
  template <class D, class V>
  HWY_INLINE V value(D d, V x) const {
    return hn::Mul(hn::Mul(hn::Set(d, 0.5f), x), hn::Add(hn::Set(d, 1.0f), inner_tanh(d, x)));
  }
  template <class D, class V>
  HWY_INLINE V slope(D d, V x) const {
    const V half = hn::Set(d, 0.5f);
    const V one = hn::Set(d, 1.0f);
    const V th = inner_tanh(d, x);
    const V d_inner =
        hn::Mul(hn::Set(d, 0.7978845608028654f), hn::MulAdd(hn::Mul(x, x), hn::Set(d, 3.0f * 0.044715f), one));
    const V left = hn::Mul(half, hn::Add(one, th));
    const V right = hn::Mul(hn::Mul(half, x), hn::Mul(hn::NegMulAdd(th, th, one), d_inner));
    return hn::Add(left, right);
  }
};

struct Tanh {
  template <class D, class V>
  HWY_INLINE V value(D d, V x) const {
    return vector_tanh(d, x);
  }
  template <class D, class V>
  HWY_INLINE V slope(D d, V x) const {
    const V y = vector_tanh(d, x);
    return hn::NegMulAdd(y, y, hn::Set(d, 1.0f));
  }
};

struct Relu {
  template <class D, class V>
  HWY_INLINE V value(D d, V x) const {
    return hn::Max(x, hn::Zero(d));
  }
  template <class D, class V>
  HWY_INLINE V slope(D d, V x) const {
    return hn::IfThenElseZero(hn::Gt(x, hn::Zero(d)), hn::Set(d, 1.0f));
  }
};

// Loads the first `count` (< lanes) floats at p, zeros behind them, without touching what lies behind.
HWY_INLINE VF32 load_head(F32 d, const float* p, std::size_t count) {
#if HWY_TARGET <= HWY_AVX2  // masked moves, which touch nothing behind the last; elsewhere by way of a copy
  return hn::MaskedLoad(hn::FirstN(d, count), d, p);
#else
  HWY_ALIGN float buffer[HWY_MAX_BYTES / sizeof(float)] = {};
  std::memcpy(buffer, p, count * sizeof(float));
  return hn::Load(d, buffer);
#endif
}
HWY_INLINE void store_head(F32 d, VF32 v, float* p, std::size_t count) {
#if HWY_TARGET <= HWY_AVX2
  hn::BlendedStore(v, hn::FirstN(d, count), d, p);
#else
  HWY_ALIGN float buffer[HWY_MAX_BYTES / sizeof(float)];
  hn::Store(v, d, buffer);
  std::memcpy(p, buffer, count * sizeof(float));
#endif
}

}  // namespace HWY_NAMESPACE
}  // namespace yupu::engine
HWY_AFTER_NAMESPACE();
#endif  // per-target guard
