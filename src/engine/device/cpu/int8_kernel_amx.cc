// The integer core on AMX: tdpbusd multiplies a tile of 16 rows by 64 bytes with one of 16 groups by 16 columns and
// adds in 32 bits.  Up to 32 x 32 sums at a time.
#include "engine/device/cpu/amx.h"
#include "engine/device/cpu/int8_kernel.h"

#if defined(__x86_64__)
#include <immintrin.h>

namespace yupu::engine {
namespace {

#define YUPU_AMX_INT8 __attribute__((target("amx-tile,amx-int8")))

static_assert(kInt8PanelColumns == 2 * kTileRows);
constexpr std::int64_t kColumnStride =
    kInt8PanelColumns * kInt8Group;  // bytes from a group to the next in a panel of B
constexpr std::int64_t kBlockBytes = kTileBytes / kInt8Group * kColumnStride;
constexpr std::int64_t kSumStride = kInt8PanelColumns * static_cast<std::int64_t>(sizeof(std::int32_t));

YUPU_AMX_INT8 void multiply_two(std::int64_t blocks, const std::uint8_t* a, const std::int8_t* b, char* sums) {
  const std::int64_t a_stride = blocks * kTileBytes;
  const std::uint8_t* lower = a + kTileRows * a_stride;
  _tile_zero(0);
  _tile_zero(1);
  _tile_zero(2);
  _tile_zero(3);
  for (std::int64_t block = 0; block < blocks; ++block) {
    _tile_loadd(4, a + block * kTileBytes, a_stride);
    _tile_loadd(6, b, kColumnStride);
    _tile_loadd(7, b + kTileBytes, kColumnStride);
    _tile_dpbusd(0, 4, 6);
    _tile_dpbusd(1, 4, 7);
    _tile_loadd(5, lower + block * kTileBytes, a_stride);
    _tile_dpbusd(2, 5, 6);
    _tile_dpbusd(3, 5, 7);
    b += kBlockBytes;
  }
  _tile_stored(0, sums, kSumStride);
  _tile_stored(1, sums + kTileBytes, kSumStride);
  _tile_stored(2, sums + kTileRows * kSumStride, kSumStride);
  _tile_stored(3, sums + kTileRows * kSumStride + kTileBytes, kSumStride);
}

YUPU_AMX_INT8 void multiply_one(std::int64_t blocks, const std::uint8_t* a, const std::int8_t* b, char* sums) {
  const std::int64_t a_stride = blocks * kTileBytes;
  _tile_zero(0);
  _tile_zero(1);
  for (std::int64_t block = 0; block < blocks; ++block) {
    _tile_loadd(4, a + block * kTileBytes, a_stride);
    _tile_loadd(6, b, kColumnStride);
    _tile_loadd(7, b + kTileBytes, kColumnStride);
    _tile_dpbusd(0, 4, 6);
    _tile_dpbusd(1, 4, 7);
    b += kBlockBytes;
  }
  _tile_stored(0, sums, kSumStride);
  _tile_stored(1, sums + kTileBytes, kSumStride);
}

}  // namespace

void int8_kernel_amx(std::int64_t groups, std::int64_t rows, const std::uint8_t* a, const std::int8_t* b,
                     std::int32_t* sums) {
  const std::int64_t blocks = (groups * kInt8Group + kTileBytes - 1) / kTileBytes;
  (rows > kTileRows ? multiply_two : multiply_one)(blocks, a, b, reinterpret_cast<char*>(sums));
}

}  // namespace yupu::engine
#endif
