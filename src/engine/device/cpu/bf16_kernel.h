// Between bf16_gemm.cc (shapes, threads, memory) and the paths: bf16_kernel_amx.cc (AMX), bf16_kernel_x86.cc
// (AVX512_BF16) and bf16_kernel_cpu.cc (f32 arithmetic, once per instruction set, Highway's choice).
//
//   b panel   [P][32][2] bf16, P = K/2 rounded up to a multiple of kBf16PairUnit, zeros behind the depth
//   a panel   [K/2][rows][2] bf16; AMX: [rows][P][2], zeros behind the depth
//   A pair is two neighbours in depth in one 32-bit lane, the even one in the lower half, as vdpbf16ps multiplies them.
// Highway 1.0 has no target for AVX512_BF16: the paths have their own table.  All read the same panels of B.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "engine/device/cpu/gemm.h"

namespace yupu::engine {

inline constexpr std::int64_t kBf16PanelRowsMax = 32;  // of any path
inline constexpr std::int64_t kBf16PairUnit = 16;
inline constexpr std::int64_t kBf16PanelColumns = 32;

// What becomes a panel: element (k,i), k < depth, is data[i*stride + k] when depth_contiguous, else data[k*stride + i].
struct Bf16Source {
  const float* data;
  std::int64_t stride;
  bool depth_contiguous;
  std::int64_t valid;  // i < valid is read, up to `width` zeros follow
  std::int64_t width;  // at most kBf16PanelColumns
  std::int64_t depth;
};
// packed[p][width]: the pairs of a panel, rounded as bf16_gemm.h says.
using Bf16Pack = void (*)(const Bf16Source& source, std::uint32_t* packed);

// c[r][32] = or += sum over pairs of a[p][r] * b[p][32], in the order of bf16_gemm.h.  rows: 1 to the path's
// panel_rows.
using Bf16Kernel = void (*)(std::int64_t pairs, std::int64_t rows, const std::uint32_t* a, const std::uint32_t* b,
                            float* c, std::int64_t c_stride, bool add);

struct Bf16Path {
  std::string_view name;
  bool in_hardware;
  bool (*supported)();
  Bf16Kernel kernel;
  Bf16Pack pack_rows, pack_columns;  // panels of A and of B; zeros behind the depth are written for A alone
  std::int64_t panel_rows;           // rows of a panel of A at most
  std::int64_t row_unit;             // what its memory is rounded up to
  std::int64_t sum_pairs;            // pairs that are summed before they join the sum of C; 0: each by itself
  void (*begin)() = nullptr;         // around a thread's calls of the kernel, where not null
  void (*end)() = nullptr;
};

// Best first; the last runs everywhere.
std::span<const Bf16Path> bf16_paths();
// The best supported, unless a test chose another.
const Bf16Path& bf16_path();
// For tests: this path from now on; nullptr: the best again.  REQUIRES: no product is running.
void force_bf16_path(const Bf16Path* path);

// Chooses a path while it lives.  For tests.
class ForcedBf16Path {
 public:
  explicit ForcedBf16Path(const Bf16Path& path) { force_bf16_path(&path); }
  ForcedBf16Path(const ForcedBf16Path&) = delete;
  ForcedBf16Path& operator=(const ForcedBf16Path&) = delete;
  ~ForcedBf16Path() { force_bf16_path(nullptr); }
};

// The paths' functions.  Each runs on machines its row in bf16_paths() supports, and on no others.
void bf16_kernel_f32(std::int64_t pairs, std::int64_t rows, const std::uint32_t* a, const std::uint32_t* b, float* c,
                     std::int64_t c_stride, bool add);
void bf16_pack_f32(const Bf16Source& source, std::uint32_t* packed);
#if defined(__x86_64__)
void bf16_kernel_avx512(std::int64_t pairs, std::int64_t rows, const std::uint32_t* a, const std::uint32_t* b, float* c,
                        std::int64_t c_stride, bool add);
void bf16_pack_avx512(const Bf16Source& source, std::uint32_t* packed);
void bf16_kernel_amx(std::int64_t pairs, std::int64_t rows, const std::uint32_t* a, const std::uint32_t* b, float* c,
                     std::int64_t c_stride, bool add);
void bf16_pack_rows_amx(const Bf16Source& source, std::uint32_t* packed);
#endif

}  // namespace yupu::engine
