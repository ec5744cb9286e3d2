// The integer core on AMX: tdpbusd multiplies a tile of 16 rows by 64 bytes with one of 16 groups by 16 columns and
// adds in 32 bits.  Up to 32 x 32 sums at a time.
#include "engine/device/cpu/amx.h"
#include "engine/device/cpu/int8_kernel.h"

#if defined(__x86_64__)
#include <immintrin.h>

namespace yupu::engine {
namespace {

static_assert(kInt8PanelColumns == 2 * kTileRows && kInt8GroupUnit == kTileRows && kInt8Group == 4);
constexpr std::int64_t kSumStride = kInt8PanelColumns * static_cast<std::int64_t>(sizeof(std::int32_t));

#define YUPU_TILE_TARGET "amx-tile,amx-int8"
#define YUPU_TILE_PRODUCT(sums, a, b) _tile_dpbusd(sums, a, b)
#include "engine/device/cpu/amx_multiply-inl.h"

}  // namespace

void int8_kernel_amx(std::int64_t groups, std::int64_t rows, const std::uint8_t* a, const std::int8_t* b,
                     std::int32_t* sums) {
  const std::int64_t blocks = (groups * kInt8Group + kTileBytes - 1) / kTileBytes;
  (rows > kTileRows ? &multiply_tiles<true> : &multiply_tiles<false>)(blocks, a, b, sums, kSumStride);
}

}  // namespace yupu::engine
#endif
