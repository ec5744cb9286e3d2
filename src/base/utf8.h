// What a byte of UTF-8 promises of the bytes behind it.
#pragma once

#include <cstdint>

namespace yupu {

constexpr bool is_utf8_continuation(unsigned char byte) { return (byte & 0xC0U) == 0x80U; }

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
