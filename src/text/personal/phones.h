// Telephone numbers among the digits of a text.  Internal to src/text/personal.
#pragma once

#include <cstddef>
#include <optional>

#include "text/personal/digit_groups.h"

namespace yupu::text {

struct NumberMatch {
  PersonalKind kind = PersonalKind::kPhone;
  std::size_t begin = 0, end = 0;  // characters of the folded text
  std::size_t group_count = 1;     // digit groups it takes, from the one asked about on
};

// A number whose first group, but for a country code, is `g`.
std::optional<NumberMatch> phone_at(const FoldedText& text, const DigitGroups& groups, std::size_t g);

}  // namespace yupu::text
