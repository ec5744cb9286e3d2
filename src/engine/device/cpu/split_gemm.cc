#include "engine/device/cpu/split_gemm.h"

#include <algorithm>
#include <atomic>
#include <iterator>

#include <hwy/cache_control.h>

#include "engine/device/cpu/amx.h"
#include "engine/device/cpu/even_panels.h"
#include "engine/device/cpu/split_kernel.h"

namespace yupu::engine {
namespace {

// Below these the padding of tiles is most of the work.
constexpr std::int64_t kColumnsMin = 32, kDepthMin = 32;

std::atomic<int> without{0};

#if defined(__x86_64__)
bool machine_has_it() {
  static const bool usable = amx_bf16_usable();
  return usable;
}
#else
bool machine_has_it() { return false; }
#endif

std::int64_t pairs_of(std::int64_t depth) { return round_up(divide_up(depth, 2), kSplitPairUnit); }

std::int64_t rows_of_block(std::int64_t rows) { return round_up(std::min(rows, kRowsBlock), kSplitRowUnit); }

}  // namespace

bool split_gemm_serves(const GemmShape& shape) {
  return shape.columns >= kColumnsMin && shape.depth >= kDepthMin && machine_has_it() &&
         gemm_panel_columns() == kSplitPanelColumns && without.load(std::memory_order_relaxed) == 0;
}

WithoutSplitGemm::WithoutSplitGemm() { without.fetch_add(1, std::memory_order_relaxed); }
WithoutSplitGemm::~WithoutSplitGemm() { without.fetch_sub(1, std::memory_order_relaxed); }

std::int64_t split_scratch_a_floats(const GemmShape& shape) {
  return kSplitParts * rows_of_block(shape.rows) * pairs_of(gemm_depth_block(shape.depth));
}

std::int64_t split_scratch_b_floats(const GemmShape& shape) {
  return kSplitParts * kSplitPanelColumns * pairs_of(gemm_depth_block(shape.depth));
}

#if defined(__x86_64__)
namespace {

// A block of rows at one block of depth, in panels.
class SplitRows {
 public:
  SplitRows(const GemmTask& task, std::int64_t row_begin, std::int64_t rows)
      : task_(task),
        row_begin_(row_begin),
        panels_(rows, kSplitPanelRows, kSplitRowUnit),
        lanes_(reinterpret_cast<std::uint32_t*>(task.scratch_a)) {}

  std::int64_t count() const { return panels_.count; }
  std::int64_t row(std::int64_t panel) const { return row_begin_ + panels_.begin(panel); }
  std::int64_t rows(std::int64_t panel) const { return panels_.size(panel); }
  std::int64_t part(std::int64_t panel, std::int64_t pairs) const {
    return round_up(rows(panel), kSplitRowUnit) * pairs;
  }
  // Panels but the last are whole units of rows: what is before this one is its rows.
  std::uint32_t* data(std::int64_t panel, std::int64_t pairs) const {
    return lanes_ + kSplitParts * panels_.begin(panel) * pairs;
  }

  void pack(std::int64_t k, std::int64_t depth) const {
    const MatrixView& a = task_.a;
    const std::int64_t pairs = pairs_of(depth);
    for (std::int64_t panel = 0; panel < count(); ++panel) {
      const float* source = a.transposed ? a.data + k * a.stride + row(panel) : a.data + row(panel) * a.stride + k;
      split_rows_amx({.data = source,
                      .stride = a.stride,
                      .depth_contiguous = !a.transposed,
                      .valid = rows(panel),
                      .width = rows(panel),
                      .depth = depth},
                     pairs, part(panel, pairs), data(panel, pairs));
    }
  }

