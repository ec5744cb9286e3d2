// The code point classes of the reference tokenizer, as sorted ranges. They follow no single Unicode version: see
// docs/formats/vocab.md, "Unicode". Written by make_reference_classes.py.
#pragma once

#include <span>

#include "text/code_point_ranges.h"

namespace yupu::text {

std::span<const CodePointRange> dropped_ranges();      // control, format, private use; not U+0000, U+FFFD, surrogates
std::span<const CodePointRange> mark_ranges();         // Mn, what strip_accents deletes
std::span<const CodePointRange> punctuation_ranges();  // from U+0080 up
std::span<const CodePointRange> reordering_ranges();   // not deleted, yet with a combining class above 0

}  // namespace yupu::text
