// "Did you mean ...?": the number of single-character insertions, deletions and replacements between two words
// (Levenshtein 1966).
#pragma once

#include <cstddef>
#include <string_view>

namespace yupu {
std::size_t edit_distance(std::string_view a, std::string_view b);
}  // namespace yupu
