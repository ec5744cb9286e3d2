// The bf16 product in f32 arithmetic, once per instruction set: a bf16 is the upper half of an f32, so a pair is a
// shift and a mask away from two f32, and the product of two is exact.
#include "engine/device/cpu/bf16_kernel.h"
#include "engine/device/cpu/register_rows.h"
#include "engine/device/cpu/simd_targets.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "engine/device/cpu/bf16_kernel_cpu.cc"
#include "hwy/foreach_target.h"
// After foreach_target.
#include "engine/device/cpu/math-inl.h"
#include "hwy/highway.h"

HWY_BEFORE_NAMESPACE();
namespace yupu::engine {
namespace HWY_NAMESPACE {

// Two vectors of columns at a time: 2 sums a row and 4 of B, within 32 or 16 registers.
#if YUPU_32_REGISTERS
constexpr std::int64_t kStripRows = 7;
#else
constexpr std::int64_t kStripRows = 4;
#endif
using PairTag = hn::CappedTag<float, 16>;
using LaneTag = hn::RebindToUnsigned<PairTag>;
using PairVector = hn::Vec<PairTag>;
using Strip = void (*)(std::int64_t pairs, std::int64_t rows, const std::uint32_t* a, const std::uint32_t* b, float* c,
                       std::int64_t c_stride, bool add);

template <class V>
HWY_INLINE PairVector even_half(V pairs) {
  return hn::BitCast(PairTag(), hn::ShiftLeft<16>(pairs));
}
template <class V>
HWY_INLINE PairVector odd_half(V pairs) {
  return hn::BitCast(PairTag(), hn::And(pairs, hn::Set(LaneTag(), 0xffff0000u)));
}

#define YUPU_DECLARE(r) auto low##r = zero, high##r = zero;
#define YUPU_STEP(r)                                                               \
  {                                                                                \
    const auto x = hn::Set(du, a_at[r]);                                           \
    const auto x_odd = odd_half(x), x_even = even_half(x);                         \
    low##r = hn::MulAdd(x_even, low_even, hn::MulAdd(x_odd, low_odd, low##r));     \
    high##r = hn::MulAdd(x_even, high_even, hn::MulAdd(x_odd, high_odd, high##r)); \
  }
#define YUPU_STORE(r)                                       \
  {                                                         \
    float* to = c + (r)*c_stride + column;                  \
    if (add) {                                              \
      low##r = hn::Add(low##r, hn::LoadU(d, to));           \
      high##r = hn::Add(high##r, hn::LoadU(d, to + lanes)); \
    }                                                       \
    hn::StoreU(low##r, d, to);                              \
    hn::StoreU(high##r, d, to + lanes);                     \
  }
#define YUPU_KERNEL(n)                                                                             \
  void strip_##n(std::int64_t pairs, std::int64_t rows, const std::uint32_t* HWY_RESTRICT a,       \
                 const std::uint32_t* HWY_RESTRICT b, float* c, std::int64_t c_stride, bool add) { \
    const PairTag d;                                                                               \
    const LaneTag du;                                                                              \
    const auto lanes = static_cast<std::int64_t>(hn::Lanes(d));                                    \
    const auto zero = hn::Zero(d);                                                                 \
    for (std::int64_t column = 0; column < kBf16PanelColumns; column += 2 * lanes) {               \
      const std::uint32_t* a_at = a;                                                               \
      const std::uint32_t* b_at = b + column;                                                      \
      YUPU_ROWS_##n(YUPU_DECLARE) for (std::int64_t p = 0; p < pairs; ++p) {                       \
        const auto low = hn::LoadU(du, b_at), high = hn::LoadU(du, b_at + lanes);                  \
        const auto low_odd = odd_half(low), low_even = even_half(low);                             \
        const auto high_odd = odd_half(high), high_even = even_half(high);                         \
        YUPU_ROWS_##n(YUPU_STEP) a_at += rows;                                                     \
        b_at += kBf16PanelColumns;                                                                 \
      }                                                                                            \
      YUPU_ROWS_##n(YUPU_STORE)                                                                    \
    }                                                                                              \
  }
YUPU_KERNEL(1)
YUPU_KERNEL(2)
YUPU_KERNEL(3)
YUPU_KERNEL(4)
#if YUPU_32_REGISTERS
YUPU_KERNEL(5)
YUPU_KERNEL(6)
YUPU_KERNEL(7)
constexpr Strip kStrips[] = {nullptr, &strip_1, &strip_2, &strip_3, &strip_4, &strip_5, &strip_6, &strip_7};
#else
constexpr Strip kStrips[] = {nullptr, &strip_1, &strip_2, &strip_3, &strip_4};
#endif
#undef YUPU_DECLARE
#undef YUPU_STEP
#undef YUPU_STORE
#undef YUPU_KERNEL

void bf16_kernel(std::int64_t pairs, std::int64_t rows, const std::uint32_t* a, const std::uint32_t* b, float* c,
                 std::int64_t c_stride, bool add) {
  for (std::int64_t row = 0; row < rows; row += kStripRows) {
    kStrips[HWY_MIN(kStripRows, rows - row)](pairs, rows, a + row, b, c + row * c_stride, c_stride, add);
  }
}

// To nearest, ties to even, in the upper half of each lane (the lower is rubbish): see bf16_gemm.h.
template <class V>
HWY_INLINE V rounded(V bits) {
  const hn::DFromV<V> d;
  const hn::RebindToSigned<decltype(d)> di;
  const V magnitude = hn::And(bits, hn::Set(d, 0x7fffffffu));
  const V sign = hn::AndNot(hn::Set(d, 0x7fffffffu), bits);
  const V odd = hn::And(hn::ShiftRight<16>(bits), hn::Set(d, 1u));
  V result = hn::Add(bits, hn::Add(odd, hn::Set(d, 0x7fffu)));
  // As signed integers magnitudes compare as what they stand for.
  const auto as_signed = hn::BitCast(di, magnitude);
  const auto is_small = hn::Lt(as_signed, hn::Set(di, 0x00800000));
  const auto is_nan = hn::Gt(as_signed, hn::Set(di, 0x7f800000));
  result = hn::IfThenElse(hn::RebindMask(d, is_small), sign, result);
  return hn::IfThenElse(hn::RebindMask(d, is_nan), hn::Or(bits, hn::Set(d, 0x00400000u)), result);
}

std::uint32_t rounded_one(float value) {
  const hn::CappedTag<std::uint32_t, 1> d;
  std::uint32_t bits;
  std::memcpy(&bits, &value, sizeof(bits));
  return hn::GetLane(rounded(hn::Set(d, bits)));
}

void pack_across(const Bf16Source& s, std::uint32_t* packed) {
  const LaneTag du;
  const PairTag d;
  const auto lanes = static_cast<std::int64_t>(hn::Lanes(d));
  const auto upper = hn::Set(du, 0xffff0000u);
  for (std::int64_t k = 0; k < s.depth; k += 2) {
    const float* even = s.data + k * s.stride;
    const float* odd = k + 1 < s.depth ? even + s.stride : nullptr;
    std::int64_t i = 0;
    for (; i + lanes <= s.valid; i += lanes) {
      auto pair = hn::ShiftRight<16>(rounded(hn::BitCast(du, hn::LoadU(d, even + i))));
      if (odd != nullptr) pair = hn::Or(pair, hn::And(rounded(hn::BitCast(du, hn::LoadU(d, odd + i))), upper));
      hn::StoreU(pair, du, packed + i);
    }
    for (; i < s.valid; ++i) {
      packed[i] = rounded_one(even[i]) >> 16;
      if (odd != nullptr) packed[i] |= rounded_one(odd[i]) & 0xffff0000u;
    }
    for (; i < s.width; ++i) packed[i] = 0;
    packed += s.width;
  }
}

void pack_along(const Bf16Source& s, std::uint32_t* packed) {
  const LaneTag du;
  const PairTag d;
  const auto lanes = static_cast<std::int64_t>(hn::Lanes(d));
  const std::int64_t pairs = (s.depth + 1) / 2;
  constexpr std::int64_t kPart = 128;  // values of a row rounded at a time
  HWY_ALIGN std::uint32_t part[kPart];
  for (std::int64_t i = 0; i < s.width; ++i) {
    if (i >= s.valid) {
      for (std::int64_t p = 0; p < pairs; ++p) packed[p * s.width + i] = 0;
      continue;
    }
    const float* row = s.data + i * s.stride;
    for (std::int64_t k = 0; k < s.depth; k += kPart) {
      const std::int64_t count = HWY_MIN(kPart, s.depth - k);
      std::int64_t j = 0;
      for (; j + lanes <= count; j += lanes)
        hn::Store(rounded(hn::BitCast(du, hn::LoadU(d, row + k + j))), du, part + j);
      for (; j < count; ++j) part[j] = rounded_one(row[k + j]);
      if (count % 2 != 0) part[count] = 0;
      std::uint32_t* to = packed + k / 2 * s.width + i;
      for (j = 0; j < count; j += 2) to[j / 2 * s.width] = part[j] >> 16 | (part[j + 1] & 0xffff0000u);
    }
  }
}

void bf16_pack(const Bf16Source& source, std::uint32_t* packed) {
  source.depth_contiguous ? pack_along(source, packed) : pack_across(source, packed);
}

}  // namespace HWY_NAMESPACE
}  // namespace yupu::engine
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace yupu::engine {
HWY_EXPORT(bf16_kernel);
HWY_EXPORT(bf16_pack);

void bf16_kernel_f32(std::int64_t pairs, std::int64_t rows, const std::uint32_t* a, const std::uint32_t* b, float* c,
                     std::int64_t c_stride, bool add) {
  HWY_DYNAMIC_DISPATCH(bf16_kernel)(pairs, rows, a, b, c, c_stride, add);
}
void bf16_pack_f32(const Bf16Source& source, std::uint32_t* packed) { HWY_DYNAMIC_DISPATCH(bf16_pack)(source, packed); }
}  // namespace yupu::engine
#endif  // HWY_ONCE
