#include "engine/device/cpu/bf16_gemm.h"

#include <algorithm>

#include <fmt/format.h>

#include "engine/device/cpu/bf16_kernel.h"
#include "engine/device/cpu/even_panels.h"
#include "engine/device/cpu/gemm_kernel.h"
#include "engine/device/cpu/kernel_scope.h"
#include "engine/device/cpu/share_out.h"

namespace yupu::engine {
namespace {

// Rows of A that one pass over B serves: what stays in the second cache beside a panel of B.
constexpr std::int64_t kBlockBytes = 256 << 10;

// Below this many multiplications a fork costs more than it brings.
constexpr std::int64_t kSerialWorkMax = 96 * 1024;

std::int64_t pairs_of(std::int64_t depth) { return divide_up(depth, 2); }
// As panels hold them.
std::int64_t panel_pairs(std::int64_t depth) { return round_up(pairs_of(depth), kBf16PairUnit); }

std::uint32_t* lanes_of(const Tensor& tensor) { return reinterpret_cast<std::uint32_t*>(tensor.bytes()); }

// Room for `rows` rows of pairs.  Lanes of one bf16 pair each.
Tensor empty_pairs(ExecutionContext& context, std::int64_t rows, std::int64_t depth) {
  return context.empty({rows, std::max<std::int64_t>(1, 2 * panel_pairs(depth))}, DType::kBF16);
}

void pack_columns(const MatrixView& b, std::int64_t columns, std::int64_t depth, std::int64_t panel,
                  std::uint32_t* packed) {
  const std::int64_t column = panel * kBf16PanelColumns;
  std::uint32_t* const to = packed + column * panel_pairs(depth);
  bf16_path().pack_columns({.data = b.transposed ? b.data + column * b.stride : b.data + column,
                            .stride = b.stride,
                            .depth_contiguous = b.transposed,
                            .valid = std::min(kBf16PanelColumns, columns - column),
                            .width = kBf16PanelColumns,
                            .depth = depth},
                           to);
  std::fill(to + pairs_of(depth) * kBf16PanelColumns, to + panel_pairs(depth) * kBf16PanelColumns, 0u);
}

void pack_rows(const MatrixView& a, const EvenPanels& panels, std::int64_t depth, std::int64_t panel,
               std::uint32_t* packed) {
  const std::int64_t row = panels.begin(panel);
  const std::int64_t rows = panels.size(panel);
  bf16_path().pack_rows({.data = a.transposed ? a.data + row : a.data + row * a.stride,
                         .stride = a.stride,
                         .depth_contiguous = !a.transposed,
                         .valid = rows,
                         .width = rows,
                         .depth = depth},
                        packed + row * panel_pairs(depth));
}

// One panel of A times one panel of B into C.  A tile that hangs over the right edge of C is formed beside it.
void run_tile(const GemmTask& task, const std::uint32_t* a, const std::uint32_t* b, std::int64_t row,
              std::int64_t column, std::int64_t rows) {
  const Bf16Kernel kernel = bf16_path().kernel;
  const std::int64_t pairs = pairs_of(task.shape.depth);
  const std::int64_t columns = std::min(kBf16PanelColumns, task.shape.columns - column);
  float* c = task.c.data + row * task.c.stride + column;
  if (columns == kBf16PanelColumns) {
    kernel(pairs, rows, a, b, c, task.c.stride, task.c.accumulate);
  } else {
    alignas(64) float tile[kBf16PanelRowsMax * kBf16PanelColumns];
    kernel(pairs, rows, a, b, tile, kBf16PanelColumns, false);
    for (std::int64_t i = 0; i < rows; ++i) {
      float* to = c + i * task.c.stride;
      const float* from = tile + i * kBf16PanelColumns;
      for (std::int64_t j = 0; j < columns; ++j) to[j] = task.c.accumulate ? to[j] + from[j] : from[j];
    }
  }
  gemm_finish_tile(task, row, column, rows, columns);
}

// packed_b null: B is packed here.
void run(ExecutionContext& context, const GemmTask& task, const std::uint32_t* packed_b) {
  const GemmShape& shape = task.shape;
  if (shape.rows == 0 || shape.columns == 0) return;
  CHECK(!(task.c.accumulate && (task.epilogue.bias != nullptr || task.epilogue.activation != Activation::kNone)),
        "an accumulating product has no epilogue");
  const Bf16Path& path = bf16_path();
  const std::int64_t pairs = panel_pairs(shape.depth);
  const EvenPanels panels(shape.rows, path.panel_rows, path.row_unit);
  const std::int64_t column_panels = divide_up(shape.columns, kBf16PanelColumns);
  const Tensor rows_memory = empty_pairs(context, round_up(shape.rows, path.row_unit), shape.depth);
  std::uint32_t* const a = lanes_of(rows_memory);
  Tensor columns_memory;
  std::uint32_t* b_lanes = nullptr;
  if (packed_b == nullptr) {
    columns_memory = empty_pairs(context, column_panels * kBf16PanelColumns, shape.depth);
    packed_b = b_lanes = lanes_of(columns_memory);
  }
  const bool alone = shape.rows * shape.columns * shape.depth <= kSerialWorkMax;
  ThreadTeam& team = context.team();
  share_out(team, alone, panels.count, [&](std::int64_t begin, std::int64_t end, int) {
    for (std::int64_t panel = begin; panel < end; ++panel) pack_rows(task.a, panels, shape.depth, panel, a);
  });
  if (b_lanes != nullptr) {
    share_out(team, alone, column_panels, [&](std::int64_t begin, std::int64_t end, int) {
      for (std::int64_t panel = begin; panel < end; ++panel) {
        pack_columns(task.b, shape.columns, shape.depth, panel, b_lanes);
      }
    });
  }

  const std::int64_t panel_bytes = path.panel_rows * pairs * 4;
  const std::int64_t block_panels = std::max<std::int64_t>(1, kBlockBytes / std::max<std::int64_t>(1, panel_bytes));
  const std::int64_t blocks = divide_up(panels.count, block_panels);
  share_out(team, alone, blocks * column_panels, [&](std::int64_t begin, std::int64_t end, int) {
    const KernelScope scope(path);
    for (std::int64_t index = begin; index < end; ++index) {
      const std::int64_t block = index / column_panels * block_panels;
      const std::int64_t column = index % column_panels * kBf16PanelColumns;
      for (std::int64_t panel = block; panel < std::min(panels.count, block + block_panels); ++panel) {
        const std::int64_t row = panels.begin(panel);
        run_tile(task, a + row * pairs, packed_b + column * pairs, row, column, panels.size(panel));
      }
    }
  });
}

}  // namespace

PackedBf16Weight::PackedBf16Weight(ExecutionContext& context, const Tensor& weight)
    : PackedBf16Weight(context, {weight.f32(), weight.size(1), true}, weight.size(0), weight.size(1)) {}

PackedBf16Weight::PackedBf16Weight(ExecutionContext& context, const MatrixView& b, std::int64_t columns,
                                   std::int64_t depth)
    : columns_(columns), depth_(depth) {
  const std::int64_t panels = divide_up(columns_, kBf16PanelColumns);
  packed_ = Tensor::empty(
      {std::max<std::int64_t>(1, panels * kBf16PanelColumns), std::max<std::int64_t>(1, 2 * panel_pairs(depth_))},
      DType::kBF16);
  context.team().parallel_for(panels, 1, [&](std::int64_t begin, std::int64_t end, int) {
    for (std::int64_t panel = begin; panel < end; ++panel) {
      pack_columns(b, columns_, depth_, panel, lanes_of(packed_));
    }
  });
}

const std::uint32_t* PackedBf16Weight::data() const { return lanes_of(packed_); }

void bf16_gemm(ExecutionContext& context, const GemmShape& shape, const MatrixView& a, const MatrixView& b,
               const GemmOutput& c, const GemmEpilogue& epilogue) {
  GemmTask task;
  task.shape = shape;
  task.a = a;
  task.b = b;
  task.c = c;
  task.epilogue = epilogue;
  run(context, task, nullptr);
}

void bf16_gemm(ExecutionContext& context, std::int64_t rows, const MatrixView& a, const PackedBf16Weight& b,
               const GemmOutput& c, const GemmEpilogue& epilogue) {
  GemmTask task;
  task.shape = {rows, b.columns(), b.depth()};
  task.a = a;
  task.c = c;
  task.epilogue = epilogue;
  run(context, task, b.data());
}

}  // namespace yupu::engine
