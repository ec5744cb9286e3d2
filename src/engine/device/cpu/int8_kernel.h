// Between int8_gemm.cc (shapes, threads, memory), int8_kernel_*.cc (the integer core, one function per instruction set)
// and int8_rows_cpu.cc (quantising rows, finishing tiles).
//
//   b panel   [G][32][4] i8, G = K/4 rounded up to a multiple of kInt8GroupUnit, zeros behind the depth
//   a panel   [K/4][rows][4] u8; AMX: [rows][G][4], anything behind the depth
//   Four neighbours in depth are what one lane of vpdpbusd (x86-64) or SUDOT (aarch64) multiplies and adds.
// Highway has no target for AVX-VNNI, and AVX-512 is one target with and without VNNI, as NEON is with and without dot
// products: the core has its own table.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "engine/device/cpu/gemm.h"

namespace yupu::engine {

inline constexpr std::int64_t kInt8PanelRowsMax = 32;  // of any path
inline constexpr std::int64_t kInt8PanelColumns = 32;
inline constexpr std::int64_t kInt8Group = 4;
inline constexpr std::int64_t kInt8GroupUnit = 16;

// sums[r][32] = sum over groups of a[g][r][4] * b[g][32][4], exact.  rows: 1 to the path's panel_rows; `sums` has room
// for as many, rounded up to its row_unit.
using Int8Kernel = void (*)(std::int64_t groups, std::int64_t rows, const std::uint8_t* a, const std::int8_t* b,
                            std::int32_t* sums);

struct Int8Path {
  std::string_view name;
  bool (*supported)();
  Int8Kernel kernel;
  std::int64_t panel_rows = 14;  // rows of a panel of A at most
  std::int64_t row_unit = 1;     // what its memory is rounded up to
  bool row_major = false;        // the layout of its rows
  void (*begin)() = nullptr;     // around a thread's calls of the kernel, where not null
  void (*end)() = nullptr;
};

// Best first; the last, scalar, is the reference and runs everywhere.
std::span<const Int8Path> int8_paths();
// The best supported, unless a test chose another.
const Int8Path& int8_path();
// For tests: the path of this name from now on; nullptr: the best again.  REQUIRES: no product is running.
void force_int8_path(const Int8Path* path);

// The kernels.  Each runs on machines its row in int8_paths() supports, and on no others.
void int8_kernel_scalar(std::int64_t groups, std::int64_t rows, const std::uint8_t* a, const std::int8_t* b,
                        std::int32_t* sums);
#if defined(__x86_64__)
void int8_kernel_avx2(std::int64_t groups, std::int64_t rows, const std::uint8_t* a, const std::int8_t* b,
                      std::int32_t* sums);
void int8_kernel_avx512(std::int64_t groups, std::int64_t rows, const std::uint8_t* a, const std::int8_t* b,
                        std::int32_t* sums);
void int8_kernel_avx_vnni(std::int64_t groups, std::int64_t rows, const std::uint8_t* a, const std::int8_t* b,
                          std::int32_t* sums);
void int8_kernel_avx512_vnni(std::int64_t groups, std::int64_t rows, const std::uint8_t* a, const std::int8_t* b,
                             std::int32_t* sums);
void int8_kernel_amx(std::int64_t groups, std::int64_t rows, const std::uint8_t* a, const std::int8_t* b,
                     std::int32_t* sums);
#elif defined(__aarch64__)
void int8_kernel_neon(std::int64_t groups, std::int64_t rows, const std::uint8_t* a, const std::int8_t* b,
                      std::int32_t* sums);
void int8_kernel_neon_dotprod(std::int64_t groups, std::int64_t rows, const std::uint8_t* a, const std::int8_t* b,
                              std::int32_t* sums);
void int8_kernel_neon_i8mm(std::int64_t groups, std::int64_t rows, const std::uint8_t* a, const std::int8_t* b,
                           std::int32_t* sums);
#endif

// How a row of activations was quantised.
struct Int8Row {
  float scale;
  std::int32_t zero;
};
// Writes `depth` values to panel[(k/4) * 4*rows + k%4], zeros up to a multiple of 4: one row of an a panel.
Int8Row int8_quantise_row(const float* x, std::int64_t depth, std::int64_t rows, std::uint8_t* panel);

// y[r][0..columns) = activation(float(sums[r][j] - zero[r] csum[j]) * scale[r] * scales[j] + bias[j]).
struct Int8Tile {
  const std::int32_t* sums;  // [rows][kInt8PanelColumns]
  const Int8Row* row;
  const std::int32_t* column_sums;
  const float* scales;
  const float* bias;  // may be null
  Activation activation;
  float* y;
  std::int64_t y_stride;
  std::int64_t rows, columns;
};
void int8_finish_tile(const Int8Tile& tile);

}  // namespace yupu::engine
