#include "products/service/conversation/amount.h"

#include <algorithm>
#include <cstdint>
#include <initializer_list>
#include <utility>

#include <fmt/format.h>

#include "products/service/conversation/chinese_number.h"

namespace yupu::products {
namespace {

constexpr std::size_t kDigitsMost = 12;
constexpr std::int64_t kHundredthsMost = 100'000'000'000'000;  // of twelve digits

struct Unit {
  std::string_view character;
  std::int64_t value;
};
constexpr Unit kUnits[] = {{"百", 100}, {"千", 1000}, {"万", 10'000}, {"亿", 100'000'000}};

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// The length of the first of `words` that stands at the beginning; 0: none does.
std::size_t beginning(std::string_view text, std::initializer_list<std::string_view> words) {
  for (const std::string_view word : words) {
    if (text.starts_with(word)) return word.size();
  }
  return 0;
}
std::size_t ending(std::string_view text, std::initializer_list<std::string_view> words) {
  for (const std::string_view word : words) {
    if (text.ends_with(word)) return word.size();
  }
  return 0;
}

std::size_t currency_length(std::string_view text) {
  return beginning(
      text, {"人民币", "美元", "欧元", "元", "块钱", "块", "圆", "yuan", "rmb", "cny", "dollar", "euro", "pound"});
}
bool is_yuan_said(std::string_view text) { return beginning(text, {"块"}) > 0; }

std::string_view without_spaces(std::string_view text) {
  while (text.starts_with(' ')) text.remove_prefix(1);
  return text;
}

struct Before {
  bool has_currency = false;
  bool negative = false;
};
// What stands before a number: "minus ¥", "-", "rmb ".
Before read_before(std::string_view before) {
  Before read;
  const auto strip = [&before] {
    while (before.ends_with(' ')) before.remove_suffix(1);
  };
  strip();
  if (const std::size_t length = ending(before, {"¥", "$", "€", "£", "rmb", "cny"}); length > 0) {
    before.remove_suffix(length);
    read.has_currency = true;
    strip();
  }
  // A hyphen behind a word joins: "item-2".
  const bool hyphen = before.ends_with('-') && (before.size() == 1 || !is_ascii_word(before[before.size() - 2]));
  read.negative = hyphen || ending(before, {"−", "负", "minus"}) > 0;
  return read;
}

// 1234.5: hundredths as they are said; whole amounts without a point.
std::string written(std::int64_t hundredths) {
  const std::int64_t rest = hundredths % 100;
  if (rest == 0) return fmt::format("{}", hundredths / 100);
  if (rest % 10 == 0) return fmt::format("{}.{}", hundredths / 100, rest / 10);
  return fmt::format("{}.{:02}", hundredths / 100, rest);
}

// Nothing that belongs to a number stands here.
bool ends_here(std::string_view text) {
  return text.empty() || beginning(text, {" ", ",", ".", "。", "!", "?", ";", "、", "吧", "了", "左右"}) > 0;
}

struct Tail {
  std::size_t length = 0;       // of currency and what follows it
  std::int64_t hundredths = 0;  // 五 of 三块五
  bool marked = false;
};
// 元; 块; 块五, 块五毛, 块5: tenths. Of 块 only, and where nothing else follows them: 三块五个 is no 3.5.
Tail read_tail(std::string_view after) {
  Tail tail;
  const std::string_view text = without_spaces(after);
  const std::size_t currency = currency_length(text);
  if (currency == 0) return tail;
  tail = {.length = (after.size() - text.size()) + currency, .hundredths = 0, .marked = true};
  if (!is_yuan_said(text)) return tail;
  const std::string_view rest = text.substr(currency);
  std::int64_t tenths = 0;
  std::size_t length = 0;
  if (!rest.empty() && is_digit(rest.front())) {
    tenths = rest.front() - '0';
    length = 1;
  } else if (const auto digit = read_chinese_number(rest, 0); digit && digit->numeral_count == 1 && digit->value < 10) {
    tenths = digit->value;
    length = digit->end;
  }
  if (length == 0) return tail;
  const std::string_view behind = rest.substr(length);
  const std::size_t named = beginning(behind, {"毛", "角"});
  if (named == 0 && !ends_here(behind)) return tail;
  tail.length += length + named;
  tail.hundredths = tenths * 10;
  return tail;
}

// In Chinese numerals, at a place; nothing: none begins there.
struct Said {
  std::int64_t hundredths = 0;
  Span span = {};
  bool marked = false;
  bool is_clear = false;  // as a number, if not as an amount: 三百, not 一
};
std::optional<Said> read_said(std::string_view text, std::size_t at) {
  const auto number = read_chinese_number(text, at);
  if (!number || number->value > kHundredthsMost / 100 || text.substr(0, at).ends_with("第")) return std::nullopt;
  Said said{.hundredths = number->value * 100, .span = {at, number->end}};
  std::string_view after = text.substr(number->end);
  if (after.starts_with("点")) {
    const auto decimals = read_chinese_number(after, std::string_view("点").size());
    if (decimals && !decimals->has_unit && decimals->numeral_count <= 2) {
      said.hundredths += decimals->numeral_count == 1 ? decimals->value * 10 : decimals->value;
      said.span.end += decimals->end;
      after.remove_prefix(decimals->end);
    }
  }
  const Tail tail = read_tail(after);
  // 块 counts pieces and says "together" too: 两块手表, 我们一块去. Of few it is money where nothing else stands behind
  // it.
  const bool is_measure = number->value < 10 && tail.hundredths == 0 && after.starts_with("块") &&
                          !after.starts_with("块钱") && !ends_here(after.substr(std::string_view("块").size()));
  if (is_measure) return std::nullopt;
  if (tail.marked) {
    said.marked = true;
    said.hundredths += tail.hundredths;
    said.span.end += tail.length;
  } else if (const std::size_t tenths = beginning(after, {"毛", "角"}); tenths > 0 && number->value < 10) {
    said = {.hundredths = number->value * 10, .span = {at, number->end + tenths}, .marked = true};
  } else if (beginning(after, {"个", "天", "次", "号", "月", "年", "周", "位", "件", "日", "星期"}) > 0) {
    return std::nullopt;  // of something else
  }
  said.is_clear = (number->has_unit && number->numeral_count > 1) || (at == 0 && said.span.end == text.size());
  return said;
}

AmountReading amount_of(const Said& said, std::string_view text) {
  const Before before = read_before(text.substr(0, said.span.begin));
  AmountReading reading{.found = true, .span = said.span, .marked = said.marked || before.has_currency};
  if (!before.negative && said.hundredths > 0) reading.value = written(said.hundredths);
  return reading;
}

// The first in Chinese numerals; `marked_only`: that has its currency behind it.
std::optional<AmountReading> find_said(std::string_view text, bool marked_only) {
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (follows_chinese_numeral(text, at)) continue;  // in the middle of a number
    const auto said = read_said(text, at);
    if (said && (said->marked || (!marked_only && said->is_clear))) return amount_of(*said, text);
  }
  return std::nullopt;
}

// "1234" and "5", times 万; nothing: not in hundredths, or too much.
std::optional<std::int64_t> scaled(const std::string& whole, const std::string& decimals, std::int64_t unit) {
  constexpr std::size_t kScaledDigitsMost = 8;
  if (whole.size() + decimals.size() > kScaledDigitsMost) return std::nullopt;
  std::int64_t value = 0;
  for (const char digit : whole + decimals) value = value * 10 + (digit - '0');
  value *= unit * 100;
  for (std::size_t i = 0; i < decimals.size(); ++i) {
    if (value % 10 != 0) return std::nullopt;
    value /= 10;
  }
  return value <= kHundredthsMost ? std::optional(value) : std::nullopt;
}

// As it was typed: 1,234.50 stays 1234.50.
std::optional<std::string> plain(const std::string& whole, const std::string& decimals) {
  const auto is_nothing = [](const std::string& digits) { return digits.find_first_not_of('0') == std::string::npos; };
  if (whole.size() > kDigitsMost || decimals.size() > 2 || (is_nothing(whole) && is_nothing(decimals)))
    return std::nullopt;
  return decimals.empty() ? whole : whole + "." + decimals;
}

AmountReading read_digits(std::string_view text, std::size_t begin) {
  std::string whole;
  std::string decimals;
  std::size_t end = begin;
  while (end < text.size() &&
         (is_digit(text[end]) || (text[end] == ',' && end + 1 < text.size() && is_digit(text[end + 1])))) {
    if (text[end] != ',') whole += text[end];
    ++end;
  }
  if (end + 1 < text.size() && text[end] == '.' && is_digit(text[end + 1])) {
    for (++end; end < text.size() && is_digit(text[end]); ++end) decimals += text[end];
  }
  const std::string_view after = without_spaces(text.substr(end));
  const auto* unit = std::find_if(std::begin(kUnits), std::end(kUnits), [&](const Unit& one) {
    // 3千克 is a weight.
    return after.starts_with(one.character) && beginning(after.substr(one.character.size()), {"克", "米", "瓦"}) == 0;
  });
  std::optional<std::string> value = plain(whole, decimals);
  if (unit != std::end(kUnits)) {
    end = text.size() - after.size() + unit->character.size();
    const auto hundredths = scaled(whole, decimals, unit->value);
    value = hundredths && *hundredths > 0 ? std::optional(written(*hundredths)) : std::nullopt;
  }
  const Tail tail = read_tail(text.substr(end));
  if (tail.hundredths > 0) {  // 12块5
    const auto hundredths = decimals.empty() ? scaled(whole, {}, 1) : std::nullopt;
    value = hundredths ? std::optional(written(*hundredths + tail.hundredths)) : std::nullopt;
  }
  const Before before = read_before(text.substr(0, begin));
  if (before.negative) value.reset();
  return {.found = true,
          .value = std::move(value),
          .span = {begin, end + tail.length},
          .marked = before.has_currency || tail.marked};
}

}  // namespace

AmountReading read_amount(std::string_view text) {
  if (auto said = find_said(text, true)) return *std::move(said);
  const std::size_t begin = static_cast<std::size_t>(std::find_if(text.begin(), text.end(), is_digit) - text.begin());
  if (begin < text.size()) return read_digits(text, begin);
  return find_said(text, false).value_or(AmountReading{});
}

}  // namespace yupu::products
