// A vector as OpenAI's clients read it: an array of numbers, or the base64 (RFC 4648, section 4) of its little-endian
// f32 bytes.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "base/json.h"

namespace yupu::serving {

// Numbers are the shortest that read back to the same float.
OrderedJson embedding_json(std::span<const float> vector, bool base64);

std::string base64_of(std::string_view bytes);

}  // namespace yupu::serving