 private:
  const GemmTask& task_;
  std::int64_t row_begin_;
  EvenPanels panels_;
  std::uint32_t* lanes_;
};

Bf16Source columns_source(const MatrixView& b, std::int64_t columns, std::int64_t k, std::int64_t depth,
                          std::int64_t column) {
  return {.data = b.transposed ? b.data + column * b.stride + k : b.data + k * b.stride + column,
          .stride = b.stride,
          .depth_contiguous = b.transposed,
          .valid = std::min(kSplitPanelColumns, columns - column),
          .width = kSplitPanelColumns,
          .depth = depth};
}

// Where a panel of B lies in memory, as it is taken apart.
Bf16Source source_of(const GemmTask& task, std::int64_t k, std::int64_t depth, std::int64_t column) {
  if (task.packed_b == nullptr) return columns_source(task.b, task.shape.columns, k, depth, column);
  // As gemm_pack_columns lays panels: zeros behind the last column.
  const std::int64_t padded = round_up(task.shape.columns, kSplitPanelColumns);
  return {.data = task.packed_b + k * padded + column * depth,
          .stride = kSplitPanelColumns,
          .depth_contiguous = false,
          .valid = kSplitPanelColumns,
          .width = kSplitPanelColumns,
          .depth = depth};
}

// All of the panel at (k, column), spread over `blocks` blocks of the one before it.
SplitAhead ahead_of(const GemmTask& task, std::int64_t k, std::int64_t column, std::int64_t blocks) {
  constexpr std::int64_t kLineBytes = 64;
  const std::int64_t depth = std::min(gemm_depth_block(task.shape.depth), task.shape.depth - k);
  SplitAhead ahead;
  const Bf16Source source = source_of(task, k, depth, column);
  ahead.row = reinterpret_cast<const char*>(source.data);
  ahead.row_bytes = (source.depth_contiguous ? source.depth : source.valid) * std::int64_t{sizeof(float)};
  ahead.stride = source.stride * std::int64_t{sizeof(float)};
  ahead.lines = (source.depth_contiguous ? source.valid : source.depth) * divide_up(ahead.row_bytes, kLineBytes);
  ahead.per_block = divide_up(ahead.lines, blocks);
  return ahead;
}

// A tile that hangs over the right edge of C is formed beside it.
void run_tile(const GemmTask& task, SplitTile tile, std::int64_t column, SplitAhead& ahead) {
  const std::int64_t columns = std::min(kSplitPanelColumns, task.shape.columns - column);
  if (columns == kSplitPanelColumns) return split_multiply_amx(tile, ahead);
  alignas(64) float sums[kSplitPanelRows * kSplitPanelColumns];
  float* const c = tile.c;
  const std::int64_t c_stride = tile.c_stride;
  const auto copy = [&](const float* from, std::int64_t from_stride, float* to, std::int64_t to_stride) {
    for (std::int64_t i = 0; i < tile.rows; ++i) std::copy_n(from + i * from_stride, columns, to + i * to_stride);
  };
  if (tile.add) {  // before the products, as in a tile that does not hang over
    std::fill(std::begin(sums), std::end(sums), 0.0f);
    copy(c, c_stride, sums, kSplitPanelColumns);
  }
  tile.c = sums;
  tile.c_stride = kSplitPanelColumns;
  tile.stream = false;
  split_multiply_amx(tile, ahead);
  copy(sums, kSplitPanelColumns, c, c_stride);
}

}  // namespace

void split_run_task(const GemmTask& task) {
  const std::int64_t rows = task.row_end - task.row_begin;
  const std::int64_t row_blocks = divide_up(rows, kRowsBlock);
  const std::int64_t block_rows_max = round_up(divide_up(rows, row_blocks), kSplitRowUnit);
  const std::int64_t depth_block = gemm_depth_block(task.shape.depth);
  // As many columns as stay in L2 while they collect the sums of several blocks of depth.
  const std::int64_t columns_max =
      task.shape.depth <= depth_block
          ? task.shape.columns
          : std::max(kBlockPanelsMin, kBlockFloats / (block_rows_max * kSplitPanelColumns)) * kSplitPanelColumns;
  auto* const parts = reinterpret_cast<std::uint32_t*>(task.scratch_b);
  amx_begin();
  for (std::int64_t row = task.row_begin; row < task.row_end; row += block_rows_max) {
    const SplitRows panels(task, row, std::min(block_rows_max, task.row_end - row));
    for (std::int64_t begin = task.column_begin; begin < task.column_end; begin += columns_max) {
      const std::int64_t end = std::min(task.column_end, begin + columns_max);
      for (std::int64_t k = 0; k < task.shape.depth; k += depth_block) {
        const std::int64_t depth = std::min(depth_block, task.shape.depth - k);
        const std::int64_t pairs = pairs_of(depth);
        const bool last = k + depth == task.shape.depth;
        if (begin == task.column_begin || depth_block < task.shape.depth) panels.pack(k, depth);
        for (std::int64_t column = begin; column < end; column += kSplitPanelColumns) {
          const std::int64_t blocks = panels.count() * pairs / kSplitPairUnit;
          SplitAhead ahead;
          if (column + kSplitPanelColumns < end) {
            ahead = ahead_of(task, k, column + kSplitPanelColumns, blocks);
          } else if (!last) {
            ahead = ahead_of(task, k + depth, begin, blocks);
          }
          // The first panel of rows takes B apart between its products; the others find the parts.
          const Bf16Source source = source_of(task, k, depth, column);
          for (std::int64_t panel = 0; panel < panels.count(); ++panel) {
            run_tile(task,
                     {.pairs = pairs,
                      .rows = panels.rows(panel),
                      .a = panels.data(panel, pairs),
                      .a_part = panels.part(panel, pairs),
                      .b = panel == 0 ? nullptr : parts,
                      .c = task.c.data + panels.row(panel) * task.c.stride + column,
                      .c_stride = task.c.stride,
                      .add = k > 0 || task.c.accumulate,
                      .stream = task.stream,
                      .apart = source,
                      .apart_packed = task.packed_b != nullptr,
                      .keep = panels.count() > 1 ? parts : nullptr},
                     column, ahead);
            if (last) {
              gemm_finish_tile(task, panels.row(panel), column, panels.rows(panel),
                               std::min(kSplitPanelColumns, task.shape.columns - column));
            }
          }
        }
      }
    }
  }
  amx_end();
  if (task.stream) hwy::FlushStream();  // before another thread reads C
}

#else
void split_run_task(const GemmTask&) { CHECK(false, "no machine of this kind takes f32 products apart"); }
#endif

}  // namespace yupu::engine
