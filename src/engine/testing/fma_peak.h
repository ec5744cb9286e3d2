// The rate of fused multiply-adds this machine reaches out of registers alone: the ceiling of every product.
#pragma once

#include <algorithm>
#include <cstdint>

#include "engine/execution_context.h"
#include "engine/profile.h"
#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace yupu::engine {

#if defined(__x86_64__)
// 12 independent chains hide the latency of an FMA on every core so far.
#define YUPU_CHAINS(X) X(0) X(1) X(2) X(3) X(4) X(5) X(6) X(7) X(8) X(9) X(10) X(11)
#define YUPU_BEGIN(i) \
  auto c##i = factor; \
  asm volatile("" : "+v"(c##i));  // or the compiler sees twelve times the same chain
#define YUPU_FMA(i) c##i = YUPU_MULTIPLY_ADD(c##i, factor, addend);
#define YUPU_KEEP(i) asm volatile("" ::"v"(c##i));
#define YUPU_MULTIPLY_ADD _mm512_fmadd_ps
__attribute__((target("avx512f"))) inline double fma_flops_avx512(std::int64_t rounds) {
  const __m512 factor = _mm512_set1_ps(0.999f), addend = _mm512_set1_ps(0.001f);
  YUPU_CHAINS(YUPU_BEGIN)
  for (std::int64_t i = 0; i < rounds; ++i) {
    YUPU_CHAINS(YUPU_FMA)
    asm volatile("");
  }
  YUPU_CHAINS(YUPU_KEEP)
  return 12.0 * 16 * 2 * static_cast<double>(rounds);
}
#undef YUPU_MULTIPLY_ADD
#define YUPU_MULTIPLY_ADD _mm256_fmadd_ps
__attribute__((target("avx2,fma"))) inline double fma_flops_avx2(std::int64_t rounds) {
  const __m256 factor = _mm256_set1_ps(0.999f), addend = _mm256_set1_ps(0.001f);
  YUPU_CHAINS(YUPU_BEGIN)
  for (std::int64_t i = 0; i < rounds; ++i) {
    YUPU_CHAINS(YUPU_FMA)
    asm volatile("");
  }
  YUPU_CHAINS(YUPU_KEEP)
  return 12.0 * 8 * 2 * static_cast<double>(rounds);
}
#undef YUPU_MULTIPLY_ADD
#undef YUPU_CHAINS
#undef YUPU_BEGIN
#undef YUPU_FMA
#undef YUPU_KEEP
#endif

// GFLOP/s of the whole team, the best of some rounds; 0 where it is not known how to measure.
inline double fma_peak(ExecutionContext& context, const Profile& clock) {
#if defined(__x86_64__)
  const auto run = __builtin_cpu_supports("avx512f") != 0 ? &fma_flops_avx512 : &fma_flops_avx2;
  if (__builtin_cpu_supports("fma") == 0) return 0;
  double best = 0;
  for (int round = 0; round < 9; ++round) {
    const double begin = clock.now_s();
    double flops = 0;
    context.team().parallel_for(context.team().size(), 1, [&](std::int64_t, std::int64_t, int member) {
      const double done = run(1'000'000);
      if (member == 0) flops = done * context.team().size();
    });
    best = std::max(best, flops / (clock.now_s() - begin) * 1e-9);
  }
  return best;
#else
  (void)context;
  (void)clock;
  return 0;
#endif
}

}  // namespace yupu::engine
