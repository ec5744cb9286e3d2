#include "engine/device/cpu/gemm.h"

#include <algorithm>

#include <fmt/format.h>

#include "engine/device/cpu/even_panels.h"
#include "engine/device/cpu/gemm_kernel.h"
#include "engine/device/cpu/split_gemm.h"
#include "engine/profile.h"

namespace yupu::engine {
namespace {

// Below this many multiplications a fork costs more than it brings.
constexpr std::int64_t kSerialWorkMax = 48 * 1024;

std::int64_t scratch_a_floats(const GemmShape& shape) {
  return round_up(std::min(kRowsBlock, shape.rows) * gemm_packed_depth(shape), 16);
}

std::int64_t scratch_b_floats(const GemmShape& shape) { return kPanelColumnsMax * gemm_depth_block(shape.depth); }

void empty_sum(const GemmShape& shape, const GemmOutput& c, const GemmEpilogue& epilogue) {
  CHECK(epilogue.activation == Activation::kNone && epilogue.bias == nullptr, "a product of depth 0 with an epilogue");
  if (c.accumulate) return;
  for (std::int64_t row = 0; row < shape.rows; ++row) std::fill_n(c.data + row * c.stride, shape.columns, 0.0f);
}

// Whether the product packs B for itself.  Split, it takes apart what is packed as f32 too.
bool packs_b(const GemmTask& task, bool split) { return split || task.packed_b == nullptr; }

// How many parts of the columns: each part packs all of A again, each part of the rows packs all of B again.  Packing
// an element costs as much as `packing` products of it.
std::int64_t column_parts(const GemmTask& task, bool split, std::int64_t threads, std::int64_t panels) {
  const double cost_b = packs_b(task, split) ? static_cast<double>(task.shape.columns) : 0.0;
  const double packing = split ? 40.0 : 12.0;
  std::int64_t best = 1;
  double best_cost = -1;
  for (std::int64_t parts = 1; parts <= threads; ++parts) {
    if (threads % parts != 0) continue;
    const std::int64_t row_parts = threads / parts;
    // The largest rectangle decides the time; its padding counts.
    const std::int64_t columns_max = (panels + parts - 1) / parts * gemm_panel_columns();
    const std::int64_t rows_max = (task.shape.rows + row_parts - 1) / row_parts;
    const auto part_columns = static_cast<double>(columns_max);
    const auto part_rows = static_cast<double>(rows_max);
    const double cost = part_rows * part_columns + packing * (part_rows + cost_b / static_cast<double>(parts));
    if (best_cost < 0 || cost < best_cost) {
      best_cost = cost;
      best = parts;
    }
  }
  return best;
}

// What a product is in a training step.
std::string_view kind_of(const GemmTask& task) {
  if (task.a.transposed) return "product dW";
  return task.packed_b != nullptr || task.b.transposed ? "product forward" : "product dX";
}

// A gradient of weights is written once and read by the optimiser long after: kept in the caches it would only push
// out what the next products want, and be read from memory before it is written.
bool goes_past_caches(const GemmTask& task) {
  constexpr std::int64_t kFloatsMin = 256 << 10;
  constexpr std::size_t kLineBytes = 64;
  const auto bytes = [](auto floats) { return static_cast<std::size_t>(floats) * sizeof(float); };
  const bool bare = task.epilogue.bias == nullptr && task.epilogue.activation == Activation::kNone &&
                    task.epilogue.activated == nullptr;
  return task.a.transposed && bare && !task.c.accumulate && task.shape.depth <= kDepthBlockMax &&
         task.shape.rows * task.shape.columns >= kFloatsMin && bytes(task.c.stride) % kLineBytes == 0 &&
         reinterpret_cast<std::uintptr_t>(task.c.data) % kLineBytes == 0;
}

void run(ExecutionContext& context, const GemmTask& whole) {
  const GemmShape& shape = whole.shape;
  const ProfileScope scope(
      context, kind_of(whole),
      2.0 * static_cast<double>(shape.rows) * static_cast<double>(shape.columns) * static_cast<double>(shape.depth));
  if (shape.rows == 0 || shape.columns == 0) return;
  CHECK(!(whole.c.accumulate && (whole.epilogue.bias != nullptr || whole.epilogue.activation != Activation::kNone)),
        "an accumulating product has no epilogue");
  if (shape.depth == 0) {
    empty_sum(shape, whole.c, whole.epilogue);
    return;
  }
  const std::int64_t panel = gemm_panel_columns();
  const std::int64_t panels = (shape.columns + panel - 1) / panel;
  const bool alone = shape.rows * shape.columns * shape.depth <= kSerialWorkMax;
  const std::int64_t threads = alone ? 1 : context.team().size();
  const bool split = !context.few_rows() && split_gemm_serves(shape);
  const std::int64_t in_columns = column_parts(whole, split, threads, panels);
  const std::int64_t in_rows = threads / in_columns;
  const std::int64_t part_columns = (panels + in_columns - 1) / in_columns * panel;
  const std::int64_t part_rows = (shape.rows + in_rows - 1) / in_rows;

  const std::int64_t floats_a = split ? split_scratch_a_floats(shape) : scratch_a_floats(shape);
  const std::int64_t floats_b = !packs_b(whole, split) ? 0
                                : split                ? split_scratch_b_floats(shape)
                                                       : scratch_b_floats(shape);
  const bool stream = goes_past_caches(whole);
  const Tensor scratch = context.empty({threads, floats_a + floats_b});
  float* const scratch_data = scratch.f32();
  context.team().parallel_for(threads, 1, [&](std::int64_t begin, std::int64_t end, int) {
    for (std::int64_t part = begin; part < end; ++part) {
      GemmTask task = whole;
      task.stream = stream;
      task.row_begin = std::min(shape.rows, part / in_columns * part_rows);
      task.row_end = std::min(shape.rows, task.row_begin + part_rows);
      task.column_begin = std::min(shape.columns, part % in_columns * part_columns);
      task.column_end = std::min(shape.columns, task.column_begin + part_columns);
      task.scratch_a = scratch_data + part * (floats_a + floats_b);
      task.scratch_b = task.scratch_a + floats_a;
      if (task.row_begin >= task.row_end || task.column_begin >= task.column_end) continue;
      split ? split_run_task(task) : gemm_run_task(task);
    }
  });
}

}  // namespace

PackedWeight::PackedWeight(ExecutionContext& context, const Tensor& weight)
    : PackedWeight(context, {weight.f32(), weight.size(1), true}, weight.size(0), weight.size(1)) {}

PackedWeight::PackedWeight(ExecutionContext& context, const MatrixView& b, std::int64_t columns, std::int64_t depth)
    : columns_(columns), depth_(depth) {
  const std::int64_t panel = gemm_panel_columns();
  const std::int64_t panels = (columns_ + panel - 1) / panel;
  packed_ = Tensor::empty({std::max<std::int64_t>(1, depth_), panels * panel});
  const GemmShape shape{0, columns_, depth_};
  context.team().parallel_for(panels, 1, [&](std::int64_t begin, std::int64_t end, int) {
    gemm_pack_columns(shape, b, begin * panel, std::min(columns_, end * panel), packed_.f32());
  });
}

void gemm(ExecutionContext& context, const GemmShape& shape, const MatrixView& a, const MatrixView& b,
          const GemmOutput& c, const GemmEpilogue& epilogue) {
  GemmTask task;
  task.shape = shape;
  task.a = a;
  task.b = b;
  task.c = c;
  task.epilogue = epilogue;
  run(context, task);
}

void gemm(ExecutionContext& context, std::int64_t rows, const MatrixView& a, const PackedWeight& b, const GemmOutput& c,
          const GemmEpilogue& epilogue) {
  GemmTask task;
  task.shape = {rows, b.columns(), b.depth()};
  task.a = a;
  task.packed_b = b.f32();
  task.c = c;
  task.epilogue = epilogue;
  run(context, task);
}

std::int64_t gemm_scratch_floats(const GemmShape& shape) { return scratch_a_floats(shape) + scratch_b_floats(shape); }

void gemm_serial(const GemmShape& shape, const MatrixView& a, const MatrixView& b, const GemmOutput& c,
                 float* scratch) {
  if (shape.rows == 0 || shape.columns == 0) return;
  if (shape.depth == 0) {
    empty_sum(shape, c, {});
    return;
  }
  GemmTask task;
  task.shape = shape;
  task.a = a;
  task.b = b;
  task.c = c;
  task.row_end = shape.rows;
  task.column_end = shape.columns;
  task.scratch_a = scratch;
  task.scratch_b = scratch + scratch_a_floats(shape);
  gemm_run_task(task);
}

}  // namespace yupu::engine
