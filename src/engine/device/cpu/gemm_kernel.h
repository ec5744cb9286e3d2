// Between gemm.cc (shapes, threads, memory) and gemm_cpu.cc (one copy per instruction set).
#pragma once

#include <cstdint>

#include "engine/device/cpu/gemm.h"

namespace yupu::engine {

inline constexpr std::int64_t kDepthBlockMax = 384;
inline constexpr std::int64_t kRowsBlock = 336;
inline constexpr std::int64_t kBlockFloats = 176 << 10;  // A at one depth and C while it collects its sums: stay in L2
inline constexpr std::int64_t kBlockPanelsMin = 4;       // columns of such a block
inline constexpr std::int64_t kPanelColumnsMax = 32;     // NR on the widest instruction set

// How far ahead a packed operand is asked for that is read once: few rows of A leave no time to wait for memory.  What
// the machine asks for by itself ends with each page.
inline constexpr std::int64_t kGemmAheadBytes = 8192;

// The depth is cut evenly: 936 into three blocks of 312, where 2 x 384 would leave a crumb that costs as much to add
// up.
inline std::int64_t gemm_depth_block(std::int64_t depth) {
  constexpr std::int64_t kUnit = 8;
  const std::int64_t blocks = (depth + kDepthBlockMax - 1) / kDepthBlockMax;
  return blocks <= 1 ? depth : ((depth + blocks - 1) / blocks + kUnit - 1) / kUnit * kUnit;
}

// How much of the depth of a block of rows is packed at a time: all of it while that is little, because several blocks
// of columns read it.
inline std::int64_t gemm_packed_depth(const GemmShape& shape) {
  constexpr std::int64_t kFloatsMax = 176 << 10;
  const std::int64_t rows = shape.rows < kRowsBlock ? shape.rows : kRowsBlock;
  return rows * shape.depth <= kFloatsMax ? shape.depth : gemm_depth_block(shape.depth);
}

// One rectangle [row_begin,row_end) x [column_begin,column_end) of a product; column_begin is a multiple of NR.
struct GemmTask {
  GemmShape shape;
  MatrixView a, b;
  const float* packed_b = nullptr;  // instead of b: depth blocks of panels, as pack_columns lays them
  GemmOutput c;
  bool stream = false;  // C goes past the caches.  REQUIRES: one depth block, no epilogue, rows on whole cache lines
  GemmEpilogue epilogue;
  std::int64_t row_begin = 0, row_end = 0;
  std::int64_t column_begin = 0, column_end = 0;
  float* scratch_a = nullptr;
  float* scratch_b = nullptr;
};

std::int64_t gemm_panel_columns();  // NR
void gemm_run_task(const GemmTask& task);
// The epilogue of `task` on one tile of C whose sums are complete, for products with a core of their own
// (bf16_gemm.cc).
void gemm_finish_tile(const GemmTask& task, std::int64_t row, std::int64_t column, std::int64_t rows,
                      std::int64_t columns);
// Packs columns [column_begin, column_end) of the (depth, columns) matrix b: for each depth block in turn, at offset
// block_begin * padded columns, the panels of NR columns; the last panel is filled up with zeros.
void gemm_pack_columns(const GemmShape& shape, const MatrixView& b, std::int64_t column_begin, std::int64_t column_end,
                       float* packed);

}  // namespace yupu::engine
