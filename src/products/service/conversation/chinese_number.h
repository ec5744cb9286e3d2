// Numbers in Chinese numerals: 三, 十五, 一百零五, 一千五 (1500: the last digit is of the unit below), 两万三千, and
// digit by digit, 二〇二六.
//
// Threads: pure function.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace yupu::products {

struct ChineseNumber {
  std::int64_t value = 0;
  std::size_t end = 0;  // byte behind it
  std::int64_t numeral_count = 0;
  bool has_unit = false;  // 十, 百, 千, 万 or 亿 is among them
};
// All numerals that stand from byte `at` on. Nothing: none does, or they stand in an order that is no number (十百,
// 二三百), or there are more than twelve.
std::optional<ChineseNumber> read_chinese_number(std::string_view text, std::size_t at);
// Whether a numeral ends right before byte `at`.
bool follows_chinese_numeral(std::string_view text, std::size_t at);

}  // namespace yupu::products
