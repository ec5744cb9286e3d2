// AMX: tdpbf16ps multiplies a tile of 16 rows and 16 pairs by one of 16 pairs and 16 columns.  Four tiles of sums, two
// of each operand: 32 x 32 of C.
#include "engine/device/cpu/amx.h"
#include "engine/device/cpu/bf16_kernel.h"

#if defined(__x86_64__)
#include "engine/device/cpu/bf16_pack_x86-inl.h"

namespace yupu::engine {
namespace {

static_assert(kBf16PanelColumns == 2 * kTileRows && kBf16PairUnit == kTileRows);
constexpr std::int64_t kTilePairs = kTileBytes / 4;
constexpr std::int64_t kSumStride = kBf16PanelColumns * static_cast<std::int64_t>(sizeof(float));

#define YUPU_TILE_TARGET "amx-tile,amx-bf16"
#define YUPU_TILE_PRODUCT(sums, a, b) _tile_dpbf16ps(sums, a, b)
#include "engine/device/cpu/amx_multiply-inl.h"

}  // namespace

YUPU_AVX512_BF16 void bf16_kernel_amx(std::int64_t pairs, std::int64_t rows, const std::uint32_t* a,
                                      const std::uint32_t* b, float* c, std::int64_t c_stride, bool add) {
  const std::int64_t blocks = (pairs + kTilePairs - 1) / kTilePairs;
  const auto multiply = rows > kTileRows ? &multiply_tiles<true> : &multiply_tiles<false>;
  if (!add && rows % kTileRows == 0) {
    multiply(blocks, a, b, c, c_stride * static_cast<std::int64_t>(sizeof(float)));
    return;
  }
  alignas(64) float sums[2 * kTileRows * kBf16PanelColumns];
  multiply(blocks, a, b, sums, kSumStride);
  for (std::int64_t r = 0; r < rows; ++r) {
    const float* from = sums + r * kBf16PanelColumns;
    float* to = c + r * c_stride;
    __m512 low = _mm512_load_ps(from);
    __m512 high = _mm512_load_ps(from + kBf16Lanes);
    if (add) {
      low = _mm512_add_ps(low, _mm512_loadu_ps(to));
      high = _mm512_add_ps(high, _mm512_loadu_ps(to + kBf16Lanes));
    }
    _mm512_storeu_ps(to, low);
    _mm512_storeu_ps(to + kBf16Lanes, high);
  }
}

YUPU_AVX512_BF16 void bf16_pack_rows_amx(const Bf16Source& s, std::uint32_t* packed) {
  const std::int64_t row_pairs = ((s.depth + 1) / 2 + kTilePairs - 1) / kTilePairs * kTilePairs;
  if (s.depth_contiguous) {
    for (std::int64_t r = 0; r < s.valid; ++r) {
      const float* row = s.data + r * s.stride;
      std::uint32_t* to = packed + r * row_pairs;
      for (std::int64_t k = 0; k < s.depth; k += 2 * kBf16Lanes) {
        const __m512 front = _mm512_maskz_loadu_ps(bf16_head_mask(s.depth - k), row + k);
        const __m512 back = _mm512_maskz_loadu_ps(bf16_head_mask(s.depth - k - kBf16Lanes), row + k + kBf16Lanes);
        _mm512_storeu_si512(to + k / 2, reinterpret_cast<__m512i>(_mm512_cvtne2ps_pbh(back, front)));
      }
    }
    return;
  }
  const __m512i order = bf16_pair_order();
  for (std::int64_t first = 0; first < s.valid; first += kBf16Lanes) {
    const __mmask16 read = bf16_head_mask(s.valid - first);
    for (std::int64_t k = 0; k < s.depth; k += 2 * kBf16Lanes) {
      __m512i t[kBf16Lanes];
      const float* row = s.data + k * s.stride + first;
#pragma GCC unroll 16
      for (int p = 0; p < kBf16Lanes; ++p) {
        const std::int64_t left = s.depth - k - 2 * p;
        const __mmask16 even = left > 0 ? read : __mmask16{0}, odd = left > 1 ? read : __mmask16{0};
        t[p] = bf16_pair_up(_mm512_maskz_loadu_ps(even, row + 2 * p * s.stride),
                            _mm512_maskz_loadu_ps(odd, row + (2 * p + 1) * s.stride), order);
      }
      bf16_transpose(t);
      std::uint32_t* to = packed + first * row_pairs + k / 2;
#pragma GCC unroll 16
      for (int i = 0; i < kBf16Lanes; ++i) {
        if (first + i < s.valid) _mm512_storeu_si512(to + i * row_pairs, t[i]);
      }
    }
  }
}

}  // namespace yupu::engine
#endif
