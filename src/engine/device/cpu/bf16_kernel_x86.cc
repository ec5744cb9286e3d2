// AVX512_BF16: vdpbf16ps multiplies the pairs, vcvtne2ps2bf16 rounds.  One function per panel height keeps all its sums
// in registers: 28 of the 32, two of B, one of A.
#include "engine/device/cpu/bf16_kernel.h"
#include "engine/device/cpu/register_rows.h"

#if defined(__x86_64__)
#include <immintrin.h>

#if !defined(__clang__)
// g++-12 takes the undefined operand of its own unmasked intrinsics for a variable of ours (GCC bug 105593).
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#endif

namespace yupu::engine {
namespace {

#define YUPU_AVX512_BF16 __attribute__((target("avx512f,avx512bw,avx512vl,avx512bf16")))

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

constexpr std::int64_t kLanes = 16;

YUPU_AVX512_BF16 inline __mmask16 head_mask(std::int64_t count) {
  if (count >= kLanes) return 0xffff;
  return count > 0 ? static_cast<__mmask16>((1u << count) - 1) : __mmask16{0};
}

// Two source rows to one row of pairs: lanes i of `even` and `odd` become the halves of lane i.
YUPU_AVX512_BF16 inline __m512i pair_up(__m512 even, __m512 odd, __m512i order) {
  return _mm512_permutexvar_epi16(order, reinterpret_cast<__m512i>(_mm512_cvtne2ps_pbh(odd, even)));
}

YUPU_AVX512_BF16 void pack_across(const Bf16Source& s, std::int64_t first, std::uint32_t* packed) {
  alignas(64) std::uint16_t interleave[2 * kLanes];
  for (int i = 0; i < kLanes; ++i) {
    interleave[2 * i] = static_cast<std::uint16_t>(i);
    interleave[2 * i + 1] = static_cast<std::uint16_t>(kLanes + i);
  }
  const __m512i order = _mm512_load_si512(interleave);
  const __mmask16 read = head_mask(s.valid - first);
  const __mmask16 written = head_mask(s.width - first);
  const float* row = s.data + first;
  packed += first;
  std::int64_t k = 0;
  for (; k + 2 <= s.depth; k += 2) {
    const __m512 even = _mm512_maskz_loadu_ps(read, row);
    const __m512 odd = _mm512_maskz_loadu_ps(read, row + s.stride);
    _mm512_mask_storeu_epi32(packed, written, pair_up(even, odd, order));
    row += 2 * s.stride;
    packed += s.width;
  }
  if (k < s.depth) {
    const __m512 even = _mm512_maskz_loadu_ps(read, row);
    _mm512_mask_storeu_epi32(packed, written, pair_up(even, _mm512_setzero_ps(), order));
  }
}

// t[r] holds 16 lanes of row r; after it t[p] holds lane p of every row.
YUPU_AVX512_BF16 inline void transpose(__m512i (&t)[kLanes]) {
  __m512i u[kLanes];
#pragma GCC unroll 8
  for (int i = 0; i < kLanes; i += 2) {
    u[i] = _mm512_unpacklo_epi32(t[i], t[i + 1]);
    u[i + 1] = _mm512_unpackhi_epi32(t[i], t[i + 1]);
  }
#pragma GCC unroll 4
  for (int i = 0; i < kLanes; i += 4) {
    t[i] = _mm512_unpacklo_epi64(u[i], u[i + 2]);
    t[i + 1] = _mm512_unpackhi_epi64(u[i], u[i + 2]);
    t[i + 2] = _mm512_unpacklo_epi64(u[i + 1], u[i + 3]);
    t[i + 3] = _mm512_unpackhi_epi64(u[i + 1], u[i + 3]);
  }
  // Now 128-bit blocks: t[4g + j] block q is lane 4q + j of rows 4g..4g+3.
  constexpr int kEven = 0x88, kOdd = 0xdd;  // blocks 0, 2 or 1, 3 of both operands
#pragma GCC unroll 4
  for (int j = 0; j < 4; ++j) {
    const __m512i low02 = _mm512_shuffle_i32x4(t[j], t[4 + j], kEven);
    const __m512i low13 = _mm512_shuffle_i32x4(t[j], t[4 + j], kOdd);
    const __m512i high02 = _mm512_shuffle_i32x4(t[8 + j], t[12 + j], kEven);
    const __m512i high13 = _mm512_shuffle_i32x4(t[8 + j], t[12 + j], kOdd);
    u[j] = _mm512_shuffle_i32x4(low02, high02, kEven);
    u[4 + j] = _mm512_shuffle_i32x4(low13, high13, kEven);
    u[8 + j] = _mm512_shuffle_i32x4(low02, high02, kOdd);
    u[12 + j] = _mm512_shuffle_i32x4(low13, high13, kOdd);
  }
#pragma GCC unroll 16
  for (int i = 0; i < kLanes; ++i) t[i] = u[i];
}

YUPU_AVX512_BF16 void pack_along(const Bf16Source& s, std::int64_t first, std::uint32_t* packed) {
  const std::int64_t valid = s.valid - first < kLanes ? s.valid - first : kLanes;
  const __mmask16 written = head_mask(s.width - first);
  const float* rows[kLanes];
  for (std::int64_t r = 0; r < kLanes; ++r) rows[r] = s.data + (first + (r < valid ? r : 0)) * s.stride;
  packed += first;
  for (std::int64_t k = 0; k < s.depth; k += 2 * kLanes) {
    const __mmask16 low = head_mask(s.depth - k);
    const __mmask16 high = head_mask(s.depth - k - kLanes);
    __m512i t[kLanes];
#pragma GCC unroll 16
    for (int r = 0; r < kLanes; ++r) {
      const __mmask16 present = r < valid ? 0xffff : 0;
      const __m512 front = _mm512_maskz_loadu_ps(low & present, rows[r] + k);
      const __m512 back = _mm512_maskz_loadu_ps(high & present, rows[r] + k + kLanes);
      t[r] = reinterpret_cast<__m512i>(_mm512_cvtne2ps_pbh(back, front));
    }
    transpose(t);
    const std::int64_t pairs = (s.depth - k + 1) / 2;
#pragma GCC unroll 16
    for (int p = 0; p < kLanes; ++p) {
      if (p < pairs) _mm512_mask_storeu_epi32(packed + p * s.width, written, t[p]);
    }
    packed += kLanes * s.width;
  }
}

}  // namespace

void bf16_kernel_avx512(std::int64_t pairs, std::int64_t rows, const std::uint32_t* a, const std::uint32_t* b, float* c,
                        std::int64_t c_stride, bool add) {
  kPanels[rows](pairs, a, b, c, c_stride, add);
}

void bf16_pack_avx512(const Bf16Source& source, std::uint32_t* packed) {
  for (std::int64_t first = 0; first < source.width; first += kLanes) {
    source.depth_contiguous ? pack_along(source, first, packed) : pack_across(source, first, packed);
  }
}

}  // namespace yupu::engine
#endif
