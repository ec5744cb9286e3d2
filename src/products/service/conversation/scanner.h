// Takes what stands at a place of a text; every member leaves the place as it was when it takes nothing.
#pragma once

#include <cstddef>
#include <initializer_list>
#include <string_view>

#include "products/service/conversation/chinese_number.h"
#include "products/service/conversation/pattern.h"

namespace yupu::products {

class Scanner {
 public:
  // REQUIRES: `text` outlives the scanner.
  Scanner(std::string_view text, std::size_t at) : text_(text), at_(at) {}
  std::size_t at() const { return at_; }
  // ASCII digits, and no more of them than that.
  bool number(std::size_t digits_least, std::size_t digits_most, int& out) {
    std::size_t end = at_;
    int value = 0;
    while (end < text_.size() && end - at_ < digits_most && is_digit(text_[end]))
      value = value * 10 + (text_[end++] - '0');
    if (end - at_ < digits_least) return false;
    if (end < text_.size() && is_digit(text_[end])) return false;
    at_ = end;
    out = value;
    return true;
  }
  // Chinese numerals, up to `most`.
  bool numerals(int most, int& out) {
    const auto read = read_chinese_number(text_, at_);
    if (!read || read->value > most) return false;
    at_ = read->end;
    out = static_cast<int>(read->value);
    return true;
  }
  bool word(std::string_view expected) {
    if (!text_.substr(at_).starts_with(expected)) return false;
    at_ += expected.size();
    return true;
  }
  // The first of them that stands there: longer ones first.
  bool one_of(std::initializer_list<std::string_view> words) {
    for (const std::string_view expected : words) {
      if (word(expected)) return true;
    }
    return false;
  }
  bool character(std::string_view characters) {
    if (at_ >= text_.size() || characters.find(text_[at_]) == std::string_view::npos) return false;
    ++at_;
    return true;
  }
  // Whether an ASCII letter stands here.
  bool touches_letter() const { return at_ < text_.size() && is_ascii_word(text_[at_]) && !is_digit(text_[at_]); }
  bool touches_word() const { return at_ < text_.size() && is_ascii_word(text_[at_]); }
  void go_to(std::size_t at) { at_ = at; }

 private:
  static bool is_digit(char c) { return c >= '0' && c <= '9'; }
  std::string_view text_;
  std::size_t at_;
};

}  // namespace yupu::products
