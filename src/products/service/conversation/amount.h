// Amounts of money as people write them: 1,234.50, ¥12, 3万, 1.5 万元, 三百二十块, 一千五, 十二点五元, 三块五, 五毛.
// Threads: pure function.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "products/service/conversation/pattern.h"

namespace yupu::products {

struct AmountReading {
  bool found = false;  // something is written as an amount is
  // "1234.50"; absent: it is none: negative, nothing, three decimals, above 12 digits.
  std::optional<std::string> value = {};
  Span span = {};
  bool marked = false;  // with its currency
};
// The first of a text in lower case that was folded by slot_text(); one in Chinese numerals goes first if its currency
// stands behind it, and counts else only where the text has no digits and it is more than a word like 一.
AmountReading read_amount(std::string_view text);

}  // namespace yupu::products
