// What the kinds of tokenizers do alike with encodings.  Internal to text/tokenizers.
#pragma once

#include <cstddef>

#include "text/tokenizers/tokenizer.h"

namespace yupu::text {

// Appends ids and offsets of `part`.
void append_encoding(Encoding& out, const Encoding& part);
// Leaves the first `tokens`.
void cut_encoding(Encoding& encoding, std::size_t tokens);
// What the reference does with a pair that is too long: the shorter side is kept whole while it fits into half; else
// both get half, the odd token going to the longer side (to the second on a tie).
void truncate_longest_first(Encoding& a, Encoding& b, std::size_t budget);

}  // namespace yupu::text
