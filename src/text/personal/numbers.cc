#include <array>
#include <optional>
#include <string>

#include "text/personal/digit_groups.h"
#include "text/personal/number_checks.h"
#include "text/personal/phones.h"

namespace yupu::text {
namespace {

constexpr std::u32string_view kJoints = U" -";

using Shape = std::array<std::size_t, 5>;  // sizes of groups; 0 ends them

// "¥13812345678" is a price.
bool is_currency(char32_t c) {
  return c == U'$' || c == U'\u00A5' || c == U'\uFFE5' || c == U'\u20AC' || c == U'\u00A3';
}

std::optional<NumberMatch> match(const FoldedText& text, PersonalKind kind, std::size_t begin, std::size_t end,
                                 std::size_t group_count) {
  if (!text.begins_alone(begin) || !text.ends_alone(end)) return std::nullopt;
  return NumberMatch{.kind = kind, .begin = begin, .end = end, .group_count = group_count};
}

std::optional<NumberMatch> id_card_at(const FoldedText& text, const DigitGroups& groups, std::size_t g) {
  // The last group is one shorter when X follows it.
  constexpr std::array<Shape, 6> kShapes = {{{18}, {17}, {6, 8, 4}, {6, 8, 3}, {6, 4, 4, 4}, {6, 4, 4, 3}}};
  for (const Shape& shape : kShapes) {
    if (!groups.shaped(g, shape, kJoints)) continue;
    const std::size_t count = DigitGroups::shape_length(shape);
    std::string characters = groups.digits(g, count);
    std::size_t end = groups[g + count - 1].end;
    if (characters.size() == 17 && (text.at(end) == U'X' || text.at(end) == U'x')) {
      characters.push_back('X');
      ++end;
    }
    if (is_id_card(characters)) return match(text, PersonalKind::kIdCard, groups[g].begin, end, count);
  }
  return std::nullopt;
}

std::optional<NumberMatch> bank_card_at(const FoldedText& text, const DigitGroups& groups, std::size_t g) {
  constexpr std::array<Shape, 7> kGrouped = {
      {{4, 4, 4, 4, 3}, {4, 4, 4, 4, 2}, {4, 4, 4, 4, 1}, {4, 4, 4, 4}, {4, 6, 5}, {4, 6, 4}, {6, 13}}};
  if (is_bank_card(groups.digits(g, 1))) {
    return match(text, PersonalKind::kBankCard, groups[g].begin, groups[g].end, 1);
  }
  // Between more groups of four it is a part of something longer.
  if (g > 0 && groups[g - 1].size() == 4 && groups.joint(g - 1) != U'\0' && groups.joint(g - 1) == groups.joint(g))
    return std::nullopt;
  for (const Shape& shape : kGrouped) {
    if (!groups.shaped(g, shape, kJoints)) continue;
    const std::size_t count = DigitGroups::shape_length(shape);
    const std::size_t last = g + count - 1;
    if (groups.joint(last) == groups.joint(g) && groups[last + 1].size() == 4) continue;
    if (is_bank_card(groups.digits(g, count)))
      return match(text, PersonalKind::kBankCard, groups[g].begin, groups[last].end, count);
  }
  return std::nullopt;
}

std::optional<NumberMatch> ssn_at(const FoldedText& text, const DigitGroups& groups, std::size_t g) {
  constexpr std::array<Shape, 2> kShapes = {{{3, 2, 4}, {9}}};
  for (const Shape& shape : kShapes) {
    if (!groups.shaped(g, shape, kJoints)) continue;
    const std::size_t count = DigitGroups::shape_length(shape);
    const bool hyphens = count == 3 && groups.joint(g) == U'-';
    if (!is_ssn(groups.digits(g, count))) continue;
    if (hyphens || text.said_before(groups[g].begin, {"ssn", "social security"}))
      return match(text, PersonalKind::kSsn, groups[g].begin, groups[g + count - 1].end, count);
  }
  return std::nullopt;
}

}  // namespace

void find_numbers(const FoldedText& text, std::vector<PersonalSpan>& found) {
  const DigitGroups groups(text);
  for (std::size_t g = 0; g < groups.size();) {
    std::size_t taken = 1;
    if (!is_currency(text.before(groups[g].begin))) {
      std::optional<NumberMatch> read;
      for (const auto rule : {id_card_at, bank_card_at, ssn_at, phone_at}) {
        read = rule(text, groups, g);
        if (read) break;
      }
      if (read) {
        found.push_back(text.span(read->kind, read->begin, read->end));
        taken = read->group_count;
      }
    }
    g += taken;
  }
}

}  // namespace yupu::text
