#include "products/service/conversation/chinese_number.h"

#include <algorithm>
#include <vector>

namespace yupu::products {
namespace {

struct Numeral {
  std::string_view character;
  std::int64_t value;  // 0 to 9, or a unit
  bool is_unit() const { return value >= 10; }
};
constexpr std::int64_t kWan = 10'000;
constexpr std::int64_t kYi = 100'000'000;
constexpr Numeral kNumerals[] = {{"零", 0},  {"〇", 0},   {"一", 1},    {"二", 2},    {"两", 2},  {"三", 3},
                                 {"四", 4},  {"五", 5},   {"六", 6},    {"七", 7},    {"八", 8},  {"九", 9},
                                 {"十", 10}, {"百", 100}, {"千", 1000}, {"万", kWan}, {"亿", kYi}};
constexpr std::size_t kNumeralsMost = 12;

std::vector<Numeral> numerals_at(std::string_view text, std::size_t at) {
  std::vector<Numeral> run;
  while (run.size() <= kNumeralsMost) {
    const auto* found = std::find_if(std::begin(kNumerals), std::end(kNumerals), [&](const Numeral& numeral) {
      return text.substr(at).starts_with(numeral.character);
    });
    if (found == std::end(kNumerals)) break;
    run.push_back(*found);
    at += found->character.size();
  }
  return run;
}

std::int64_t digit_by_digit(const std::vector<Numeral>& run) {
  std::int64_t value = 0;
  for (const Numeral& numeral : run) value = value * 10 + numeral.value;
  return value;
}

// Units fall within each group of four digits, and groups fall: 一亿二千万三百.
std::optional<std::int64_t> with_units(const std::vector<Numeral>& run) {
  std::int64_t total = 0, section = 0;
  std::int64_t below = kWan;      // the next unit of this group is smaller
  std::int64_t group = kYi * 10;  // the next group's unit is smaller
  std::int64_t last = 0;          // unit
  std::optional<std::int64_t> digit;
  bool zero = false;  // since the last unit
  for (const Numeral& numeral : run) {
    if (!numeral.is_unit()) {
      if (digit) return std::nullopt;
      zero = zero || numeral.value == 0;
      if (numeral.value != 0) digit = numeral.value;
      continue;
    }
    last = numeral.value;
    if (last < kWan) {
      if (last >= below || (!digit && last != 10)) return std::nullopt;
      section += digit.value_or(1) * last;
      below = last;
    } else {
      const std::int64_t count = section + digit.value_or(0);
      if (count == 0 || last >= group) return std::nullopt;
      total += count * last;
      section = 0;
      below = kWan;
      group = last;
    }
    digit.reset();
    zero = false;
  }
  if (digit) section += !zero && last >= 100 ? *digit * (last / 10) : *digit;
  return total + section;
}

}  // namespace

std::optional<ChineseNumber> read_chinese_number(std::string_view text, std::size_t at) {
  const std::vector<Numeral> run = numerals_at(text, at);
  if (run.empty() || run.size() > kNumeralsMost) return std::nullopt;
  ChineseNumber number{.value = 0, .end = at, .numeral_count = static_cast<std::int64_t>(run.size())};
  for (const Numeral& numeral : run) {
    number.end += numeral.character.size();
    number.has_unit = number.has_unit || numeral.is_unit();
  }
  const auto value = number.has_unit ? with_units(run) : std::optional(digit_by_digit(run));
  if (!value) return std::nullopt;
  number.value = *value;
  return number;
}

bool follows_chinese_numeral(std::string_view text, std::size_t at) {
  const std::string_view before = text.substr(0, at);
  return std::any_of(std::begin(kNumerals), std::end(kNumerals),
                     [&](const Numeral& numeral) { return before.ends_with(numeral.character); });
}

}  // namespace yupu::products
