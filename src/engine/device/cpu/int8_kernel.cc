#include "engine/device/cpu/int8_kernel.h"

#include <array>
#include <atomic>

#if defined(__x86_64__)
#include <cpuid.h>
#elif defined(__aarch64__)
#include <asm/hwcap.h>
#include <sys/auxv.h>
#endif

#include "engine/device/cpu/amx.h"

namespace yupu::engine {
namespace {

bool always() { return true; }
#if defined(__x86_64__)
// libgcc reads cpuid and asks the operating system (xgetbv) whether it keeps the wide registers.
bool has_avx2() { return __builtin_cpu_supports("avx2") != 0; }
// clang 14 does not know "avxvnni": cpuid leaf 7, subleaf 1, bit 4 of eax.
bool has_avx_vnni() {
  unsigned eax = 0, ebx = 0, ecx = 0, edx = 0;
  return has_avx2() && __get_cpuid_count(7, 1, &eax, &ebx, &ecx, &edx) != 0 && (eax & (1u << 4)) != 0;
}
bool has_avx512() { return __builtin_cpu_supports("avx512f") != 0 && __builtin_cpu_supports("avx512bw") != 0; }
bool has_avx512_vnni() {
  return has_avx512() && __builtin_cpu_supports("avx512vl") != 0 && __builtin_cpu_supports("avx512vnni") != 0;
}
#elif defined(__aarch64__)
bool has_dotprod() { return (getauxval(AT_HWCAP) & HWCAP_ASIMDDP) != 0; }
bool has_i8mm() { return (getauxval(AT_HWCAP2) & HWCAP2_I8MM) != 0; }
#endif

constexpr std::array kPaths = {
#if defined(__x86_64__)
    Int8Path{.name = "amx",
             .supported = &amx_int8_usable,
             .kernel = &int8_kernel_amx,
             .panel_rows = 32,
             .row_unit = 16,
             .row_major = true,
             .begin = &amx_begin,
             .end = &amx_end},
    Int8Path{"avx512_vnni", &has_avx512_vnni, &int8_kernel_avx512_vnni},
    Int8Path{"avx_vnni", &has_avx_vnni, &int8_kernel_avx_vnni},
    Int8Path{"avx512", &has_avx512, &int8_kernel_avx512},
    Int8Path{"avx2", &has_avx2, &int8_kernel_avx2},
#elif defined(__aarch64__)
    Int8Path{"neon_i8mm", &has_i8mm, &int8_kernel_neon_i8mm},
    Int8Path{"neon_dotprod", &has_dotprod, &int8_kernel_neon_dotprod},
    Int8Path{"neon", &always, &int8_kernel_neon},
#endif
    Int8Path{"scalar", &always, &int8_kernel_scalar},
};

const Int8Path& best_path() {
  for (const Int8Path& path : kPaths) {
    if (path.supported()) return path;
  }
  return kPaths.back();
}

std::atomic<const Int8Path*> forced_path{nullptr};

}  // namespace

std::span<const Int8Path> int8_paths() { return kPaths; }

const Int8Path& int8_path() {
  static const Int8Path& best = best_path();
  const Int8Path* forced = forced_path.load(std::memory_order_relaxed);
  return forced != nullptr ? *forced : best;
}

void force_int8_path(const Int8Path* path) { forced_path.store(path, std::memory_order_relaxed); }

void int8_kernel_scalar(std::int64_t groups, std::int64_t rows, const std::uint8_t* a, const std::int8_t* b,
                        std::int32_t* sums) {
  for (std::int64_t r = 0; r < rows; ++r) {
    for (std::int64_t j = 0; j < kInt8PanelColumns; ++j) {
      std::int32_t sum = 0;
      for (std::int64_t g = 0; g < groups; ++g) {
        const std::uint8_t* x = a + (g * rows + r) * kInt8Group;
        const std::int8_t* w = b + (g * kInt8PanelColumns + j) * kInt8Group;
        for (std::int64_t i = 0; i < kInt8Group; ++i) sum += std::int32_t{x[i]} * std::int32_t{w[i]};
      }
      sums[r * kInt8PanelColumns + j] = sum;
    }
  }
}

}  // namespace yupu::engine
