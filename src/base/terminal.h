// Text that lines up on a terminal, and small drawings of it.  Width is not bytes: code points count one column, wide
// ones (CJK and fullwidth) two.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace yupu {

std::size_t columns(std::string_view text);
std::string right_aligned(std::string_view text, std::size_t width);  // longer text stays as it is
std::string left_aligned(std::string_view text, std::size_t width);

// One block of eight heights per value, from the least to the greatest; at most `width` blocks (means of neighbours
// when there are more values).  Equal values stand in the middle; no values: empty.
std::string sparkline(std::span<const double> values, std::size_t width);

}  // namespace yupu
