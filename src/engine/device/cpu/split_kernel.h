// Between split_gemm.cc (blocks of a product) and split_kernel_amx.cc (tiles).
//
// A panel of A is three parts, each [rows][P][2] bf16, P = pairs of the block, a multiple of kSplitPairUnit, zeros
// behind the depth.  A panel of B is for each kSplitPairUnit pairs three parts, each
// [kSplitPairUnit][kSplitPanelColumns][2] bf16, so that it is read from front to back.  The parts are the rounded
// values, what rounding left, and what rounding that left. Bf16Source (bf16_kernel.h) says what becomes a panel.
#pragma once

#include <cstdint>

#include "engine/device/cpu/bf16_kernel.h"

namespace yupu::engine {

inline constexpr std::int64_t kSplitParts = 3;
inline constexpr std::int64_t kSplitPanelRows = 32;
inline constexpr std::int64_t kSplitPanelColumns = kBf16PanelColumns;
inline constexpr std::int64_t kSplitRowUnit = 16;   // rows of a panel of A in memory
inline constexpr std::int64_t kSplitPairUnit = 16;  // pairs of one product of tiles

#if defined(__x86_64__)
// A panel of A of `source.valid` rows: part p goes to packed + p * part, in lanes of one pair; pairs * 2 >=
// source.depth.
void split_rows_amx(const Bf16Source& source, std::int64_t pairs, std::int64_t part, std::uint32_t* packed);
// Lines of the operand that comes next, asked for a few at a time while this one multiplies: read from memory that is
// far away, tiles would wait for every line, and all asked for at once would fill the buffers that the tiles' lines go
// through.
struct SplitAhead {
  const char* row = nullptr;  // of `row_bytes`, the next one `stride` bytes further
  std::int64_t row_bytes = 0, stride = 0;
  std::int64_t column = 0;     // of the next line in its row
  std::int64_t lines = 0;      // that are left
  std::int64_t per_block = 0;  // of kSplitPairUnit pairs
};
// c (rows, kSplitPanelColumns) = or += the six products of split_gemm.h.  rows: at most kSplitPanelRows; what lies
// behind them in a's memory up to a multiple of kSplitRowUnit is read and not used.  stream: c is written past the
// caches (rows of c on whole cache lines, no add).
struct SplitTile {
  std::int64_t pairs, rows;
  const std::uint32_t* a;
  std::int64_t a_part;     // lanes from one part of a to the next
  const std::uint32_t* b;  // null: `apart`, taken apart between the products
  float* c;
  std::int64_t c_stride;
  bool add, stream;
  Bf16Source apart = {};
  // Panels of `apart` follow each other in memory, which is asked for kGemmAheadBytes ahead; otherwise `ahead` says
  // what.
  bool apart_packed = false;
  std::uint32_t* keep = nullptr;  // where the parts of `apart` go, for other rows; null: nobody wants them
};
void split_multiply_amx(const SplitTile& tile, SplitAhead& ahead);
#endif

}  // namespace yupu::engine
