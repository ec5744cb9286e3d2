// Between split_gemm.cc (blocks of a product) and split_kernel_amx.cc (tiles).
//
//   part p of a panel of A   [rows][P][2] bf16, P = pairs of the block, a multiple of kSplitPairUnit; zeros behind the
//   depth part p of a panel of B   [P][kSplitPanelColumns][2] bf16, the same Parts lie one behind the other: the
//   rounded values, what rounding left, and what rounding that left.
// Bf16Source (bf16_kernel.h) says what becomes a panel.
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
// A panel of B.  REQUIRES: source.width == kSplitPanelColumns.
void split_columns_amx(const Bf16Source& source, std::int64_t pairs, std::uint32_t* packed);
// c (rows, kSplitPanelColumns) = or += the six products of split_gemm.h.  rows: at most kSplitPanelRows; what lies
// behind them in a's memory up to a multiple of kSplitRowUnit is read and not used.  stream: c is written past the
// caches (rows of c on whole cache lines, no add).
struct SplitTile {
  std::int64_t pairs, rows;
  const std::uint32_t* a;
  std::int64_t a_part;  // lanes from one part of a to the next
  const std::uint32_t* b;
  float* c;
  std::int64_t c_stride;
  bool add, stream;
};
void split_multiply_amx(const SplitTile& tile);
#endif

}  // namespace yupu::engine
