// A panel of a cut into strips of rows that fit the registers of one instruction set.  For int8_kernel_*.cc.
#pragma once

#include <cstdint>
#include <span>

#include "engine/device/cpu/int8_kernel.h"

namespace yupu::engine {

// One strip: as many rows as the function is made for, of a panel that holds `rows`, against one panel of b.
using Int8Strip = void (*)(std::int64_t groups, std::int64_t rows, const std::uint8_t* a, const std::int8_t* b,
                           std::int32_t* sums);

// strips[n] does n rows; strips[0] is not called.
inline void run_int8_strips(std::span<const Int8Strip> strips, std::int64_t groups, std::int64_t rows,
                            const std::uint8_t* a, const std::int8_t* b, std::int32_t* sums) {
  const auto height = static_cast<std::int64_t>(strips.size()) - 1;
  for (std::int64_t row = 0; row < rows; row += height) {
    const std::int64_t count = rows - row < height ? rows - row : height;
    strips[static_cast<std::size_t>(count)](groups, rows, a + kInt8Group * row, b, sums + kInt8PanelColumns * row);
  }
}

}  // namespace yupu::engine
