// Money is a whole number of ufen (10^-6 fen = 10^-8 yuan), checked at every step. No floating point enters or leaves.
// Units: 1 yuan = 100 fen = 100'000'000 ufen; the largest amount is about 92 billion yuan.
#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>

#include "base/status.h"

namespace yupu {

class Money {
 public:
  constexpr Money() = default;
  static constexpr Money from_ufen(std::int64_t ufen) { return Money(ufen); }
  static Money from_fen(std::int64_t fen);  // CHECKs against overflow
  template <class F>
  requires std::is_floating_point_v<F>
  static Money from_ufen(F) = delete;

  constexpr std::int64_t ufen() const { return ufen_; }

  // CHECK on overflow: past the edge amounts are bounded, so an overflow is a bug.
  Money operator+(Money other) const;
  Money operator-(Money other) const;
  Money operator-() const;
  Money& operator+=(Money other) { return *this = *this + other; }
  Money& operator-=(Money other) { return *this = *this - other; }
  Money times(std::int64_t count) const;                                      // 128-bit inside
  Money times_ratio(std::int64_t numerator, std::int64_t denominator) const;  // rounded half up, 128-bit inside

  std::int64_t round_to_fen() const;  // half up (away from zero on ties): only at the edge, on an invoice or a payment
  std::string to_string() const;      // "¥0.00000300", exact

  // NOLINTNEXTLINE(modernize-use-nullptr): clang-tidy 14 reads a null pointer into the defaulted comparison
  constexpr auto operator<=>(const Money&) const = default;

 private:
  constexpr explicit Money(std::int64_t ufen) : ufen_(ufen) {}
  std::int64_t ufen_ = 0;
};

// "12", "12.5", "0.00000003" yuan; digits only, at most 8 decimals, no sign, no exponent. Error: kInvalidArgument.
Result<Money> parse_yuan(std::string_view text);

}  // namespace yupu
