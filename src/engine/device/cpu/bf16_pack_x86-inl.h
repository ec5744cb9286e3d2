// Rounding and interleaving of AVX512_BF16, for the packers of bf16_kernel_x86.cc and bf16_kernel_amx.cc.
#pragma once

#include <cstdint>

#include <immintrin.h>

#if !defined(__clang__)
// g++-12 takes the undefined operand of its own unmasked intrinsics for a variable of ours (GCC bug 105593).
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#pragma GCC diagnostic ignored "-Wuninitialized"
#endif

#define YUPU_AVX512_BF16 __attribute__((target("avx512f,avx512bw,avx512vl,avx512bf16")))

namespace yupu::engine {

inline constexpr std::int64_t kBf16Lanes = 16;

// The first `count` lanes, at most all, at least none.
YUPU_AVX512_BF16 inline __mmask16 bf16_head_mask(std::int64_t count) {
  if (count >= kBf16Lanes) return 0xffff;
  return count > 0 ? static_cast<__mmask16>((1u << count) - 1) : __mmask16{0};
}

// For bf16_pair_up.
YUPU_AVX512_BF16 inline __m512i bf16_pair_order() {
  alignas(64) std::uint16_t interleave[2 * kBf16Lanes];
  for (int i = 0; i < kBf16Lanes; ++i) {
    interleave[2 * i] = static_cast<std::uint16_t>(i);
    interleave[2 * i + 1] = static_cast<std::uint16_t>(kBf16Lanes + i);
  }
  return _mm512_load_si512(interleave);
}

// Two source rows to one row of pairs: lanes i of `even` and `odd` become the halves of lane i.
YUPU_AVX512_BF16 inline __m512i bf16_pair_up(__m512 even, __m512 odd, __m512i order) {
  return _mm512_permutexvar_epi16(order, reinterpret_cast<__m512i>(_mm512_cvtne2ps_pbh(odd, even)));
}

// t[r] holds 16 lanes of row r; after it t[p] holds lane p of every row.
YUPU_AVX512_BF16 inline void bf16_transpose(__m512i (&t)[kBf16Lanes]) {
  __m512i u[kBf16Lanes];
#pragma GCC unroll 8
  for (int i = 0; i < kBf16Lanes; i += 2) {
    u[i] = _mm512_unpacklo_epi32(t[i], t[i + 1]);
    u[i + 1] = _mm512_unpackhi_epi32(t[i], t[i + 1]);
  }
#pragma GCC unroll 4
  for (int i = 0; i < kBf16Lanes; i += 4) {
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
  for (int i = 0; i < kBf16Lanes; ++i) t[i] = u[i];
}

}  // namespace yupu::engine
