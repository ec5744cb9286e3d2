#include "engine/device/cpu/int8_gemm.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "engine/device/cpu/even_panels.h"
#include "engine/device/cpu/int8_kernel.h"
#include "engine/device/cpu/kernel_scope.h"
#include "engine/device/cpu/share_out.h"

namespace yupu::engine {
namespace {

// Rows of activations that one pass over the weights serves: what stays in the second cache.
constexpr std::int64_t kBlockBytes = 256 << 10;
// Products that one thread does sooner than it is sure of a second one (some 10 us): a server's other threads want to
// run too.
constexpr std::int64_t kSerialWorkMax = 4 << 20;

std::int64_t padded_depth(std::int64_t depth) { return round_up(depth, kInt8Group * kInt8GroupUnit); }

}  // namespace

float quantise_channel(const float* weights, std::int64_t count, std::int8_t* quantised) {
  float largest = 0;
  for (std::int64_t k = 0; k < count; ++k) largest = std::max(largest, std::fabs(weights[k]));
  if (!(largest > 1e-30f)) {  // 1/scale would overflow: zeros
    std::fill_n(quantised, count, std::int8_t{0});
    return 1.0f;
  }
  const float scale = largest / 127.0f;
  for (std::int64_t k = 0; k < count; ++k) {
    quantised[k] = static_cast<std::int8_t>(std::clamp(std::nearbyint(weights[k] / scale), -127.0f, 127.0f));
  }
  return scale;
}

PackedInt8Weight::PackedInt8Weight(ExecutionContext& context, const Tensor& weight, const Tensor& scale)
    : columns_(weight.size(0)), depth_(weight.size(1)) {
  CHECK(depth_ > 0 && depth_ <= kInt8DepthMax,
        fmt::format("weight {}: sums of {} products do not fit 32 bits", weight.shape().to_text(), depth_));
  CHECK(scale.rank() == 1 && scale.size(0) == columns_,
        fmt::format("scale {} for weight {}", scale.shape().to_text(), weight.shape().to_text()));
  const std::int64_t panels = divide_up(columns_, kInt8PanelColumns);
  const std::int64_t panel_bytes = padded_depth(depth_) * kInt8PanelColumns;
  packed_ = Tensor::zeros({panels, panel_bytes}, DType::kI8);
  scales_ = Tensor::zeros({panels * kInt8PanelColumns});
  sums_ = Tensor::zeros({panels * kInt8PanelColumns}, DType::kI32);
  std::copy_n(scale.f32(), columns_, scales_.f32());
  const std::int8_t* const source = weight.i8();
  context.team().parallel_for(columns_, kInt8PanelColumns, [&](std::int64_t begin, std::int64_t end, int) {
    for (std::int64_t n = begin; n < end; ++n) {
      const std::int8_t* from = source + n * depth_;
      std::int8_t* to = packed_.i8() + n / kInt8PanelColumns * panel_bytes + n % kInt8PanelColumns * kInt8Group;
      std::int32_t sum = 0;
      for (std::int64_t k = 0; k < depth_; ++k) {
        to[k / kInt8Group * kInt8Group * kInt8PanelColumns + k % kInt8Group] = from[k];
        sum += from[k];
      }
      sums_.i32()[n] = sum;
    }
  });
}

void int8_gemm(ExecutionContext& context, std::int64_t rows, const float* x, std::int64_t x_stride,
               const PackedInt8Weight& weight, const GemmOutput& y, const GemmEpilogue& epilogue) {
  CHECK(!y.accumulate && epilogue.activated == nullptr, "int8 products are for inference");
  if (rows == 0 || weight.columns() == 0) return;
  const std::int64_t depth = weight.depth();
  const std::int64_t groups = divide_up(depth, kInt8Group);
  const std::int64_t row_bytes = padded_depth(depth);
  const Int8Path& path = int8_path();
  const EvenPanels panels(rows, path.panel_rows, path.row_unit);
  const Tensor bytes = context.empty({round_up(rows, path.row_unit), row_bytes}, DType::kI8);
  auto* const quantised = reinterpret_cast<std::uint8_t*>(bytes.i8());
  const Tensor row_memory = context.empty({rows, static_cast<std::int64_t>(sizeof(Int8Row))}, DType::kI8);
  auto* const row_scales = reinterpret_cast<Int8Row*>(row_memory.i8());
  const bool alone = rows * weight.columns() * depth <= kSerialWorkMax;
  ThreadTeam& team = context.team();
  share_out(team, alone, panels.count, [&](std::int64_t begin, std::int64_t end, int) {
    for (std::int64_t panel = begin; panel < end; ++panel) {
      const std::int64_t first = panels.begin(panel);
      const std::int64_t count = panels.size(panel);
      std::uint8_t* const to = quantised + first * row_bytes;
      for (std::int64_t r = 0; r < count; ++r) {
        const float* row = x + (first + r) * x_stride;
        row_scales[first + r] = path.row_major ? int8_quantise_row(row, depth, 1, to + r * row_bytes)
                                               : int8_quantise_row(row, depth, count, to + r * kInt8Group);
      }
    }
  });

  const std::int64_t block_panels = std::max<std::int64_t>(1, kBlockBytes / (path.panel_rows * row_bytes));
  const std::int64_t blocks = divide_up(panels.count, block_panels);
  const std::int64_t column_panels = divide_up(weight.columns(), kInt8PanelColumns);
  share_out(team, alone, blocks * column_panels, [&](std::int64_t begin, std::int64_t end, int) {
    alignas(64) std::int32_t sums[kInt8PanelRowsMax * kInt8PanelColumns];
    const KernelScope scope(path);
    for (std::int64_t index = begin; index < end; ++index) {
      const std::int64_t block = index / column_panels * block_panels;
      const std::int64_t column_panel = index % column_panels;
      const std::int64_t column = column_panel * kInt8PanelColumns;
      const std::int8_t* b = weight.data() + column_panel * row_bytes * kInt8PanelColumns;
      for (std::int64_t panel = block; panel < std::min(panels.count, block + block_panels); ++panel) {
        const std::int64_t first = panels.begin(panel);
        path.kernel(groups, panels.size(panel), quantised + first * row_bytes, b, sums);
        int8_finish_tile({.sums = sums,
                          .row = row_scales + first,
                          .column_sums = weight.sums() + column,
                          .scales = weight.scales() + column,
                          .bias = epilogue.bias != nullptr ? epilogue.bias + column : nullptr,
                          .activation = epilogue.activation,
                          .y = y.data + first * y.stride + column,
                          .y_stride = y.stride,
                          .rows = panels.size(panel),
                          .columns = std::min(kInt8PanelColumns, weight.columns() - column)});
      }
    }
  });
}

}  // namespace yupu::engine
