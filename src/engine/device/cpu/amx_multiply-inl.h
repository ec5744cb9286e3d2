// The loop of both AMX kernels: four tiles of sums in registers, or two, beside two of each operand.  Included once by
// each kernel, inside its unnamed namespace, behind the definitions of
//   YUPU_TILE_TARGET    the instruction sets, as the compiler names them
//   YUPU_TILE_PRODUCT   the intrinsic; it wants its tiles as literals, which is why this is no template over it
// No #pragma once: each inclusion is a function of its own.

// sums (kTwo ? 32 : 16 rows of 32) = a b, rows of sums `stride` bytes apart.  a: rows of blocks * kTileBytes.  b: for
// each block 16 rows of 32 lanes of 4 bytes.
template <bool kTwo>
__attribute__((target(YUPU_TILE_TARGET))) void multiply_tiles(std::int64_t blocks, const void* a, const void* b,
                                                              void* sums, std::int64_t stride) {
  constexpr std::int64_t kLaneRowBytes = 2 * kTileBytes;
  const std::int64_t a_stride = blocks * kTileBytes;
  const auto* upper = static_cast<const char*>(a);
  const auto* columns = static_cast<const char*>(b);
  _tile_zero(0);
  _tile_zero(1);
  if constexpr (kTwo) {
    _tile_zero(2);
    _tile_zero(3);
  }
  for (std::int64_t block = 0; block < blocks; ++block) {
    _tile_loadd(4, upper, a_stride);
    _tile_loadd(6, columns, kLaneRowBytes);
    _tile_loadd(7, columns + kTileBytes, kLaneRowBytes);
    YUPU_TILE_PRODUCT(0, 4, 6);
    YUPU_TILE_PRODUCT(1, 4, 7);
    if constexpr (kTwo) {
      _tile_loadd(5, upper + kTileRows * a_stride, a_stride);
      YUPU_TILE_PRODUCT(2, 5, 6);
      YUPU_TILE_PRODUCT(3, 5, 7);
    }
    upper += kTileBytes;
    columns += kTileRows * kLaneRowBytes;
  }
  auto* to = static_cast<char*>(sums);
  _tile_stored(0, to, stride);
  _tile_stored(1, to + kTileBytes, stride);
  if constexpr (kTwo) {
    to += kTileRows * stride;
    _tile_stored(2, to, stride);
    _tile_stored(3, to + kTileBytes, stride);
  }
}
