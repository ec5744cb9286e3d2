#include "engine/device/cpu/amx.h"

#if defined(__x86_64__)
#include <cpuid.h>
#include <immintrin.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace yupu::engine {
namespace {

// edx of cpuid leaf 7, subleaf 0.  Clang 14's __builtin_cpu_supports does not know them.
constexpr unsigned kBf16Bit = 1u << 22, kTileBit = 1u << 24, kInt8Bit = 1u << 25;

bool processor_has(unsigned bits) {
  unsigned eax = 0, ebx = 0, ecx = 0, edx = 0;
  return __get_cpuid_count(7, 0, &eax, &ebx, &ecx, &edx) != 0 && (edx & bits) == bits;
}

// arch_prctl(2): fails on kernels before 5.16 and where the system does not keep the tiles.
bool tiles_granted() {
  constexpr long kRequestPermission = 0x1023, kTileData = 18;
  static const bool granted = syscall(SYS_arch_prctl, kRequestPermission, kTileData) == 0;
  return granted;
}

bool has_avx512() { return __builtin_cpu_supports("avx512f") != 0 && __builtin_cpu_supports("avx512bw") != 0; }

// What ldtilecfg reads.
struct alignas(64) TileConfig {
  std::uint8_t palette = 1;
  std::uint8_t start_row = 0;
  std::uint8_t reserved[14] = {};
  std::uint16_t row_bytes[16] = {};
  std::uint8_t rows[16] = {};
};
static_assert(sizeof(TileConfig) == 64);

constexpr TileConfig full_tiles() {
  TileConfig config;
  for (int tile = 0; tile < 8; ++tile) {
    config.row_bytes[tile] = static_cast<std::uint16_t>(kTileBytes);
    config.rows[tile] = static_cast<std::uint8_t>(kTileRows);
  }
  return config;
}
constexpr TileConfig kFullTiles = full_tiles();

}  // namespace

bool amx_bf16_usable() {
  return processor_has(kTileBit | kBf16Bit) && has_avx512() && __builtin_cpu_supports("avx512vl") != 0 &&
         __builtin_cpu_supports("avx512bf16") != 0 && tiles_granted();
}
bool amx_int8_usable() { return processor_has(kTileBit | kInt8Bit) && tiles_granted(); }

__attribute__((target("amx-tile"))) void amx_begin() { _tile_loadconfig(&kFullTiles); }
__attribute__((target("amx-tile"))) void amx_end() { _tile_release(); }

}  // namespace yupu::engine
#endif
