// Rows cut into panels as even as can be: 16 rows in panels of at most 14 are 8 + 8, not 14 + 2.  With a unit, panels
// are whole units but for the last: 40 rows in panels of at most 32 by 16 are 32 + 8.
#pragma once

#include <algorithm>
#include <cstdint>

namespace yupu::engine {

inline std::int64_t divide_up(std::int64_t value, std::int64_t unit) { return (value + unit - 1) / unit; }

inline std::int64_t round_up(std::int64_t value, std::int64_t unit) { return divide_up(value, unit) * unit; }

// REQUIRES: total > 0, rows_max a multiple of unit.
class EvenPanels {
 public:
  EvenPanels(std::int64_t total, std::int64_t rows_max, std::int64_t unit = 1)
      : count(divide_up(divide_up(total, unit), rows_max / unit)),
        total_(total),
        unit_(unit),
        units_(divide_up(total, unit) / count),
        longer_(divide_up(total, unit) % count) {}
  const std::int64_t count;
  std::int64_t begin(std::int64_t panel) const { return (panel * units_ + std::min(panel, longer_)) * unit_; }
  std::int64_t size(std::int64_t panel) const { return std::min(begin(panel + 1), total_) - begin(panel); }

 private:
  // `longer_` panels of units_ + 1, the rest of units_.
  std::int64_t total_, unit_, units_, longer_;
};

}  // namespace yupu::engine
