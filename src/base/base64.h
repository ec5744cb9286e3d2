// Base64 (RFC 4648, section 4): the standard alphabet, padded.
#pragma once

#include <string>
#include <string_view>

#include "base/status.h"

namespace yupu {

std::string base64_of(std::string_view bytes);

// Strict: whole groups of four, padding only at the end, no white space; bits that stand for nothing may be set, as
// some writers leave them (43 characters of a 32-byte key). Error: kInvalidArgument.
Result<std::string> bytes_of_base64(std::string_view text);

}  // namespace yupu
