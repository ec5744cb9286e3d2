// What a byte of UTF-8 promises of the bytes behind it, and where a text may be cut.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace yupu {

constexpr bool is_utf8_continuation(unsigned char byte) { return (byte & 0xC0U) == 0x80U; }

// The first `bytes_max` bytes at most, without a part of a character at the end.
constexpr std::string_view utf8_prefix(std::string_view text, std::size_t bytes_max) {
  if (text.size() <= bytes_max) return text;
  while (bytes_max > 0 && is_utf8_continuation(static_cast<unsigned char>(text[bytes_max]))) --bytes_max;
  return text.substr(0, bytes_max);
}

// What a lead byte promises: the length, and the range of its second byte, which is where overlong forms (E0 80, F0
// 80), surrogates (ED A0) and values above U+10FFFF (F4 90) are caught (Unicode 14.0, table 3-7).
struct Utf8Lead {
  std::int32_t length = 0;  // 0: no code point of several bytes begins with this one
  unsigned char second_min = 0x80;
  unsigned char second_max = 0xBF;
};

constexpr Utf8Lead utf8_lead(unsigned char byte) {
  if (byte >= 0xC2 && byte <= 0xDF) return {.length = 2};
  if (byte == 0xE0) return {.length = 3, .second_min = 0xA0};
  if (byte == 0xED) return {.length = 3, .second_max = 0x9F};
  if (byte >= 0xE1 && byte <= 0xEF) return {.length = 3};
  if (byte == 0xF0) return {.length = 4, .second_min = 0x90};
  if (byte >= 0xF1 && byte <= 0xF3) return {.length = 4};
  if (byte == 0xF4) return {.length = 4, .second_max = 0x8F};
  return {};
}

}  // namespace yupu
