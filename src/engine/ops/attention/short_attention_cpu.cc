#include <cmath>
#include <limits>

#include "engine/device/cpu/simd_targets.h"
#include "engine/ops/attention/short_attention.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "engine/ops/attention/short_attention_cpu.cc"
#include "hwy/foreach_target.h"
// After foreach_target.
#include "engine/device/cpu/math-inl.h"
#include "engine/device/cpu/register_rows.h"
#include "hwy/highway.h"

namespace yupu::engine {
#ifndef YUPU_SHORT_ATTENTION_SHARED_
#define YUPU_SHORT_ATTENTION_SHARED_
namespace {
// Rows of scratch begin at multiples of this many floats, the widest vector.
constexpr std::int64_t kUnit = 16;
constexpr std::int64_t kKeysMax = 64;
constexpr std::int64_t kWidthMax = 128;
std::int64_t padded(std::int64_t count) { return (count + kUnit - 1) / kUnit * kUnit; }
}  // namespace
#endif
}  // namespace yupu::engine

HWY_BEFORE_NAMESPACE();
namespace yupu::engine {
namespace HWY_NAMESPACE {

// c (rows, columns) = or += a (rows, depth) times b (depth, columns).  Rows of b are readable up to a whole vector.
struct Product {
  const float* a;
  std::int64_t a_row, a_depth;  // distances
  const float* b;
  std::int64_t b_stride;
  float* c;
  std::int64_t c_stride;
  std::int64_t rows, columns, depth;
  bool accumulate;
};

HWY_INLINE void put(F32 d, VF32 sum, float* c, std::int64_t left, bool accumulate) {
  if (left >= static_cast<std::int64_t>(hn::Lanes(d))) {
    hn::StoreU(accumulate ? hn::Add(hn::LoadU(d, c), sum) : sum, d, c);
    return;
  }
  const auto count = static_cast<std::size_t>(left);
  store_head(d, accumulate ? hn::Add(load_head(d, c, count), sum) : sum, c, count);
}

// YUPU_TILE(n): n rows of one or two vectors.
#define YUPU_BEGIN(i) VF32 low_##i = hn::Zero(d), high_##i = hn::Zero(d);
#define YUPU_ADD(i)                                                              \
  {                                                                              \
    const auto value = hn::Set(d, a[(i)*x.a_row]);                               \
    low_##i = hn::MulAdd(value, b_low, low_##i);                                 \
    if constexpr (kVectors == 2) high_##i = hn::MulAdd(value, b_high, high_##i); \
  }
#define YUPU_PUT(i)                                        \
  put(d, low_##i, c + (i)*x.c_stride, left, x.accumulate); \
  if constexpr (kVectors == 2) put(d, high_##i, c + (i)*x.c_stride + lanes, left - lanes, x.accumulate);
#define YUPU_TILE(n)                                                                                        \
  template <int kVectors>                                                                                   \
  HWY_INLINE void tile_##n(const Product& x, const float* a, const float* b, float* c, std::int64_t left) { \
    const F32 d;                                                                                            \
    const auto lanes = static_cast<std::int64_t>(hn::Lanes(d));                                             \
    YUPU_ROWS_##n(YUPU_BEGIN) for (std::int64_t k = 0; k < x.depth; ++k, a += x.a_depth, b += x.b_stride) { \
      const auto b_low = hn::LoadU(d, b);                                                                   \
      const auto b_high = kVectors == 2 ? hn::LoadU(d, b + lanes) : hn::Zero(d);                            \
      YUPU_ROWS_##n(YUPU_ADD)                                                                               \
    }                                                                                                       \
    YUPU_ROWS_##n(YUPU_PUT)                                                                                 \
  }
YUPU_TILE(1)
YUPU_TILE(2)
YUPU_TILE(3)
YUPU_TILE(4)
#if YUPU_32_REGISTERS
YUPU_TILE(8)
#endif
#undef YUPU_TILE
#undef YUPU_PUT
#undef YUPU_ADD
#undef YUPU_BEGIN

template <int kVectors>
HWY_INLINE void columns_of(const Product& x, std::int64_t column) {
  const float* const b = x.b + column;
  const std::int64_t left = x.columns - column;
  std::int64_t row = 0;
  const auto a = [&] { return x.a + row * x.a_row; };
  const auto c = [&] { return x.c + row * x.c_stride + column; };
#if YUPU_32_REGISTERS
  for (; row + 8 <= x.rows; row += 8) tile_8<kVectors>(x, a(), b, c(), left);
#endif
  for (; row + 4 <= x.rows; row += 4) tile_4<kVectors>(x, a(), b, c(), left);
  if (x.rows - row == 3) tile_3<kVectors>(x, a(), b, c(), left);
  if (x.rows - row == 2) tile_2<kVectors>(x, a(), b, c(), left);
  if (x.rows - row == 1) tile_1<kVectors>(x, a(), b, c(), left);
}

void multiply(const Product& x) {
  const auto lanes = static_cast<std::int64_t>(hn::Lanes(F32()));
  std::int64_t column = 0;
  for (; x.columns - column > lanes; column += 2 * lanes) columns_of<2>(x, column);
  if (column < x.columns) columns_of<1>(x, column);
}

// out (width, padded(rows)), what lies behind `rows` left as it is: it reaches only what is masked.
void transpose(const float* x, std::int64_t stride, std::int64_t rows, std::int64_t width, float* out) {
  const std::int64_t out_stride = padded(rows);
  for (std::int64_t row = 0; row < rows; ++row) {
    for (std::int64_t column = 0; column < width; ++column) out[column * out_stride + row] = x[row * stride + column];
  }
}

// The rows themselves where whole vectors may be read of each, else a copy with room behind.
struct Rows {
  const float* data;
  std::int64_t stride;
};
Rows readable(const float* x, std::int64_t stride, std::int64_t rows, std::int64_t width, float* copy) {
  const F32 d;
  const auto lanes = static_cast<std::int64_t>(hn::Lanes(d));
  if (width % lanes == 0) return {x, stride};
  const std::int64_t whole = width / lanes * lanes;
  for (std::int64_t row = 0; row < rows; ++row) {
    for (std::int64_t i = 0; i < whole; i += lanes) {
      hn::StoreU(hn::LoadU(d, x + row * stride + i), d, copy + row * padded(width) + i);
    }
    hn::StoreU(load_head(d, x + row * stride + whole, static_cast<std::size_t>(width - whole)), d,
               copy + row * padded(width) + whole);
  }
  return {copy, padded(width)};
}

// Of a row of scores: whole vectors, then one of `left` lanes, then zeros up to the row's end.
template <class Fn>
HWY_INLINE void over_seen(std::int64_t seen, const Fn& fn) {
  const F32 d;
  const auto lanes = static_cast<std::int64_t>(hn::Lanes(d));
  std::int64_t i = 0;
  for (; i + lanes <= seen; i += lanes) fn(i, hn::FirstN(d, static_cast<std::size_t>(lanes)));
  if (i < seen) fn(i, hn::FirstN(d, static_cast<std::size_t>(seen - i)));
}
HWY_INLINE void clear_behind(float* row, std::int64_t seen, std::int64_t keys) {
  const F32 d;
  const auto lanes = static_cast<std::int64_t>(hn::Lanes(d));
  for (std::int64_t i = (seen + lanes - 1) / lanes * lanes; i < keys; i += lanes) hn::StoreU(hn::Zero(d), d, row + i);
}

// p = softmax(scale * p) * factors; returns the sum's logarithm where it is wanted.
HWY_INLINE float softmax(float* p, float scale, std::int64_t seen, const float* factors, bool log_wanted) {
  const F32 d;
  const auto vscale = hn::Set(d, scale);
  const auto lowest = hn::Set(d, std::numeric_limits<float>::lowest());
  auto top = lowest;
  over_seen(seen, [&](std::int64_t i, auto mask) {
    top = hn::Max(top, hn::IfThenElse(mask, hn::Mul(hn::LoadU(d, p + i), vscale), lowest));
  });
  const float maximum = hn::GetLane(hn::MaxOfLanes(d, top));
  const auto vmaximum = hn::Set(d, maximum);
  auto sum = hn::Zero(d);
  over_seen(seen, [&](std::int64_t i, auto mask) {
    const auto e = vector_exp(d, hn::Sub(hn::Mul(hn::LoadU(d, p + i), vscale), vmaximum));
    const auto kept = hn::IfThenElseZero(mask, e);
    hn::StoreU(kept, d, p + i);
    sum = hn::Add(sum, kept);
  });
  const float total = hn::GetLane(hn::SumOfLanes(d, sum));
  const auto inverse = hn::Set(d, 1.0f / total);
  over_seen(seen, [&](std::int64_t i, auto mask) {
    auto probability = hn::Mul(hn::LoadU(d, p + i), inverse);
    // Behind the row there may be anything, so that zero times it would be no number.
    if (factors != nullptr) probability = hn::IfThenElseZero(mask, hn::Mul(probability, hn::LoadU(d, factors + i)));
    hn::StoreU(probability, d, p + i);
  });
  return log_wanted ? maximum + std::log(total) : 0.0f;
}

void forward(const ShortHead& x, float* scratch, float* y, std::int64_t y_stride, float* log_sums,
             std::int64_t log_stride) {
  const std::int64_t row = padded(x.keys);
  float* const p = scratch;
  float* const keys = p + x.keys * row;
  float* const copy = keys + x.width * row;
  transpose(x.k, x.stride, x.keys, x.width, keys);
  multiply({x.q, x.q_stride, 1, keys, row, p, row, x.queries, row, x.width, false});
  for (std::int64_t i = 0; i < x.queries; ++i) {
    const std::int64_t seen = x.causal ? i + 1 : x.keys;
    const float* const factors = x.factors != nullptr ? x.factors + i * x.keys : nullptr;
    const float log_sum = softmax(p + i * row, x.scale, seen, factors, log_sums != nullptr);
    clear_behind(p + i * row, seen, x.keys);
    if (log_sums != nullptr) log_sums[i * log_stride] = log_sum;
  }
  const Rows values = readable(x.v, x.stride, x.keys, x.width, copy);
  multiply({p, row, 1, values.data, values.stride, y, y_stride, x.queries, x.width, x.keys, false});
}

// g = d_p * factors;  d_s = scale * p * (g - sum(g * p)), in place of d_p.
HWY_INLINE void softmax_backward(const float* p, float* s, float scale, std::int64_t seen, const float* factors) {
  const F32 d;
  const auto vscale = hn::Set(d, scale);
  const auto gradient = [&](std::int64_t i) {
    const auto g = hn::LoadU(d, s + i);
    return factors != nullptr ? hn::Mul(g, hn::LoadU(d, factors + i)) : g;
  };
  auto along = hn::Zero(d);
  over_seen(seen, [&](std::int64_t i, auto mask) {
    along = hn::Add(along, hn::IfThenElseZero(mask, hn::Mul(gradient(i), hn::LoadU(d, p + i))));
  });
  const auto total = hn::Set(d, hn::GetLane(hn::SumOfLanes(d, along)));
  over_seen(seen, [&](std::int64_t i, auto mask) {
    const auto slope = hn::Mul(hn::Mul(hn::LoadU(d, p + i), vscale), hn::Sub(gradient(i), total));
    hn::StoreU(hn::IfThenElseZero(mask, slope), d, s + i);
  });
}

// p = exp(scale * p - log_sum); dropped = p * factors where these are.
HWY_INLINE void probabilities(float* p, float* dropped, float scale, float log_sum, std::int64_t seen,
                              const float* factors) {
  const F32 d;
  const auto vscale = hn::Set(d, scale);
  const auto vlog_sum = hn::Set(d, log_sum);
  over_seen(seen, [&](std::int64_t i, auto mask) {
    const auto e = vector_exp(d, hn::Sub(hn::Mul(hn::LoadU(d, p + i), vscale), vlog_sum));
    const auto kept = hn::IfThenElseZero(mask, e);
    hn::StoreU(kept, d, p + i);
    if (factors != nullptr) {
      hn::StoreU(hn::IfThenElseZero(mask, hn::Mul(kept, hn::LoadU(d, factors + i))), d, dropped + i);
    }
  });
}

void backward(const ShortHead& x, float* scratch, const float* d_y, std::int64_t y_stride, const float* log_sums,
              std::int64_t log_stride, const ShortHeadGradients& to) {
  const std::int64_t row = padded(x.keys);
  float* const p = scratch;
  float* const s = p + x.keys * row;
  float* const turned = s + x.keys * row;
  float* const copy = turned + x.width * row;
  transpose(x.k, x.stride, x.keys, x.width, turned);
  multiply({x.q, x.q_stride, 1, turned, row, p, row, x.queries, row, x.width, false});
  const auto seen = [&](std::int64_t i) { return x.causal ? i + 1 : x.keys; };
  const auto factors = [&](std::int64_t i) { return x.factors != nullptr ? x.factors + i * x.keys : nullptr; };
  for (std::int64_t i = 0; i < x.queries; ++i) {
    probabilities(p + i * row, s + i * row, x.scale, log_sums[i * log_stride], seen(i), factors(i));
    clear_behind(p + i * row, seen(i), x.keys);
    clear_behind(s + i * row, seen(i), x.keys);
  }
  if (to.v != nullptr) {
    const Rows outs = readable(d_y, y_stride, x.queries, x.width, copy);
    multiply({x.factors != nullptr ? s : p, 1, row, outs.data, outs.stride, to.v, to.v_stride, x.keys, x.width,
              x.queries, to.v_accumulate});
  }
  if (to.q == nullptr && to.k == nullptr) return;
  transpose(x.v, x.stride, x.keys, x.width, turned);
  multiply({d_y, y_stride, 1, turned, row, s, row, x.queries, row, x.width, false});
  for (std::int64_t i = 0; i < x.queries; ++i) {
    softmax_backward(p + i * row, s + i * row, x.scale, seen(i), factors(i));
    clear_behind(s + i * row, seen(i), x.keys);
  }
  if (to.q != nullptr) {
    const Rows keys = readable(x.k, x.stride, x.keys, x.width, copy);
    multiply({s, row, 1, keys.data, keys.stride, to.q, to.q_stride, x.queries, x.width, x.keys, to.q_accumulate});
  }
  if (to.k != nullptr) {
    const Rows queries = readable(x.q, x.q_stride, x.queries, x.width, copy);
    multiply({s, 1, row, queries.data, queries.stride, to.k, to.k_stride, x.keys, x.width, x.queries, to.k_accumulate});
  }
}

}  // namespace HWY_NAMESPACE
}  // namespace yupu::engine
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace yupu::engine {
HWY_EXPORT(forward);
HWY_EXPORT(backward);

bool is_short(std::int64_t keys, std::int64_t width) { return keys <= kKeysMax && width <= kWidthMax; }

// Two squares of scores, the keys or values turned, and a copy of rows.
std::int64_t short_attention_floats(std::int64_t keys, std::int64_t width) {
  return 2 * keys * padded(keys) + width * padded(keys) + keys * padded(width);
}

void short_attention(const ShortHead& head, float* scratch, float* y, std::int64_t y_stride, float* log_sums,
                     std::int64_t log_stride) {
  HWY_DYNAMIC_DISPATCH(forward)(head, scratch, y, y_stride, log_sums, log_stride);
}
void short_attention_backward(const ShortHead& head, float* scratch, const float* d_y, std::int64_t y_stride,
                              const float* log_sums, std::int64_t log_stride, const ShortHeadGradients& gradients) {
  HWY_DYNAMIC_DISPATCH(backward)(head, scratch, d_y, y_stride, log_sums, log_stride, gradients);
}
}  // namespace yupu::engine
#endif  // HWY_ONCE
