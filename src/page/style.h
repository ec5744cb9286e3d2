// The one style sheet of every page the program writes: light and dark, for screens and paper, nothing fetched.
#pragma once

#include <string_view>

namespace yupu::page {

extern const std::string_view kPageStyle;

}  // namespace yupu::page
