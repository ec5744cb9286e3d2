// The register kernel and the packing of gemm.h, once per instruction set.
#include "engine/device/cpu/gemm_kernel.h"
#include "engine/device/cpu/register_rows.h"
#include "engine/device/cpu/simd_targets.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "engine/device/cpu/gemm_cpu.cc"
#include "hwy/foreach_target.h"
// After foreach_target.
#include "engine/device/cpu/math-inl.h"
#include "hwy/cache_control.h"
#include "hwy/highway.h"

HWY_BEFORE_NAMESPACE();
namespace yupu::engine {
namespace HWY_NAMESPACE {

// AVX-512 and NEON have 32 registers: 28 accumulators, 2 of B, 1 of A.  The others have 16: 12, 2 and 1.
#if YUPU_32_REGISTERS
using KernelTag = hn::CappedTag<float, 16>;
constexpr std::int64_t kPanelRows = 14;
#else
using KernelTag = hn::CappedTag<float, 8>;
constexpr std::int64_t kPanelRows = 6;
#endif
using KernelVector = hn::Vec<KernelTag>;
HWY_INLINE std::int64_t vector_lanes() { return static_cast<std::int64_t>(hn::Lanes(KernelTag())); }
std::int64_t panel_columns() { return 2 * vector_lanes(); }

// What becomes of a finished tile: written, added to C, or written past the caches (rows of C on whole cache lines).
enum class Store : std::uint8_t { kWrite, kAdd, kStream };

// c (rows, NR) = or += sum over k of a[k][rows] * b[k][NR].  What lies `ahead` floats behind b is asked for.
using Kernel = void (*)(std::int64_t depth, const float* a, const float* b, std::int64_t ahead, float* c,
                        std::int64_t c_stride, Store store);

// c + a b.  NEON multiplies by one lane of another register: nothing is spent on spreading `a` first.
HWY_INLINE KernelVector multiply_add([[maybe_unused]] KernelTag d, float a, KernelVector b, KernelVector c) {
#if HWY_TARGET == HWY_NEON
  return KernelVector(vfmaq_n_f32(c.raw, b.raw, a));
#else
  return hn::MulAdd(hn::Set(d, a), b, c);
#endif
}

#define YUPU_DECLARE(r) auto c##r##l = zero, c##r##h = zero;
#define YUPU_STEP(r)                                \
  {                                                 \
    c##r##l = multiply_add(d, a[r], low, c##r##l);  \
    c##r##h = multiply_add(d, a[r], high, c##r##h); \
  }
#define YUPU_STORE(r)                       \
  hn::StoreU(c##r##l, d, c + r * c_stride); \
  hn::StoreU(c##r##h, d, c + r * c_stride + lanes);
#define YUPU_STREAM(r)                      \
  hn::Stream(c##r##l, d, c + r * c_stride); \
  hn::Stream(c##r##h, d, c + r * c_stride + lanes);
#define YUPU_ADD_STORE(r)                                                            \
  hn::StoreU(hn::Add(c##r##l, hn::LoadU(d, c + r * c_stride)), d, c + r * c_stride); \
  hn::StoreU(hn::Add(c##r##h, hn::LoadU(d, c + r * c_stride + lanes)), d, c + r * c_stride + lanes);
#define YUPU_KERNEL(n)                                                                                              \
  void kernel_##n(std::int64_t depth, const float* HWY_RESTRICT a, const float* HWY_RESTRICT b, std::int64_t ahead, \
                  float* c, std::int64_t c_stride, Store store) {                                                   \
    const KernelTag d;                                                                                              \
    const std::int64_t lanes = vector_lanes();                                                                      \
    const auto zero = hn::Zero(d);                                                                                  \
    YUPU_ROWS_##n(YUPU_DECLARE) for (std::int64_t k = 0; k < depth; ++k) {                                          \
      __builtin_prefetch(b + ahead, 0, 2);                                                                          \
      __builtin_prefetch(b + ahead + lanes, 0, 2);                                                                  \
      const auto low = hn::Load(d, b);                                                                              \
      const auto high = hn::Load(d, b + lanes);                                                                     \
      YUPU_ROWS_##n(YUPU_STEP) a += n;                                                                              \
      b += 2 * lanes;                                                                                               \
    }                                                                                                               \
    if (store == Store::kAdd) {                                                                                     \
      YUPU_ROWS_##n(YUPU_ADD_STORE)                                                                                 \
    } else if (store == Store::kStream) {                                                                           \
      YUPU_ROWS_##n(YUPU_STREAM)                                                                                    \
    } else {                                                                                                        \
      YUPU_ROWS_##n(YUPU_STORE)                                                                                     \
    }                                                                                                               \
  }

YUPU_KERNEL(1)
YUPU_KERNEL(2)
YUPU_KERNEL(3)
YUPU_KERNEL(4)
YUPU_KERNEL(5)
YUPU_KERNEL(6)
#if YUPU_32_REGISTERS
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
#undef YUPU_STREAM
#undef YUPU_KERNEL

// to[0..width) = from[0..width), nothing read or written outside: the last vector overlaps the one before it.
HWY_INLINE void copy_row(const float* HWY_RESTRICT from, std::int64_t width, float* HWY_RESTRICT to) {
  const hn::CappedTag<float, 8> d;
  const auto lanes = static_cast<std::int64_t>(hn::Lanes(d));
  if (width < lanes) {
    for (std::int64_t i = 0; i < width; ++i) to[i] = from[i];
    return;
  }
  for (std::int64_t i = 0; i + lanes < width; i += lanes) hn::StoreU(hn::LoadU(d, from + i), d, to + i);
  hn::StoreU(hn::LoadU(d, from + width - lanes), d, to + width - lanes);
}

#if HWY_TARGET != HWY_SCALAR
// The 128-bit blocks of v to to[0], to[step], to[2 step] ...
template <class D>
HWY_INLINE void store_blocks(D d, hn::Vec<D> v, std::int64_t step, float* to) {
  if constexpr (hn::MaxLanes(d) > 4) {
    const hn::Half<D> half;
    store_blocks(half, hn::LowerHalf(half, v), step, to);
    store_blocks(half, hn::UpperHalf(half, v), step, to + hn::MaxLanes(half) / 4 * step);
  } else {
    hn::StoreU(v, d, to);
  }
}

// Four rows of `depth` contiguous elements to four neighbouring columns of a panel, a vector of each row at a time.
HWY_INLINE void transpose_four(const float* HWY_RESTRICT source, std::int64_t stride, std::int64_t width,
                               std::int64_t depth, float* HWY_RESTRICT packed) {
  const KernelTag d;
  const hn::RepartitionToWide<hn::RebindToUnsigned<KernelTag>> wide;
  const std::int64_t lanes = vector_lanes();
  const float* r0 = source;
  const float* r1 = r0 + stride;
  const float* r2 = r1 + stride;
  const float* r3 = r2 + stride;
  std::int64_t k = 0;
  for (; k + lanes <= depth; k += lanes) {
    const auto v0 = hn::LoadU(d, r0 + k), v1 = hn::LoadU(d, r1 + k), v2 = hn::LoadU(d, r2 + k),
               v3 = hn::LoadU(d, r3 + k);
    const auto lo01 = hn::BitCast(wide, hn::InterleaveLower(d, v0, v1));
    const auto hi01 = hn::BitCast(wide, hn::InterleaveUpper(d, v0, v1));
    const auto lo23 = hn::BitCast(wide, hn::InterleaveLower(d, v2, v3));
    const auto hi23 = hn::BitCast(wide, hn::InterleaveUpper(d, v2, v3));
    float* to = packed + k * width;  // block b of these holds elements k + 4b, ... + 4b+3 of the four rows
    store_blocks(d, hn::BitCast(d, hn::InterleaveLower(wide, lo01, lo23)), 4 * width, to);
    store_blocks(d, hn::BitCast(d, hn::InterleaveUpper(wide, lo01, lo23)), 4 * width, to + width);
    store_blocks(d, hn::BitCast(d, hn::InterleaveLower(wide, hi01, hi23)), 4 * width, to + 2 * width);
    store_blocks(d, hn::BitCast(d, hn::InterleaveUpper(wide, hi01, hi23)), 4 * width, to + 3 * width);
  }
  for (; k < depth; ++k) {
    float* to = packed + k * width;
    to[0] = r0[k];
    to[1] = r1[k];
    to[2] = r2[k];
    to[3] = r3[k];
  }
}
#endif

// packed[k][i] = source element (i,k) for i < valid, 0 for valid <= i < width; k < depth.
// `depth_contiguous`: element (i,k) is source[i*stride + k], a transposing copy; otherwise source[k*stride + i].
void pack_panel(const float* HWY_RESTRICT source, std::int64_t stride, bool depth_contiguous, std::int64_t valid,
                std::int64_t width, std::int64_t depth, float* HWY_RESTRICT packed) {
  if (!depth_contiguous) {
    if (valid == width && width == panel_columns()) {
      const KernelTag d;
      const std::int64_t lanes = vector_lanes();
      for (std::int64_t k = 0; k < depth; ++k) {
        hn::Store(hn::LoadU(d, source + k * stride), d, packed + k * width);
        hn::Store(hn::LoadU(d, source + k * stride + lanes), d, packed + k * width + lanes);
      }
      return;
    }
    for (std::int64_t k = 0; k < depth; ++k) {
      float* to = packed + k * width;
      copy_row(source + k * stride, valid, to);
      for (std::int64_t i = valid; i < width; ++i) to[i] = 0.0f;
    }
    return;
  }
  std::int64_t i = 0;
#if HWY_TARGET != HWY_SCALAR
  for (; i + 4 <= valid; i += 4) transpose_four(source + i * stride, stride, width, depth, packed + i);
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

// Rows [begin, end) in panels as even as can be: 16 rows of at most 14 are 8 + 8, not 14 + 2.
struct RowPanels {
  std::int64_t count, rows, longer;  // `longer` panels of rows+1, the rest of rows
  explicit RowPanels(std::int64_t total)
      : count((total + kPanelRows - 1) / kPanelRows), rows(total / count), longer(total % count) {}
  std::int64_t size(std::int64_t panel) const { return rows + (panel < longer ? 1 : 0); }
};

void pack_a(const MatrixView& a, std::int64_t k_begin, std::int64_t depth, std::int64_t begin, const RowPanels& panels,
            float* packed) {
  if (a.transposed) {  // along the memory of A: its rows here are pieces of long rows, often a power of two apart
    for (std::int64_t k = 0; k < depth; ++k) {
      const float* source = a.data + (k_begin + k) * a.stride + begin;
      float* to = packed;
      for (std::int64_t panel = 0; panel < panels.count; ++panel) {
        const std::int64_t rows = panels.size(panel);
        copy_row(source, rows, to + k * rows);
        source += rows;
        to += rows * depth;
      }
    }
    return;
  }
  std::int64_t row = begin;
  for (std::int64_t panel = 0; panel < panels.count; ++panel) {
    const std::int64_t rows = panels.size(panel);
    pack_panel(a.data + row * a.stride + k_begin, a.stride, true, rows, rows, depth, packed);
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
HWY_INLINE void run_tile(const GemmTask& task, std::int64_t depth, const float* a, const float* b, std::int64_t ahead,
                         std::int64_t row, std::int64_t column, std::int64_t rows, std::int64_t columns, Store store) {
  float* c = task.c.data + row * task.c.stride + column;
  const std::int64_t width = panel_columns();
  if (columns == width) {
    kKernels[rows](depth, a, b, ahead, c, task.c.stride, store);
    return;
  }
  HWY_ALIGN float tile[kPanelRows * kPanelColumnsMax];
  kKernels[rows](depth, a, b, ahead, tile, width, Store::kWrite);
  for (std::int64_t i = 0; i < rows; ++i) {
    float* to = c + i * task.c.stride;
    const float* from = tile + i * width;
    for (std::int64_t j = 0; j < columns; ++j) to[j] = store == Store::kAdd ? to[j] + from[j] : from[j];
  }
}

// Asks for part `part` of `parts` of what will be the next panel of B, so that its memory is on the way while this
// one multiplies.
HWY_INLINE void prefetch_part(const float* source, std::int64_t stride, std::int64_t rows, std::int64_t row_floats,
                              std::int64_t part, std::int64_t parts) {
  constexpr std::int64_t kLineFloats = 16;
  for (std::int64_t row = rows * part / parts; row < rows * (part + 1) / parts; ++row) {
    for (std::int64_t at = 0; at < row_floats; at += kLineFloats) {
      __builtin_prefetch(source + row * stride + at, 0, 2);  // to L2: L1 is full
    }
  }
}

// Where one panel of B lies in memory: `rows` pieces of `row_floats`, `stride` apart.
struct PanelSource {
  const float* data = nullptr;  // null: there is none
  std::int64_t stride = 0, rows = 0, row_floats = 0;
};

PanelSource panel_source(const GemmTask& task, std::int64_t k, std::int64_t column) {
  const std::int64_t width = panel_columns();
  const std::int64_t depth = HWY_MIN(gemm_depth_block(task.shape.depth), task.shape.depth - k);
  const std::int64_t columns = HWY_MIN(width, task.shape.columns - column);
  if (task.packed_b != nullptr) {
    const std::int64_t padded_columns = (task.shape.columns + width - 1) / width * width;
    return {task.packed_b + k * padded_columns + column * depth, width, depth, width};
  }
  if (task.b.transposed) return {task.b.data + column * task.b.stride + k, task.b.stride, columns, depth};
  return {task.b.data + k * task.b.stride + column, task.b.stride, depth, columns};
}

// A packed block of rows against columns [column_begin, column_end) at one depth block.
void run_block(const GemmTask& task, std::int64_t k, const RowPanels& panels, std::int64_t row_begin,
               std::int64_t column_begin, std::int64_t column_end, const float* packed_a) {
  const std::int64_t depth = HWY_MIN(gemm_depth_block(task.shape.depth), task.shape.depth - k);
  const Store store = k > 0 || task.c.accumulate ? Store::kAdd : task.stream ? Store::kStream : Store::kWrite;
  const bool last = k + depth == task.shape.depth;
  const std::int64_t width = panel_columns();
  for (std::int64_t column = column_begin; column < column_end; column += width) {
    const std::int64_t columns = HWY_MIN(width, column_end - column);
    const float* b = panel_source(task, k, column).data;
    if (task.packed_b == nullptr) {
      pack_b(task.b, k, depth, column, column + columns, task.scratch_b);
      b = task.scratch_b;
    }
    PanelSource next;
    if (task.packed_b != nullptr) {
      // One stream: the kernel asks for it.
    } else if (column + width < column_end) {
      next = panel_source(task, k, column + width);
    } else if (!last) {
      next = panel_source(task, k + depth, column_begin);
    } else if (column_end < task.column_end) {
      next = panel_source(task, 0, column_end);
    }
    const float* a = packed_a;
    std::int64_t row = row_begin;
    for (std::int64_t panel = 0; panel < panels.count; ++panel) {
      const std::int64_t rows = panels.size(panel);
      if (next.data != nullptr) {
        prefetch_part(next.data, next.stride, next.rows, next.row_floats, panel, panels.count);
      }
      // The first pass over a packed panel brings it; what was packed just now is there.
      const std::int64_t ahead =
          task.packed_b != nullptr && panel == 0 ? kGemmAheadBytes / std::int64_t{sizeof(float)} : 0;
      run_tile(task, depth, a, b, ahead, row, column, rows, columns, store);
      if (last) finish_tile(task, row, column, rows, columns);
      a += rows * depth;
      row += rows;
    }
  }
}

void run_task(const GemmTask& task) {
  const std::int64_t width = panel_columns();
  const std::int64_t rows = task.row_end - task.row_begin;
  const std::int64_t row_blocks = (rows + kRowsBlock - 1) / kRowsBlock;
  const std::int64_t block_rows_max = (rows + row_blocks - 1) / row_blocks;
  const std::int64_t depth_block = gemm_depth_block(task.shape.depth);
  const bool whole_depth = gemm_packed_depth(task.shape) == task.shape.depth;
  // With one depth block C is written once and need not stay.
  const std::int64_t columns_max =
      task.shape.depth <= depth_block
          ? task.shape.columns
          : HWY_MAX(kBlockPanelsMin, (kBlockFloats - block_rows_max * depth_block) / (block_rows_max * width)) * width;
  for (std::int64_t row = task.row_begin; row < task.row_end; row += block_rows_max) {
    const std::int64_t block_rows = HWY_MIN(block_rows_max, task.row_end - row);
    const RowPanels panels(block_rows);
    for (std::int64_t column = task.column_begin; column < task.column_end; column += columns_max) {
      const std::int64_t column_end = HWY_MIN(task.column_end, column + columns_max);
      for (std::int64_t k = 0; k < task.shape.depth; k += depth_block) {
        float* const packed_a = task.scratch_a + (whole_depth ? block_rows * k : 0);
        if (!whole_depth || column == task.column_begin) {
          const std::int64_t depth = HWY_MIN(depth_block, task.shape.depth - k);
          pack_a(task.a, k, depth, row, panels, packed_a);
        }
        run_block(task, k, panels, row, column, column_end, packed_a);
      }
    }
  }
  if (task.stream) hwy::FlushStream();  // before another thread reads C
}

void pack_columns(const GemmShape& shape, const MatrixView& b, std::int64_t column_begin, std::int64_t column_end,
                  float* packed) {
  const std::int64_t width = panel_columns();
  const std::int64_t padded_columns = (shape.columns + width - 1) / width * width;
  for (std::int64_t k = 0; k < shape.depth; k += gemm_depth_block(shape.depth)) {
    const std::int64_t depth = HWY_MIN(gemm_depth_block(shape.depth), shape.depth - k);
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
