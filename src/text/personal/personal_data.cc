#include "text/personal/personal_data.h"

#include <algorithm>
#include <array>

#include "text/personal/folded_text.h"
#include "text/personal/names.h"

namespace yupu::text {
namespace {

constexpr std::array<std::string_view, kPersonalKindCount> kNames = {"id_card", "phone", "bank_card", "ssn",
                                                                     "email",   "ip",    "address",   "name"};

// Most texts have nothing that a rule of numbers could begin with: neither a digit, nor "@", nor a character of full
// width.
bool may_hold_numbers(std::string_view text) {
  return std::any_of(text.begin(), text.end(),
                     [](char c) { return (c >= '0' && c <= '9') || c == '@' || c == '\xEF'; });
}

}  // namespace

std::string_view personal_kind_name(PersonalKind kind) { return kNames[static_cast<std::size_t>(kind)]; }

std::optional<PersonalKind> find_personal_kind(std::string_view name) {
  for (std::size_t i = 0; i < kNames.size(); ++i) {
    if (kNames[i] == name) return static_cast<PersonalKind>(i);
  }
  return std::nullopt;
}

PersonalKinds PersonalKinds::all() {
  PersonalKinds kinds;
  kinds.bits_ = (1U << kPersonalKindCount) - 1U;
  return kinds;
}

std::vector<std::string> PersonalKinds::names() const {
  std::vector<std::string> names;
  for (std::size_t i = 0; i < kPersonalKindCount; ++i) {
    if (contains(static_cast<PersonalKind>(i))) names.emplace_back(kNames[i]);
  }
  return names;
}

std::vector<PersonalSpan> find_personal_data(std::string_view text, PersonalKinds kinds) {
  std::vector<PersonalSpan> found;
  const bool numbers = may_hold_numbers(text);
  const bool names = kinds.contains(PersonalKind::kName);
  if (kinds.empty() || !(numbers || names)) return found;
  const FoldedText folded(text);
  if (numbers) {
    find_numbers(folded, found);
    find_internet(folded, found);
    find_addresses(folded, found);
  }
  if (names) {
    find_chinese_names(folded, found);
    find_latin_names(folded, found);
  }
  std::erase_if(found, [&](const PersonalSpan& span) { return !kinds.contains(span.kind); });
  // Of two that overlap, the one that begins first; of two that begin together, the longer: an e-mail address whose
  // local part is a telephone number is an e-mail address.
  std::sort(found.begin(), found.end(), [](const PersonalSpan& a, const PersonalSpan& b) {
    return a.begin != b.begin ? a.begin < b.begin : a.end > b.end;
  });
  std::size_t kept = 0;
  std::size_t free_from = 0;
  for (const PersonalSpan& span : found) {
    if (span.begin < free_from) continue;
    free_from = span.end;
    found[kept++] = span;
  }
  found.resize(kept);
  return found;
}

}  // namespace yupu::text
