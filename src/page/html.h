// Text in pages.
#pragma once

#include <string>
#include <string_view>

namespace yupu::page {

// &, <, >, quotes as named references: text from outside can never become markup.
std::string escape_html(std::string_view text);

}  // namespace yupu::page
