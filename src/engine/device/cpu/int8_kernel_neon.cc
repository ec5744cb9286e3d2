// The integer core on aarch64.  SUDOT (I8MM) multiplies s8 by u8 and adds four products in 32 bits, as vpdpbusd does.
// SDOT (dot product) knows s8 by s8 alone: rows go in as u - 128, and 128 times the sum of the weights is added at the
// end.  Plain NEON widens to 16 bits, where a product fits (255 * 127 < 2^15), and adds pairs of them in 32.
#include "engine/device/cpu/int8_kernel.h"
#include "engine/device/cpu/int8_strips.h"
#include "engine/device/cpu/register_rows.h"

#if defined(__aarch64__)
#include <cstring>

#include <arm_neon.h>

namespace yupu::engine {
namespace {

#define YUPU_STRIP(path, isa, n)                                                                              \
  __attribute__((target(isa))) void path##_##n(std::int64_t groups, std::int64_t rows, const std::uint8_t* a, \
                                               const std::int8_t* b, std::int32_t* sums)

// The four values of a group in the first 32-bit lane, and in every lane.
inline uint8x8_t one_group(const std::uint8_t* a) {
  std::uint32_t value;
  std::memcpy(&value, a, sizeof(value));
  return vreinterpret_u8_u32(uint32x2_t{value, 0});
}
inline uint8x8_t spread_group(const std::uint8_t* a) {
  std::uint32_t value;
  std::memcpy(&value, a, sizeof(value));
  return vreinterpret_u8_u32(vdup_n_u32(value));
}

// ---- SUDOT: n rows x 16 columns, twice; 4 accumulators a row ----
#define YUPU_DECLARE(r) int32x4_t p##r##0 = vdupq_n_s32(0), p##r##1 = p##r##0, p##r##2 = p##r##0, p##r##3 = p##r##0;
#define YUPU_STEP(r)                               \
  {                                                \
    const uint8x8_t x = one_group(a_at + 4 * (r)); \
    p##r##0 = vsudotq_lane_s32(p##r##0, b0, x, 0); \
    p##r##1 = vsudotq_lane_s32(p##r##1, b1, x, 0); \
    p##r##2 = vsudotq_lane_s32(p##r##2, b2, x, 0); \
    p##r##3 = vsudotq_lane_s32(p##r##3, b3, x, 0); \
  }
#define YUPU_STORE(r)                                  \
  vst1q_s32(sums + 32 * (r) + 16 * half, p##r##0);     \
  vst1q_s32(sums + 32 * (r) + 16 * half + 4, p##r##1); \
  vst1q_s32(sums + 32 * (r) + 16 * half + 8, p##r##2); \
  vst1q_s32(sums + 32 * (r) + 16 * half + 12, p##r##3);
#define YUPU_LOAD(i) const int8x16_t b##i = vld1q_s8(b_at + 16 * (i));
#define YUPU_KERNEL(n)                                                                                 \
  YUPU_STRIP(sudot, "arch=armv8.2-a+i8mm", n) {                                                        \
    for (std::int64_t half = 0; half < 2; ++half) {                                                    \
      const std::uint8_t* a_at = a;                                                                    \
      const std::int8_t* b_at = b + 64 * half;                                                         \
      YUPU_ROWS_##n(YUPU_DECLARE) for (std::int64_t g = 0; g < groups; ++g) {                          \
        YUPU_LOAD(0) YUPU_LOAD(1) YUPU_LOAD(2) YUPU_LOAD(3) YUPU_ROWS_##n(YUPU_STEP) a_at += 4 * rows; \
        b_at += 128;                                                                                   \
      }                                                                                                \
      YUPU_ROWS_##n(YUPU_STORE)                                                                        \
    }                                                                                                  \
  }
YUPU_KERNEL(1)
YUPU_KERNEL(2)
YUPU_KERNEL(3)
YUPU_KERNEL(4)
YUPU_KERNEL(5)
YUPU_KERNEL(6)
#undef YUPU_STEP
#undef YUPU_STORE
#undef YUPU_KERNEL
constexpr Int8Strip kSudot[] = {nullptr, &sudot_1, &sudot_2, &sudot_3, &sudot_4, &sudot_5, &sudot_6};

// ---- SDOT: the same with the sums of the weights beside, 4 accumulators more for all rows ----
#define YUPU_STEP(r)                                                                      \
  {                                                                                       \
    const int8x8_t x = vreinterpret_s8_u8(veor_u8(one_group(a_at + 4 * (r)), sign_bits)); \
    p##r##0 = vdotq_lane_s32(p##r##0, b0, x, 0);                                          \
    p##r##1 = vdotq_lane_s32(p##r##1, b1, x, 0);                                          \
    p##r##2 = vdotq_lane_s32(p##r##2, b2, x, 0);                                          \
    p##r##3 = vdotq_lane_s32(p##r##3, b3, x, 0);                                          \
  }
#define YUPU_STORE(r)                                                                       \
  vst1q_s32(sums + 32 * (r) + 16 * half, vaddq_s32(p##r##0, vshlq_n_s32(weights0, 7)));     \
  vst1q_s32(sums + 32 * (r) + 16 * half + 4, vaddq_s32(p##r##1, vshlq_n_s32(weights1, 7))); \
  vst1q_s32(sums + 32 * (r) + 16 * half + 8, vaddq_s32(p##r##2, vshlq_n_s32(weights2, 7))); \
  vst1q_s32(sums + 32 * (r) + 16 * half + 12, vaddq_s32(p##r##3, vshlq_n_s32(weights3, 7)));
#define YUPU_WEIGHTS(i) weights##i = vdotq_s32(weights##i, ones, b##i);
#define YUPU_KERNEL(n)                                                                                             \
  YUPU_STRIP(sdot, "arch=armv8.2-a+dotprod", n) {                                                                  \
    const uint8x8_t sign_bits = vdup_n_u8(0x80);                                                                   \
    const int8x16_t ones = vdupq_n_s8(1);                                                                          \
    for (std::int64_t half = 0; half < 2; ++half) {                                                                \
      const std::uint8_t* a_at = a;                                                                                \
      const std::int8_t* b_at = b + 64 * half;                                                                     \
      int32x4_t weights0 = vdupq_n_s32(0), weights1 = weights0, weights2 = weights0, weights3 = weights0;          \
      YUPU_ROWS_##n(YUPU_DECLARE) for (std::int64_t g = 0; g < groups; ++g) {                                      \
        YUPU_LOAD(0)                                                                                               \
        YUPU_LOAD(1)                                                                                               \
        YUPU_LOAD(2)                                                                                               \
        YUPU_LOAD(3)                                                                                               \
        YUPU_WEIGHTS(0) YUPU_WEIGHTS(1) YUPU_WEIGHTS(2) YUPU_WEIGHTS(3) YUPU_ROWS_##n(YUPU_STEP) a_at += 4 * rows; \
        b_at += 128;                                                                                               \
      }                                                                                                            \
      YUPU_ROWS_##n(YUPU_STORE)                                                                                    \
    }                                                                                                              \
  }
YUPU_KERNEL(1)
YUPU_KERNEL(2)
YUPU_KERNEL(3)
YUPU_KERNEL(4)
YUPU_KERNEL(5)
#undef YUPU_DECLARE
#undef YUPU_STEP
#undef YUPU_STORE
#undef YUPU_LOAD
#undef YUPU_WEIGHTS
#undef YUPU_KERNEL
constexpr Int8Strip kSdot[] = {nullptr, &sdot_1, &sdot_2, &sdot_3, &sdot_4, &sdot_5};

// ---- NEON alone: n rows x 8 columns in 16 bits, four times; 4 accumulators of pairs a row ----
#define YUPU_DECLARE(r) int32x4_t p##r##0 = vdupq_n_s32(0), p##r##1 = p##r##0, p##r##2 = p##r##0, p##r##3 = p##r##0;
#define YUPU_STEP(r)                                                                   \
  {                                                                                    \
    const int16x8_t x = vreinterpretq_s16_u16(vmovl_u8(spread_group(a_at + 4 * (r)))); \
    p##r##0 = vpadalq_s16(p##r##0, vmulq_s16(x, w0));                                  \
    p##r##1 = vpadalq_s16(p##r##1, vmulq_s16(x, w1));                                  \
    p##r##2 = vpadalq_s16(p##r##2, vmulq_s16(x, w2));                                  \
    p##r##3 = vpadalq_s16(p##r##3, vmulq_s16(x, w3));                                  \
  }
#define YUPU_STORE(r)                                                     \
  vst1q_s32(sums + 32 * (r) + 8 * quarter, vpaddq_s32(p##r##0, p##r##1)); \
  vst1q_s32(sums + 32 * (r) + 8 * quarter + 4, vpaddq_s32(p##r##2, p##r##3));
#define YUPU_KERNEL(n)                                                          \
  YUPU_STRIP(widening, "arch=armv8-a", n) {                                     \
    for (std::int64_t quarter = 0; quarter < 4; ++quarter) {                    \
      const std::uint8_t* a_at = a;                                             \
      const std::int8_t* b_at = b + 32 * quarter;                               \
      YUPU_ROWS_##n(YUPU_DECLARE) for (std::int64_t g = 0; g < groups; ++g) {   \
        const int8x16_t b0 = vld1q_s8(b_at), b1 = vld1q_s8(b_at + 16);          \
        const int16x8_t w0 = vmovl_s8(vget_low_s8(b0)), w1 = vmovl_high_s8(b0); \
        const int16x8_t w2 = vmovl_s8(vget_low_s8(b1)), w3 = vmovl_high_s8(b1); \
        YUPU_ROWS_##n(YUPU_STEP) a_at += 4 * rows;                              \
        b_at += 128;                                                            \
      }                                                                         \
      YUPU_ROWS_##n(YUPU_STORE)                                                 \
    }                                                                           \
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
#undef YUPU_STRIP
constexpr Int8Strip kWidening[] = {nullptr,     &widening_1, &widening_2, &widening_3,
                                   &widening_4, &widening_5, &widening_6};

}  // namespace

void int8_kernel_neon(std::int64_t groups, std::int64_t rows, const std::uint8_t* a, const std::int8_t* b,
                      std::int32_t* sums) {
  run_int8_strips(kWidening, groups, rows, a, b, sums);
}
void int8_kernel_neon_dotprod(std::int64_t groups, std::int64_t rows, const std::uint8_t* a, const std::int8_t* b,
                              std::int32_t* sums) {
  run_int8_strips(kSdot, groups, rows, a, b, sums);
}
void int8_kernel_neon_i8mm(std::int64_t groups, std::int64_t rows, const std::uint8_t* a, const std::int8_t* b,
                           std::int32_t* sums) {
  run_int8_strips(kSudot, groups, rows, a, b, sums);
}

}  // namespace yupu::engine
#endif
