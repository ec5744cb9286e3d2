// The integer core on x86-64: AVX2 and AVX-512 widen to 16 bits and use vpmaddwd, which cannot saturate here
// (2 * 255 * 127 < 2^31); VNNI's vpdpbusd multiplies u8 by s8 and adds four products in 32 bits.
#include "engine/device/cpu/int8_kernel.h"
#include "engine/device/cpu/int8_strips.h"
#include "engine/device/cpu/register_rows.h"

#if defined(__x86_64__)
#include <cstring>

#include <immintrin.h>

namespace yupu::engine {
namespace {

std::int32_t load_group(const std::uint8_t* a) {
  std::int32_t value;
  std::memcpy(&value, a, sizeof(value));
  return value;
}

// Sums of two neighbours: the widened kernels hold the products of k, k+1 and of k+2, k+3 apart.
void add_pairs(const std::int32_t* pairs, std::int64_t count, std::int32_t* sums) {
  for (std::int64_t j = 0; j < count; ++j) sums[j] = pairs[2 * j] + pairs[2 * j + 1];
}

#define YUPU_STRIP(path, isa, n)                                                                              \
  __attribute__((target(isa))) void path##_##n(std::int64_t groups, std::int64_t rows, const std::uint8_t* a, \
                                               const std::int8_t* b, std::int32_t* sums)

// ---- AVX-512 VNNI: n rows x 32 columns, 2 accumulators a row ----
#define YUPU_DECLARE(r) __m512i low##r = _mm512_setzero_si512(), high##r = low##r;
#define YUPU_STEP(r)                                              \
  {                                                               \
    const __m512i x = _mm512_set1_epi32(load_group(a + 4 * (r))); \
    low##r = _mm512_dpbusd_epi32(low##r, x, b_low);               \
    high##r = _mm512_dpbusd_epi32(high##r, x, b_high);            \
  }
#define YUPU_STORE(r)                           \
  _mm512_storeu_si512(sums + 32 * (r), low##r); \
  _mm512_storeu_si512(sums + 32 * (r) + 16, high##r);
#define YUPU_KERNEL(n)                                                      \
  YUPU_STRIP(avx512_vnni, "avx512f,avx512bw,avx512vl,avx512vnni", n) {      \
    YUPU_ROWS_##n(YUPU_DECLARE) for (std::int64_t g = 0; g < groups; ++g) { \
      const __m512i b_low = _mm512_loadu_si512(b);                          \
      const __m512i b_high = _mm512_loadu_si512(b + 64);                    \
      YUPU_ROWS_##n(YUPU_STEP) a += 4 * rows;                               \
      b += 128;                                                             \
    }                                                                       \
    YUPU_ROWS_##n(YUPU_STORE)                                               \
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
#undef YUPU_KERNEL
constexpr Int8Strip kAvx512Vnni[] = {nullptr,         &avx512_vnni_1,  &avx512_vnni_2,  &avx512_vnni_3,
                                     &avx512_vnni_4,  &avx512_vnni_5,  &avx512_vnni_6,  &avx512_vnni_7,
                                     &avx512_vnni_8,  &avx512_vnni_9,  &avx512_vnni_10, &avx512_vnni_11,
                                     &avx512_vnni_12, &avx512_vnni_13, &avx512_vnni_14};

// ---- AVX-VNNI: n rows x 16 columns, twice ----
#define YUPU_DECLARE(r) __m256i low##r = _mm256_setzero_si256(), high##r = low##r;
#define YUPU_STEP(r)                                                 \
  {                                                                  \
    const __m256i x = _mm256_set1_epi32(load_group(a_at + 4 * (r))); \
    low##r = _mm256_dpbusd_avx_epi32(low##r, x, b_low);              \
    high##r = _mm256_dpbusd_avx_epi32(high##r, x, b_high);           \
  }
#define YUPU_STORE(r)                                                                   \
  _mm256_storeu_si256(reinterpret_cast<__m256i*>(sums + 32 * (r) + 16 * half), low##r); \
  _mm256_storeu_si256(reinterpret_cast<__m256i*>(sums + 32 * (r) + 16 * half + 8), high##r);
#define YUPU_KERNEL(n)                                                                          \
  YUPU_STRIP(avx_vnni, "avx2,avxvnni", n) {                                                     \
    for (std::int64_t half = 0; half < 2; ++half) {                                             \
      const std::uint8_t* a_at = a;                                                             \
      const std::int8_t* b_at = b + 64 * half;                                                  \
      YUPU_ROWS_##n(YUPU_DECLARE) for (std::int64_t g = 0; g < groups; ++g) {                   \
        const __m256i b_low = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(b_at));       \
        const __m256i b_high = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(b_at + 32)); \
        YUPU_ROWS_##n(YUPU_STEP) a_at += 4 * rows;                                              \
        b_at += 128;                                                                            \
      }                                                                                         \
      YUPU_ROWS_##n(YUPU_STORE)                                                                 \
    }                                                                                           \
  }
YUPU_KERNEL(1)
YUPU_KERNEL(2)
YUPU_KERNEL(3)
YUPU_KERNEL(4)
YUPU_KERNEL(5)
YUPU_KERNEL(6)
#undef YUPU_DECLARE
#undef YUPU_STEP
#undef YUPU_STORE
#undef YUPU_KERNEL
constexpr Int8Strip kAvxVnni[] = {nullptr,     &avx_vnni_1, &avx_vnni_2, &avx_vnni_3,
                                  &avx_vnni_4, &avx_vnni_5, &avx_vnni_6};

// ---- AVX-512 without VNNI: n rows x 32 columns in 16 bits, 4 accumulators of pairs a row ----
#define YUPU_DECLARE(r) \
  __m512i p##r##0 = _mm512_setzero_si512(), p##r##1 = p##r##0, p##r##2 = p##r##0, p##r##3 = p##r##0;
#define YUPU_STEP(r)                                                                    \
  {                                                                                     \
    const __m512i x = _mm512_cvtepu8_epi16(_mm256_set1_epi32(load_group(a + 4 * (r)))); \
    p##r##0 = _mm512_add_epi32(p##r##0, _mm512_madd_epi16(x, b0));                      \
    p##r##1 = _mm512_add_epi32(p##r##1, _mm512_madd_epi16(x, b1));                      \
    p##r##2 = _mm512_add_epi32(p##r##2, _mm512_madd_epi16(x, b2));                      \
    p##r##3 = _mm512_add_epi32(p##r##3, _mm512_madd_epi16(x, b3));                      \
  }
#define YUPU_STORE(r)                       \
  _mm512_storeu_si512(pairs, p##r##0);      \
  _mm512_storeu_si512(pairs + 16, p##r##1); \
  _mm512_storeu_si512(pairs + 32, p##r##2); \
  _mm512_storeu_si512(pairs + 48, p##r##3); \
  add_pairs(pairs, 32, sums + 32 * (r));
#define YUPU_WIDE(i) \
  const __m512i b##i = _mm512_cvtepi8_epi16(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(b + 32 * (i))));
#define YUPU_KERNEL(n)                                                                            \
  YUPU_STRIP(avx512, "avx512f,avx512bw", n) {                                                     \
    std::int32_t pairs[64];                                                                       \
    YUPU_ROWS_##n(YUPU_DECLARE) for (std::int64_t g = 0; g < groups; ++g) {                       \
      YUPU_WIDE(0) YUPU_WIDE(1) YUPU_WIDE(2) YUPU_WIDE(3) YUPU_ROWS_##n(YUPU_STEP) a += 4 * rows; \
      b += 128;                                                                                   \
    }                                                                                             \
    YUPU_ROWS_##n(YUPU_STORE)                                                                     \
  }
YUPU_KERNEL(1)
YUPU_KERNEL(2)
YUPU_KERNEL(3)
YUPU_KERNEL(4)
YUPU_KERNEL(5)
YUPU_KERNEL(6)
#undef YUPU_DECLARE
#undef YUPU_STEP
#undef YUPU_STORE
#undef YUPU_WIDE
#undef YUPU_KERNEL
constexpr Int8Strip kAvx512[] = {nullptr, &avx512_1, &avx512_2, &avx512_3, &avx512_4, &avx512_5, &avx512_6};

// ---- AVX2: n rows x 16 columns in 16 bits, twice ----
#define YUPU_DECLARE(r) \
  __m256i p##r##0 = _mm256_setzero_si256(), p##r##1 = p##r##0, p##r##2 = p##r##0, p##r##3 = p##r##0;
#define YUPU_STEP(r)                                                                    \
  {                                                                                     \
    const __m256i x = _mm256_cvtepu8_epi16(_mm_set1_epi32(load_group(a_at + 4 * (r)))); \
    p##r##0 = _mm256_add_epi32(p##r##0, _mm256_madd_epi16(x, b0));                      \
    p##r##1 = _mm256_add_epi32(p##r##1, _mm256_madd_epi16(x, b1));                      \
    p##r##2 = _mm256_add_epi32(p##r##2, _mm256_madd_epi16(x, b2));                      \
    p##r##3 = _mm256_add_epi32(p##r##3, _mm256_madd_epi16(x, b3));                      \
  }
#define YUPU_STORE(r)                                                   \
  _mm256_storeu_si256(reinterpret_cast<__m256i*>(pairs), p##r##0);      \
  _mm256_storeu_si256(reinterpret_cast<__m256i*>(pairs + 8), p##r##1);  \
  _mm256_storeu_si256(reinterpret_cast<__m256i*>(pairs + 16), p##r##2); \
  _mm256_storeu_si256(reinterpret_cast<__m256i*>(pairs + 24), p##r##3); \
  add_pairs(pairs, 16, sums + 32 * (r) + 16 * half);
#define YUPU_WIDE(i) \
  const __m256i b##i = _mm256_cvtepi8_epi16(_mm_loadu_si128(reinterpret_cast<const __m128i*>(b_at + 16 * (i))));
#define YUPU_KERNEL(n)                                                                                 \
  YUPU_STRIP(avx2, "avx2", n) {                                                                        \
    std::int32_t pairs[32];                                                                            \
    for (std::int64_t half = 0; half < 2; ++half) {                                                    \
      const std::uint8_t* a_at = a;                                                                    \
      const std::int8_t* b_at = b + 64 * half;                                                         \
      YUPU_ROWS_##n(YUPU_DECLARE) for (std::int64_t g = 0; g < groups; ++g) {                          \
        YUPU_WIDE(0) YUPU_WIDE(1) YUPU_WIDE(2) YUPU_WIDE(3) YUPU_ROWS_##n(YUPU_STEP) a_at += 4 * rows; \
        b_at += 128;                                                                                   \
      }                                                                                                \
      YUPU_ROWS_##n(YUPU_STORE)                                                                        \
    }                                                                                                  \
  }
YUPU_KERNEL(1)
YUPU_KERNEL(2)
#undef YUPU_DECLARE
#undef YUPU_STEP
#undef YUPU_STORE
#undef YUPU_WIDE
#undef YUPU_KERNEL
constexpr Int8Strip kAvx2[] = {nullptr, &avx2_1, &avx2_2};

}  // namespace

void int8_kernel_avx2(std::int64_t groups, std::int64_t rows, const std::uint8_t* a, const std::int8_t* b,
                      std::int32_t* sums) {
  run_int8_strips(kAvx2, groups, rows, a, b, sums);
}
void int8_kernel_avx512(std::int64_t groups, std::int64_t rows, const std::uint8_t* a, const std::int8_t* b,
                        std::int32_t* sums) {
  run_int8_strips(kAvx512, groups, rows, a, b, sums);
}
void int8_kernel_avx_vnni(std::int64_t groups, std::int64_t rows, const std::uint8_t* a, const std::int8_t* b,
                          std::int32_t* sums) {
  run_int8_strips(kAvxVnni, groups, rows, a, b, sums);
}
void int8_kernel_avx512_vnni(std::int64_t groups, std::int64_t rows, const std::uint8_t* a, const std::int8_t* b,
                             std::int32_t* sums) {
  run_int8_strips(kAvx512Vnni, groups, rows, a, b, sums);
}

}  // namespace yupu::engine
#endif
