// The register kernel and the packing of gemm.h, once per instruction set.
#include "engine/device/cpu/gemm_kernel.h"
#include "engine/device/cpu/register_rows.h"
#include "engine/device/cpu/simd_targets.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "engine/device/cpu/gemm_cpu.cc"
#include "hwy/foreach_target.h"
// After foreach_target.
#include "engine/device/cpu/math-inl.h"
#include "hwy/highway.h"

HWY_BEFORE_NAMESPACE();
namespace yupu::engine {
namespace HWY_NAMESPACE {

// AVX-512 has 32 registers: 28 accumulators, 2 of B, 1 of A.  The others have 16: 12, 2 and 1.
#if HWY_TARGET <= HWY_AVX3
using KernelTag = hn::CappedTag<float, 16>;
constexpr std::int64_t kPanelRows = 14;
#else
using KernelTag = hn::CappedTag<float, 8>;
constexpr std::int64_t kPanelRows = 6;
#endif
HWY_INLINE std::int64_t vector_lanes() { return static_cast<std::int64_t>(hn::Lanes(KernelTag())); }
std::int64_t panel_columns() { return 2 * vector_lanes(); }

// c (rows, NR) = or += sum over k of a[k][rows] * b[k][NR].
using Kernel = void (*)(std::int64_t depth, const float* a, const float* b, float* c, std::int64_t c_stride,
                        bool load_c);

#define YUPU_DECLARE(r) auto c##r##l = zero, c##r##h = zero;
#define YUPU_STEP(r)                                \
  {                                                 \
    const auto broadcast = hn::Set(d, a[r]);        \
    c##r##l = hn::MulAdd(broadcast, low, c##r##l);  \
    c##r##h = hn::MulAdd(broadcast, high, c##r##h); \
  }
#define YUPU_STORE(r)                       \
  hn::StoreU(c##r##l, d, c + r * c_stride); \
  hn::StoreU(c##r##h, d, c + r * c_stride + lanes);
#define YUPU_ADD_STORE(r)                                                            \
  hn::StoreU(hn::Add(c##r##l, hn::LoadU(d, c + r * c_stride)), d, c + r * c_stride); \
  hn::StoreU(hn::Add(c##r##h, hn::LoadU(d, c + r * c_stride + lanes)), d, c + r * c_stride + lanes);
#define YUPU_KERNEL(n)                                                                                    \
  void kernel_##n(std::int64_t depth, const float* HWY_RESTRICT a, const float* HWY_RESTRICT b, float* c, \
                  std::int64_t c_stride, bool load_c) {                                                   \
    const KernelTag d;                                                                                    \
    const std::int64_t lanes = vector_lanes();                                                            \
    const auto zero = hn::Zero(d);                                                                        \
    YUPU_ROWS_##n(YUPU_DECLARE) for (std::int64_t k = 0; k < depth; ++k) {                                \
      const auto low = hn::Load(d, b);                                                                    \
      const auto high = hn::Load(d, b + lanes);                                                           \
      YUPU_ROWS_##n(YUPU_STEP) a += n;                                                                    \
      b += 2 * lanes;                                                                                     \
    }                                                                                                     \
    if (load_c) {                                                                                         \
      YUPU_ROWS_##n(YUPU_ADD_STORE)                                                                       \
    } else {                                                                                              \
      YUPU_ROWS_##n(YUPU_STORE)                                                                           \
    }                                                                                                     \
  }

YUPU_KERNEL(1)
YUPU_KERNEL(2)
YUPU_KERNEL(3)
YUPU_KERNEL(4)
YUPU_KERNEL(5)
YUPU_KERNEL(6)
#if HWY_TARGET <= HWY_AVX3
YUPU_KERNEL(7)
YUPU_KERNEL(8)
YUPU_KERNEL(9)
YUPU_KERNEL(10)
YUPU_KERNEL(11)
YUPU_KERNEL(12)
YUPU_KERNEL(13)
YUPU_KERNEL(14)
constexpr Kernel kKernels[] = {nullptr,    &kernel_1,  &kernel_2,  &kernel_3,  &kernel_4,
                               &kernel_5,  &kernel_6,  &kernel_7,  &kernel_8,  &kernel_9,
                               &kernel_10, &kernel_11, &kernel_12, &kernel_13, &kernel_14};
#else
constexpr Kernel kKernels[] = {nullptr, &kernel_1, &kernel_2, &kernel_3, &kernel_4, &kernel_5, &kernel_6};
#endif
#undef YUPU_DECLARE
#undef YUPU_STEP
#undef YUPU_STORE
#undef YUPU_ADD_STORE
#undef YUPU_KERNEL

// packed[k][i] = source element (i,k) for i < valid, 0 for valid <= i < width; k < depth.
// `depth_contiguous`: element (i,k) is source[i*stride + k], a transposing copy; otherwise source[k*stride + i].
void pack_panel(const float* HWY_RESTRICT source, std::int64_t stride, bool depth_contiguous, std::int64_t valid,
                std::int64_t width, std::int64_t depth, float* HWY_RESTRICT packed) {
  if (!depth_contiguous) {
    const KernelTag full;
    if (valid == width && width == panel_columns()) {  // a whole panel of B: two vectors a row
      const std::int64_t lanes = vector_lanes();
      for (std::int64_t k = 0; k < depth; ++k) {
        const float* from = source + k * stride;
        hn::Store(hn::LoadU(full, from), full, packed + k * width);
        hn::Store(hn::LoadU(full, from + lanes), full, packed + k * width + lanes);
      }
      return;
    }
    for (std::int64_t k = 0; k < depth; ++k) {
      const float* from = source + k * stride;
      float* to = packed + k * width;
      std::int64_t i = 0;
      for (; i < valid; ++i) to[i] = from[i];
      for (; i < width; ++i) to[i] = 0.0f;
    }
    return;
  }
  std::int64_t i = 0;
#if HWY_TARGET != HWY_SCALAR
  const hn::FixedTag<float, 4> d;
  const hn::RebindToUnsigned<decltype(d)> du;
  const hn::RepartitionToWide<decltype(du)> du64;
  for (; i + 4 <= valid; i += 4) {  // blocks of 4 x 4, transposed in registers
    const float* r0 = source + i * stride;
    const float* r1 = r0 + stride;
    const float* r2 = r1 + stride;
    const float* r3 = r2 + stride;
    std::int64_t k = 0;
    for (; k + 4 <= depth; k += 4) {
      const auto v0 = hn::LoadU(d, r0 + k), v1 = hn::LoadU(d, r1 + k), v2 = hn::LoadU(d, r2 + k),
                 v3 = hn::LoadU(d, r3 + k);
      const auto lo01 = hn::BitCast(du64, hn::InterleaveLower(d, v0, v1));
      const auto hi01 = hn::BitCast(du64, hn::InterleaveUpper(d, v0, v1));
      const auto lo23 = hn::BitCast(du64, hn::InterleaveLower(d, v2, v3));
      const auto hi23 = hn::BitCast(du64, hn::InterleaveUpper(d, v2, v3));
      float* to = packed + k * width + i;
      hn::StoreU(hn::BitCast(d, hn::InterleaveLower(du64, lo01, lo23)), d, to);
      hn::StoreU(hn::BitCast(d, hn::InterleaveUpper(du64, lo01, lo23)), d, to + width);
      hn::StoreU(hn::BitCast(d, hn::InterleaveLower(du64, hi01, hi23)), d, to + 2 * width);
      hn::StoreU(hn::BitCast(d, hn::InterleaveUpper(du64, hi01, hi23)), d, to + 3 * width);
    }
    for (; k < depth; ++k) {
      float* to = packed + k * width + i;
      to[0] = r0[k];
      to[1] = r1[k];
      to[2] = r2[k];
      to[3] = r3[k];
    }
  }
#endif
  for (; i < width; ++i) {
    const float* row = source + i * stride;
    for (std::int64_t k = 0; k < depth; ++k) packed[k * width + i] = i < valid ? row[k] : 0.0f;
  }
}

// Panels of columns [begin, end) of depth block [k_begin, k_begin + depth), one after the other.
void pack_b(const MatrixView& b, std::int64_t k_begin, std::int64_t depth, std::int64_t begin, std::int64_t end,
            float* packed) {
  const std::int64_t width = panel_columns();
  for (std::int64_t column = begin; column < end; column += width) {
    const float* source = b.transposed ? b.data + column * b.stride + k_begin : b.data + k_begin * b.stride + column;
    pack_panel(source, b.stride, b.transposed, HWY_MIN(width, end - column), width, depth, packed);
    packed += width * depth;
  }
}

// Rows [begin, end) in panels as even as can be: 16 rows on AVX-512 are 8 + 8, not 14 + 2.
struct RowPanels {
  std::int64_t count, rows, longer;  // `longer` panels of rows+1, the rest of rows
  explicit RowPanels(std::int64_t total)
      : count((total + kPanelRows - 1) / kPanelRows), rows(total / count), longer(total % count) {}
  std::int64_t size(std::int64_t panel) const { return rows + (panel < longer ? 1 : 0); }
};

void pack_a(const MatrixView& a, std::int64_t k_begin, std::int64_t depth, std::int64_t begin, const RowPanels& panels,
            float* packed) {
  std::int64_t row = begin;
  for (std::int64_t panel = 0; panel < panels.count; ++panel) {
    const std::int64_t rows = panels.size(panel);
    const float* source = a.transposed ? a.data + k_begin * a.stride + row : a.data + row * a.stride + k_begin;
    pack_panel(source, a.stride, !a.transposed, rows, rows, depth, packed);
    packed += rows * depth;
    row += rows;
  }
}

template <class Function>
HWY_INLINE void finish_rows(float* c, std::int64_t c_stride, float* out, std::int64_t out_stride, const float* bias,
                            std::int64_t rows, std::int64_t columns, const Function& function) {
  const F32 d;
  const auto lanes = static_cast<std::int64_t>(hn::Lanes(d));
  for (std::int64_t row = 0; row < rows; ++row) {
    float* sum = c + row * c_stride;
    float* result = out + row * out_stride;
    std::int64_t j = 0;
    for (; j + lanes <= columns; j += lanes) {
      const auto x = bias != nullptr ? hn::Add(hn::LoadU(d, sum + j), hn::LoadU(d, bias + j)) : hn::LoadU(d, sum + j);
      hn::StoreU(x, d, sum + j);
      hn::StoreU(function.value(d, x), d, result + j);
    }
    if (j < columns) {
      const auto left = static_cast<std::size_t>(columns - j);
      auto x = load_head(d, sum + j, left);
      if (bias != nullptr) x = hn::Add(x, load_head(d, bias + j, left));
      store_head(d, x, sum + j, left);
      store_head(d, function.value(d, x), result + j, left);
    }
  }
}

struct Identity {
  template <class D, class V>
  HWY_INLINE V value(D, V x) const {
    return x;
  }
};

// The epilogue on one tile of C while it is in the first cache.
void finish_tile(const GemmTask& task, std::int64_t row, std::int64_t column, std::int64_t rows, std::int64_t columns) {
  const GemmEpilogue& e = task.epilogue;
  float* c = task.c.data + row * task.c.stride + column;
  float* out = e.activated != nullptr ? e.activated + row * e.activated_stride + column : c;
  const std::int64_t out_stride = e.activated != nullptr ? e.activated_stride : task.c.stride;
  const float* bias = e.bias != nullptr ? e.bias + column : nullptr;
  switch (e.activation) {
    case Activation::kNone:
      if (bias != nullptr || e.activated != nullptr) {
        finish_rows(c, task.c.stride, out, out_stride, bias, rows, columns, Identity());
      }
      return;
    case Activation::kGelu:
      return finish_rows(c, task.c.stride, out, out_stride, bias, rows, columns, GeluExact());
    case Activation::kGeluTanh:
      return finish_rows(c, task.c.stride, out, out_stride, bias, rows, columns, GeluTanh());
    case Activation::kTanh:
      return finish_rows(c, task.c.stride, out, out_stride, bias, rows, columns, Tanh());
    case Activation::kRelu:
      return finish_rows(c, task.c.stride, out, out_stride, bias, rows, columns, Relu());
  }
}

// One panel of A times one panel of B.  A tile that hangs over the right edge of C is formed beside it.
HWY_INLINE void run_tile(const GemmTask& task, std::int64_t depth, const float* a, const float* b, std::int64_t row,
                         std::int64_t column, std::int64_t rows, std::int64_t columns, bool load_c) {
  float* c = task.c.data + row * task.c.stride + column;
  const std::int64_t width = panel_columns();
  if (columns == width) {
    kKernels[rows](depth, a, b, c, task.c.stride, load_c);
    return;
  }
  HWY_ALIGN float tile[kPanelRows * 32];
  kKernels[rows](depth, a, b, tile, width, false);
  for (std::int64_t i = 0; i < rows; ++i) {
    float* to = c + i * task.c.stride;
    const float* from = tile + i * width;
    for (std::int64_t j = 0; j < columns; ++j) to[j] = load_c ? to[j] + from[j] : from[j];
  }
}

// All tiles of one block of rows against one block of columns, at one depth block.
void run_block(const GemmTask& task, std::int64_t k_begin, std::int64_t depth, std::int64_t row_begin,
               const RowPanels& panels, std::int64_t column_begin, std::int64_t column_end, const float* packed_b) {
  const bool load_c = k_begin > 0 || task.c.accumulate;
  const bool last = k_begin + depth == task.shape.depth;
  const std::int64_t width = panel_columns();
  const float* b = packed_b;
  for (std::int64_t column = column_begin; column < column_end; column += width) {
    const std::int64_t columns = HWY_MIN(width, column_end - column);
    const float* a = task.scratch_a;
    std::int64_t row = row_begin;
    for (std::int64_t panel = 0; panel < panels.count; ++panel) {
      const std::int64_t rows = panels.size(panel);
      run_tile(task, depth, a, b, row, column, rows, columns, load_c);
      if (last) finish_tile(task, row, column, rows, columns);
      a += rows * depth;
      row += rows;
    }
    b += width * depth;
  }
}

void run_task(const GemmTask& task) {
  const std::int64_t width = panel_columns();
  const std::int64_t padded_columns = (task.shape.columns + width - 1) / width * width;
  const std::int64_t rows = task.row_end - task.row_begin;
  const std::int64_t row_blocks = (rows + kRowsBlock - 1) / kRowsBlock;
  const std::int64_t block_rows = (rows + row_blocks - 1) / row_blocks;
  for (std::int64_t column = task.column_begin; column < task.column_end; column += kColumnsBlock) {
    const std::int64_t column_end = HWY_MIN(task.column_end, column + kColumnsBlock);
    for (std::int64_t k = 0; k < task.shape.depth; k += kDepthBlock) {
      const std::int64_t depth = HWY_MIN(kDepthBlock, task.shape.depth - k);
      const float* packed_b = task.scratch_b;
      if (task.packed_b != nullptr) {
        packed_b = task.packed_b + k * padded_columns + column * depth;
      } else {
        pack_b(task.b, k, depth, column, column_end, task.scratch_b);
      }
      for (std::int64_t row = task.row_begin; row < task.row_end; row += block_rows) {
        const RowPanels panels(HWY_MIN(block_rows, task.row_end - row));
        pack_a(task.a, k, depth, row, panels, task.scratch_a);
        run_block(task, k, depth, row, panels, column, column_end, packed_b);
      }
    }
  }
}

void pack_columns(const GemmShape& shape, const MatrixView& b, std::int64_t column_begin, std::int64_t column_end,
                  float* packed) {
  const std::int64_t width = panel_columns();
  const std::int64_t padded_columns = (shape.columns + width - 1) / width * width;
  for (std::int64_t k = 0; k < shape.depth; k += kDepthBlock) {
    const std::int64_t depth = HWY_MIN(kDepthBlock, shape.depth - k);
    pack_b(b, k, depth, column_begin, column_end, packed + k * padded_columns + column_begin * depth);
  }
}

}  // namespace HWY_NAMESPACE
}  // namespace yupu::engine
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace yupu::engine {
HWY_EXPORT(panel_columns);
HWY_EXPORT(run_task);
HWY_EXPORT(pack_columns);
HWY_EXPORT(finish_tile);

std::int64_t gemm_panel_columns() { return HWY_DYNAMIC_DISPATCH(panel_columns)(); }
void gemm_run_task(const GemmTask& task) { HWY_DYNAMIC_DISPATCH(run_task)(task); }
void gemm_finish_tile(const GemmTask& task, std::int64_t row, std::int64_t column, std::int64_t rows,
                      std::int64_t columns) {
  HWY_DYNAMIC_DISPATCH(finish_tile)(task, row, column, rows, columns);
}
void gemm_pack_columns(const GemmShape& shape, const MatrixView& b, std::int64_t column_begin, std::int64_t column_end,
                       float* packed) {
  HWY_DYNAMIC_DISPATCH(pack_columns)(shape, b, column_begin, column_end, packed);
}
}  // namespace yupu::engine
#endif  // HWY_ONCE
