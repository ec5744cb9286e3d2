// The text of a file that must be UTF-8.
#pragma once

#include <string_view>

#include "base/status.h"

namespace yupu::products {

// Without a byte order mark.  Errors: kInvalidArgument with the byte of the first invalid sequence, and what to do.
Result<std::string_view> utf8_text(std::string_view bytes);

}  // namespace yupu::products
