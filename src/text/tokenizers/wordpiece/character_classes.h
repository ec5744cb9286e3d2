// What BERT's tokenizer wants to know about a code point, in one byte.
// Threads: the table is built once, at the first call; any thread.
#pragma once

#include <cstdint>
#include <string>

namespace yupu::text {

enum CharacterFlag : std::uint8_t {
  kDropped = 1,      // clean_text deletes it
  kSpace = 2,        // ends a word (property White_Space)
  kIdeograph = 4,    // a word of its own, under tokenize_chinese_chars
  kPunctuation = 8,  // a word of its own
  kMark = 16,        // strip_accents deletes it
  kDecomposes = 32,  // NFD, the first half of strip_accents, changes it
  kLowers = 64,      // lower_case changes it
  kReorders = 128,   // kept by strip_accents, but NFD may move it past its neighbours
};

std::uint8_t character_flags(char32_t code_point);

// As append_decomposed of unicode.h, without the decompositions the reference's tables (Unicode 9.0) do not have.
void append_reference_decomposition(std::u32string& out, char32_t code_point);

}  // namespace yupu::text
