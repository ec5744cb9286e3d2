#include "base/money.h"

#include <fmt/format.h>

namespace yupu {
namespace {
constexpr std::int64_t kUfenPerFen = 1'000'000;
constexpr std::int64_t kUfenPerYuan = 100 * kUfenPerFen;

std::int64_t narrow(__int128 value) {
  CHECK(value >= INT64_MIN && value <= INT64_MAX, "money overflow");
  return static_cast<std::int64_t>(value);
}

// numerator / denominator, ties away from zero.  REQUIRES: denominator > 0.
__int128 divide_half_up(__int128 numerator, __int128 denominator) {
  const __int128 magnitude = numerator < 0 ? -numerator : numerator;
  const __int128 rounded = (2 * magnitude + denominator) / (2 * denominator);
  return numerator < 0 ? -rounded : rounded;
}
}  // namespace

Money Money::from_fen(std::int64_t fen) { return Money(narrow(static_cast<__int128>(fen) * kUfenPerFen)); }
Money Money::operator+(Money other) const { return Money(narrow(static_cast<__int128>(ufen_) + other.ufen_)); }
Money Money::operator-(Money other) const { return Money(narrow(static_cast<__int128>(ufen_) - other.ufen_)); }
Money Money::operator-() const { return Money(narrow(-static_cast<__int128>(ufen_))); }
Money Money::times(std::int64_t count) const { return Money(narrow(static_cast<__int128>(ufen_) * count)); }

Money Money::times_ratio(std::int64_t numerator, std::int64_t denominator) const {
  CHECK(denominator > 0, "ratio with a denominator of zero or less");
  return Money(narrow(divide_half_up(static_cast<__int128>(ufen_) * numerator, denominator)));
}

std::int64_t Money::round_to_fen() const { return narrow(divide_half_up(ufen_, kUfenPerFen)); }

std::string Money::to_string() const {
  const auto magnitude =
      ufen_ < 0 ? 0ULL - static_cast<unsigned long long>(ufen_) : static_cast<unsigned long long>(ufen_);
  return fmt::format("{}¥{}.{:08}", ufen_ < 0 ? "-" : "", magnitude / kUfenPerYuan, magnitude % kUfenPerYuan);
}

Result<Money> parse_yuan(std::string_view text) {
  const Status bad =
      invalid_argument(fmt::format("'{}' is no amount in yuan: write digits with at most 8 decimals, as 0.003", text));
  const std::size_t dot = text.find('.');
  const std::string_view whole = text.substr(0, dot);
  const std::string_view part = dot == std::string_view::npos ? std::string_view() : text.substr(dot + 1);
  if (whole.empty() || whole.size() > 10 || part.size() > 8 || (dot != std::string_view::npos && part.empty()))
    return bad;
  __int128 ufen = 0;
  for (const char c : whole) {
    if (c < '0' || c > '9') return bad;
    ufen = ufen * 10 + (c - '0');
  }
  for (std::size_t i = 0; i < 8; ++i) {
    const char c = i < part.size() ? part[i] : '0';
    if (c < '0' || c > '9') return bad;
    ufen = ufen * 10 + (c - '0');
  }
  return Money::from_ufen(narrow(ufen));
}

}  // namespace yupu
