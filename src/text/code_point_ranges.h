// Sets of code points as sorted ranges: what tables asked of a reference library are kept as.
#pragma once

#include <algorithm>
#include <iterator>
#include <span>

namespace yupu::text {

struct CodePointRange {
  char32_t first;
  char32_t last;  // inclusive
};

// REQUIRES: sorted, not overlapping.
inline bool contains(std::span<const CodePointRange> ranges, char32_t code_point) {
  const auto after =
      std::ranges::upper_bound(ranges, code_point, {}, [](const CodePointRange& range) { return range.first; });
  return after != ranges.begin() && code_point <= std::prev(after)->last;
}

}  // namespace yupu::text
