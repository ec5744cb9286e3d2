// Rows cut into panels as even as can be: 16 rows in panels of at most 14 are 8 + 8, not 14 + 2.
#pragma once

#include <algorithm>
#include <cstdint>

namespace yupu::engine {

inline std::int64_t divide_up(std::int64_t value, std::int64_t unit) { return (value + unit - 1) / unit; }

// REQUIRES: total > 0.
struct EvenPanels {
  std::int64_t count, rows, longer;  // `longer` panels of rows+1, the rest of rows
  EvenPanels(std::int64_t total, std::int64_t rows_max)
      : count(divide_up(total, rows_max)), rows(total / count), longer(total % count) {}
  std::int64_t begin(std::int64_t panel) const { return panel * rows + std::min(panel, longer); }
  std::int64_t size(std::int64_t panel) const { return rows + (panel < longer ? 1 : 0); }
};

}  // namespace yupu::engine
