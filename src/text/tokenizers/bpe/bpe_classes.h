// The code point classes of GPT-2's pattern as the reference tokenizer has them, as sorted ranges: ids do not depend on
// the Unicode version of this machine's libraries.  The tables are written by make_bpe_classes.py.
#pragma once

#include <cstdint>
#include <span>

#include "text/code_point_ranges.h"

namespace yupu::text {

std::span<const CodePointRange> letter_ranges();  // \p{L}
std::span<const CodePointRange> number_ranges();  // \p{N}
std::span<const CodePointRange> space_ranges();   // \s

}  // namespace yupu::text
