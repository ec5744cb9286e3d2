// Cells that hold several things: "delivery; refund".
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace yupu::data {

// Without blanks at its ends.
std::string trimmed(std::string_view text);

// The parts between separators, trimmed; a blank cell has none, a blank part between two separators stays as one.
// REQUIRES: separator not empty.
std::vector<std::string> split_list(std::string_view cell, std::string_view separator);

}  // namespace yupu::data
