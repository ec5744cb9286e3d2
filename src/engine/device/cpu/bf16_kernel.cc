#include "engine/device/cpu/bf16_kernel.h"

#include <array>
#include <atomic>

#include "engine/device/cpu/amx.h"
#include "engine/device/cpu/bf16_gemm.h"

namespace yupu::engine {
namespace {

bool always() { return true; }
#if defined(__x86_64__)
// libgcc reads cpuid and asks the operating system (xgetbv) whether it keeps the wide registers.
bool has_avx512_bf16() {
  return __builtin_cpu_supports("avx512f") != 0 && __builtin_cpu_supports("avx512bw") != 0 &&
         __builtin_cpu_supports("avx512vl") != 0 && __builtin_cpu_supports("avx512bf16") != 0;
}
#endif

constexpr std::array kPaths = {
#if defined(__x86_64__)
    Bf16Path{.name = "amx",
             .in_hardware = true,
             .supported = &amx_bf16_usable,
             .kernel = &bf16_kernel_amx,
             .pack_rows = &bf16_pack_rows_amx,
             .pack_columns = &bf16_pack_avx512,
             .panel_rows = 32,
             .row_unit = 16,
             .sum_pairs = 16,
             .begin = &amx_begin,
             .end = &amx_end},
    Bf16Path{.name = "avx512_bf16",
             .in_hardware = true,
             .supported = &has_avx512_bf16,
             .kernel = &bf16_kernel_avx512,
             .pack_rows = &bf16_pack_avx512,
             .pack_columns = &bf16_pack_avx512,
             .panel_rows = 14,
             .row_unit = 1,
             .sum_pairs = 0},
#endif
    Bf16Path{.name = "f32",
             .in_hardware = false,
             .supported = &always,
             .kernel = &bf16_kernel_f32,
             .pack_rows = &bf16_pack_f32,
             .pack_columns = &bf16_pack_f32,
             .panel_rows = 14,
             .row_unit = 1,
             .sum_pairs = 0},
};

const Bf16Path& best_path() {
  for (const Bf16Path& path : kPaths) {
    if (path.supported()) return path;
  }
  return kPaths.back();
}

std::atomic<const Bf16Path*> forced_path{nullptr};

}  // namespace

std::span<const Bf16Path> bf16_paths() { return kPaths; }

const Bf16Path& bf16_path() {
  static const Bf16Path& best = best_path();
  const Bf16Path* forced = forced_path.load(std::memory_order_relaxed);
  return forced != nullptr ? *forced : best;
}

void force_bf16_path(const Bf16Path* path) { forced_path.store(path, std::memory_order_relaxed); }

bool bf16_in_hardware() { return bf16_path().in_hardware; }

}  // namespace yupu::engine
