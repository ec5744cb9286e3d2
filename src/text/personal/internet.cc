// E-mail addresses and addresses of machines.
#include <algorithm>
#include <optional>
#include <string>

#include "text/personal/folded_text.h"

namespace yupu::text {
namespace {

bool is_local_part(char32_t c) { return is_alnum(c) || c == U'.' || c == U'_' || c == U'%' || c == U'+' || c == U'-'; }

// RFC 5321, section 4.5.3.1: a local part of 64 at most, a domain of 255.
constexpr std::size_t kLocalMost = 64, kDomainMost = 255, kLabelMost = 63;

std::optional<std::size_t> local_begin(const FoldedText& text, std::size_t at_sign) {
  std::size_t begin = at_sign;
  while (begin > 0 && is_local_part(text.before(begin))) {
    if (at_sign - --begin > kLocalMost) return std::nullopt;
  }
  while (begin < at_sign && !is_alnum(text.at(begin)) && text.at(begin) != U'_') ++begin;
  if (begin == at_sign || text.before(at_sign) == U'.') return std::nullopt;
  return begin;
}

// Labels with points between them, the last of letters alone.
std::optional<std::size_t> domain_end(const FoldedText& text, std::size_t begin) {
  std::size_t label_count = 0;
  for (std::size_t i = begin; i - begin <= kDomainMost;) {
    const std::size_t label = i;
    bool letters = true;
    while ((is_alnum(text.at(i)) || text.at(i) == U'-') && i - label <= kLabelMost) {
      letters = letters && is_letter(text.at(i));
      ++i;
    }
    if (i == label || i - label > kLabelMost || text.at(label) == U'-' || text.before(i) == U'-') return std::nullopt;
    ++label_count;
    if (text.at(i) == U'.' && is_alnum(text.at(i + 1))) {
      ++i;
      continue;
    }
    return label_count > 1 && letters && i - label > 1 ? std::optional(i) : std::nullopt;
  }
  return std::nullopt;
}

// Four numbers up to 255, without a zero before them.
std::optional<std::size_t> ipv4_end(const FoldedText& text, std::size_t begin) {
  int most = 0;
  int first = 0;
  std::size_t i = begin;
  for (int part = 0; part < 4; ++part) {
    if (part > 0 && text.at(i++) != U'.') return std::nullopt;
    const std::size_t digits = i;
    int value = 0;
    for (; is_digit(text.at(i)); ++i) {
      if (i - digits == 3) return std::nullopt;
      value = value * 10 + static_cast<int>(text.at(i) - U'0');
    }
    if (i == digits || value > 255 || (i - digits > 1 && text.at(digits) == U'0')) return std::nullopt;
    if (part == 0) first = value;
    most = std::max(most, value);
  }
  constexpr int kLoopback = 127, kVersionMost = 9;
  if (first == kLoopback || most <= kVersionMost) return std::nullopt;
  return text.begins_alone(begin) && text.ends_alone(i) ? std::optional(i) : std::nullopt;
}

bool is_hex(char32_t c) { return is_digit(c) || (c >= U'a' && c <= U'f') || (c >= U'A' && c <= U'F'); }

// Eight groups of up to four hexadecimal digits, or fewer with "::" for those that are left out. The first group has
// three digits at least, as all addresses in use have: "a::b" is C++.
std::optional<std::size_t> ipv6_end(const FoldedText& text, std::size_t begin) {
  constexpr std::size_t kLongest = 39;
  std::size_t groups = 0;
  std::size_t colons = 0;
  bool gap = false;
  bool digit = false;
  std::size_t end = begin;  // behind the last group, or the gap
  for (std::size_t i = begin; i - begin <= kLongest;) {
    const std::size_t group = i;
    while (is_hex(text.at(i))) {
      digit = digit || is_digit(text.at(i));
      if (++i - group > 4) return std::nullopt;
    }
    if (i > group) {
      if (groups++ == 0 && i - group < 3) return std::nullopt;
      end = i;
    }
    if (text.at(i) != U':') break;
    if (text.at(i + 1) == U':') {
      if (gap) return std::nullopt;
      gap = true;
      end = i + 2;
      ++i;
    }
    ++colons;
    ++i;
  }
  const bool whole = gap ? groups >= 1 && groups <= 7 : groups == 8 && colons >= 7;
  return whole && digit && text.ends_alone(end) ? std::optional(end) : std::nullopt;
}

}  // namespace

void find_internet(const FoldedText& text, std::vector<PersonalSpan>& found) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char32_t c = text.at(i);
    if (c == U'@') {
      const auto begin = local_begin(text, i);
      const auto end = domain_end(text, i + 1);
      if (begin && end) found.push_back(text.span(PersonalKind::kEmail, *begin, *end));
      continue;
    }
    const char32_t left = text.before(i);
    if (!is_hex(c) || is_alnum(left) || left == U':' || left == U'.') continue;
    auto end = is_digit(c) ? ipv4_end(text, i) : std::nullopt;
    if (!end) end = text.begins_alone(i) ? ipv6_end(text, i) : std::nullopt;
    if (!end) continue;
    found.push_back(text.span(PersonalKind::kIp, i, *end));
    i = *end - 1;
  }
}

}  // namespace yupu::text
