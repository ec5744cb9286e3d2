// A text as the rules of this folder read it.  Internal to src/text/personal.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "text/personal/personal_data.h"

namespace yupu::text {

// Characters with full width, dashes and spaces folded to ASCII, invisible marks left out; and where each stood.
class FoldedText {
 public:
  explicit FoldedText(std::string_view text);

  std::size_t size() const { return characters_.size(); }
  // U+0000 where there is none, so that rules may look past the ends.
  char32_t at(std::size_t i) const { return i < characters_.size() ? characters_[i] : U'\0'; }
  char32_t before(std::size_t i) const { return i > 0 ? at(i - 1) : U'\0'; }
  // REQUIRES: begin < end <= size().
  PersonalSpan span(PersonalKind kind, std::size_t begin, std::size_t end) const {
    return {.kind = kind, .begin = begins_[begin], .end = ends_[end - 1]};
  }
  // Whether the ASCII characters of `word` stand there, upper or lower case. `word` in lower case.
  bool stands_at(std::size_t i, std::string_view word) const;
  // Whether one of `words` (lower case) stands among the 40 characters before i.
  bool said_before(std::size_t i, std::initializer_list<std::string_view> words) const;
  // Whether nothing that belongs to a longer number or word touches it on the left, on the right.
  bool begins_alone(std::size_t begin) const;
  bool ends_alone(std::size_t end) const;

 private:
  std::u32string characters_;
  std::vector<std::size_t> begins_, ends_;
};

inline bool is_digit(char32_t c) { return c >= U'0' && c <= U'9'; }
inline bool is_upper(char32_t c) { return c >= U'A' && c <= U'Z'; }
inline bool is_letter(char32_t c) { return is_upper(c) || (c >= U'a' && c <= U'z'); }
inline bool is_alnum(char32_t c) { return is_digit(c) || is_letter(c); }

// Each appends what it finds, in order.
void find_numbers(const FoldedText& text, std::vector<PersonalSpan>& found);    // id_card, phone, bank_card, ssn
void find_internet(const FoldedText& text, std::vector<PersonalSpan>& found);   // email, ip
void find_addresses(const FoldedText& text, std::vector<PersonalSpan>& found);  // address

}  // namespace yupu::text
