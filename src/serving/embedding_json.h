// A vector as OpenAI's clients read it: an array of numbers, or the base64 (RFC 4648, section 4) of its little-endian
// f32 bytes.
#pragma once

#include <span>

#include "base/json.h"

namespace yupu::serving {

// Numbers are the shortest that read back to the same float.
OrderedJson embedding_json(std::span<const float> vector, bool base64);

}  // namespace yupu::serving
