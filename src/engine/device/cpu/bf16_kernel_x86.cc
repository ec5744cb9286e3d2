// AVX512_BF16: vdpbf16ps multiplies the pairs, vcvtne2ps2bf16 rounds.  One function per panel height keeps all its sums
// in registers: 28 of the 32, two of B, one of A.
#include "engine/device/cpu/bf16_kernel.h"
#include "engine/device/cpu/register_rows.h"

#if defined(__x86_64__)
#include "engine/device/cpu/bf16_pack_x86-inl.h"

namespace yupu::engine {
namespace {

using Panel = void (*)(std::int64_t pairs, const std::uint32_t* a, const std::uint32_t* b, float* c,
                       std::int64_t c_stride, bool add);

#define YUPU_DECLARE(r) __m512 low##r = _mm512_setzero_ps(), high##r = low##r;
#define YUPU_STEP(r)                                                                          \
  {                                                                                           \
    const auto x = reinterpret_cast<__m512bh>(_mm512_set1_epi32(static_cast<int>((a)[(r)]))); \
    low##r = _mm512_dpbf16_ps(low##r, x, b_low);                                              \
    high##r = _mm512_dpbf16_ps(high##r, x, b_high);                                           \
  }
#define YUPU_STORE(r)                         \
  _mm512_storeu_ps(c + (r)*c_stride, low##r); \
  _mm512_storeu_ps(c + (r)*c_stride + 16, high##r);
#define YUPU_ADD_STORE(r)                                                                       \
  _mm512_storeu_ps(c + (r)*c_stride, _mm512_add_ps(low##r, _mm512_loadu_ps(c + (r)*c_stride))); \
  _mm512_storeu_ps(c + (r)*c_stride + 16, _mm512_add_ps(high##r, _mm512_loadu_ps(c + (r)*c_stride + 16)));
#define YUPU_KERNEL(n)                                                                                          \
  YUPU_AVX512_BF16 void panel_##n(std::int64_t pairs, const std::uint32_t* a, const std::uint32_t* b, float* c, \
                                  std::int64_t c_stride, bool add) {                                            \
    YUPU_ROWS_##n(YUPU_DECLARE) for (std::int64_t p = 0; p < pairs; ++p) {                                      \
      const auto b_low = reinterpret_cast<__m512bh>(_mm512_loadu_si512(b));                                     \
      const auto b_high = reinterpret_cast<__m512bh>(_mm512_loadu_si512(b + 16));                               \
      YUPU_ROWS_##n(YUPU_STEP) a += n;                                                                          \
      b += kBf16PanelColumns;                                                                                   \
    }                                                                                                           \
    if (add) {                                                                                                  \
      YUPU_ROWS_##n(YUPU_ADD_STORE)                                                                             \
    } else {                                                                                                    \
      YUPU_ROWS_##n(YUPU_STORE)                                                                                 \
    }                                                                                                           \
  }
YUPU_KERNEL(1)
YUPU_KERNEL(2)
YUPU_KERNEL(3)
YUPU_KERNEL(4)
YUPU_KERNEL(5)
YUPU_KERNEL(6)
YUPU_KERNEL(7)
YUPU_KERNEL(8)
YUPU_KERNEL(9)
YUPU_KERNEL(10)
YUPU_KERNEL(11)
YUPU_KERNEL(12)
YUPU_KERNEL(13)
YUPU_KERNEL(14)
#undef YUPU_DECLARE
#undef YUPU_STEP
#undef YUPU_STORE
#undef YUPU_ADD_STORE
#undef YUPU_KERNEL
constexpr Panel kPanels[] = {nullptr,  &panel_1, &panel_2,  &panel_3,  &panel_4,  &panel_5,  &panel_6, &panel_7,
                             &panel_8, &panel_9, &panel_10, &panel_11, &panel_12, &panel_13, &panel_14};

YUPU_AVX512_BF16 void pack_across(const Bf16Source& s, std::int64_t first, std::uint32_t* packed) {
  const __m512i order = bf16_pair_order();
  const __mmask16 read = bf16_head_mask(s.valid - first);
  const __mmask16 written = bf16_head_mask(s.width - first);
  const float* row = s.data + first;
  packed += first;
  std::int64_t k = 0;
  for (; k + 2 <= s.depth; k += 2) {
    const __m512 even = _mm512_maskz_loadu_ps(read, row);
    const __m512 odd = _mm512_maskz_loadu_ps(read, row + s.stride);
    _mm512_mask_storeu_epi32(packed, written, bf16_pair_up(even, odd, order));
    row += 2 * s.stride;
    packed += s.width;
  }
  if (k < s.depth) {
    const __m512 even = _mm512_maskz_loadu_ps(read, row);
    _mm512_mask_storeu_epi32(packed, written, bf16_pair_up(even, _mm512_setzero_ps(), order));
  }
}

YUPU_AVX512_BF16 void pack_along(const Bf16Source& s, std::int64_t first, std::uint32_t* packed) {
  const std::int64_t valid = s.valid - first < kBf16Lanes ? s.valid - first : kBf16Lanes;
  const __mmask16 written = bf16_head_mask(s.width - first);
  const float* rows[kBf16Lanes];
  for (std::int64_t r = 0; r < kBf16Lanes; ++r) rows[r] = s.data + (first + (r < valid ? r : 0)) * s.stride;
  packed += first;
  for (std::int64_t k = 0; k < s.depth; k += 2 * kBf16Lanes) {
    const __mmask16 low = bf16_head_mask(s.depth - k);
    const __mmask16 high = bf16_head_mask(s.depth - k - kBf16Lanes);
    __m512i t[kBf16Lanes];
#pragma GCC unroll 16
    for (int r = 0; r < kBf16Lanes; ++r) {
      const __mmask16 present = r < valid ? 0xffff : 0;
      const __m512 front = _mm512_maskz_loadu_ps(low & present, rows[r] + k);
      const __m512 back = _mm512_maskz_loadu_ps(high & present, rows[r] + k + kBf16Lanes);
      t[r] = reinterpret_cast<__m512i>(_mm512_cvtne2ps_pbh(back, front));
    }
    bf16_transpose(t);
    const std::int64_t pairs = (s.depth - k + 1) / 2;
#pragma GCC unroll 16
    for (int p = 0; p < kBf16Lanes; ++p) {
      if (p < pairs) _mm512_mask_storeu_epi32(packed + p * s.width, written, t[p]);
    }
    packed += kBf16Lanes * s.width;
  }
}

}  // namespace

void bf16_kernel_avx512(std::int64_t pairs, std::int64_t rows, const std::uint32_t* a, const std::uint32_t* b, float* c,
                        std::int64_t c_stride, bool add) {
  kPanels[rows](pairs, a, b, c, c_stride, add);
}

void bf16_pack_avx512(const Bf16Source& source, std::uint32_t* packed) {
  for (std::int64_t first = 0; first < source.width; first += kBf16Lanes) {
    source.depth_contiguous ? pack_along(source, first, packed) : pack_across(source, first, packed);
  }
}

}  // namespace yupu::engine
#endif
