// Unicode at the edge: UTF-8 in and out, normalisation forms, full lower case, categories. Tables: utf8proc's.
//
// A string_view here may hold any bytes. Every maximal invalid sequence (Unicode 14.0, section 3.9, "substitution of
// maximal subparts", what browsers, Rust and Python do) counts as ONE code point U+FFFD, so a position in code points
// means the same in every function of this room. Threads: all functions are pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace yupu::text {

inline constexpr char32_t kReplacementCharacter = 0xFFFD;
inline constexpr char32_t kCodePointMax = 0x10FFFF;

// ---- UTF-8 ----

struct CodePoint {
  char32_t value = kReplacementCharacter;
  std::int32_t bytes = 1;  // length in the text, also for an invalid sequence: 1..3 there, 1..4 else
  bool valid = false;
};
// The code point that begins at `position`.  REQUIRES: position < text.size().
CodePoint decode_code_point(std::string_view text, std::size_t position);
// REQUIRES: a scalar value (not a surrogate, at most U+10FFFF).
void append_utf8(std::string& out, char32_t code_point);

struct DecodedText {
  std::u32string code_points;
  std::size_t invalid_count = 0;  // sequences replaced by U+FFFD
};
DecodedText decode_utf8(std::string_view text);
std::string encode_utf8(std::u32string_view code_points);  // surrogates and values above the range become U+FFFD

// Nothing when all of `text` is valid UTF-8, else the byte position of the first invalid sequence.
std::optional<std::size_t> validate_utf8(std::string_view text);

struct RepairedText {
  std::string text;               // valid UTF-8
  std::size_t invalid_count = 0;  // sequences replaced by U+FFFD
};
RepairedText replace_invalid_utf8(std::string_view text);
std::size_t count_code_points(std::string_view text);

// ---- Whole texts (invalid sequences become U+FFFD first) ----

std::string nfc(std::string_view text);   // canonical composition: for comparing and storing
std::string nfd(std::string_view text);   // canonical decomposition
std::string nfkc(std::string_view text);  // compatibility composition: fullwidth to ASCII, ligatures apart
// Full lower case, code point by code point (U+0130 gives two), without language or final-sigma rules: what BERT does.
std::string lower(std::string_view text);
// Runs of whitespace (is_whitespace below, line ends and U+3000 included) become one space; none at either end.
std::string collapse_whitespace(std::string_view text);

// ---- Code points ----

enum class Category : std::uint8_t {
  kUnassigned,
  kLetter,                // L*
  kMarkNonspacing,        // Mn
  kMarkOther,             // Mc, Me
  kNumber,                // N*
  kPunctuation,           // P*
  kSymbol,                // S*
  kSeparatorSpace,        // Zs
  kSeparatorLineOrOther,  // Zl, Zp
  kControl,               // Cc
  kFormat,                // Cf
  kPrivateOrSurrogate,    // Co, Cs
};
Category category(char32_t code_point);

bool is_whitespace(char32_t code_point);  // property White_Space
// The eight blocks BERT calls Chinese characters; Hangul, Hiragana and Katakana are not among them.
bool is_cjk_ideograph(char32_t code_point);
bool is_word_part(char32_t code_point);  // a letter, mark or number: what words are made of
// Appends the full lower case (1..3 code points).
void append_lower(std::u32string& out, char32_t code_point);
// Canonical_Combining_Class, 0..254; 0 for what does not move.
int combining_class(char32_t code_point);
// Appends the full canonical decomposition (not reordered).
void append_decomposed(std::u32string& out, char32_t code_point);

}  // namespace yupu::text
