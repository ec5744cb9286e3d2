#include "text/personal/folded_text.h"

#include <algorithm>

#include "text/unicode.h"

namespace yupu::text {
namespace {

// U+0000: left out.
char32_t fold(char32_t c) {
  if (c < 0x80) return c;
  if (c >= 0xFF01 && c <= 0xFF5E) return c - 0xFEE0;
  if (c == 0x3000 || c == 0x00A0 || (c >= 0x2000 && c <= 0x200A) || c == 0x202F || c == 0x205F) return U' ';
  if ((c >= 0x2010 && c <= 0x2015) || c == 0x2212 || c == 0xFE58 || c == 0xFE63) return U'-';
  if (c == 0x00AD || (c >= 0x200B && c <= 0x200F) || (c >= 0x202A && c <= 0x202E) || (c >= 0x2060 && c <= 0x2064) ||
      c == 0xFEFF)
    return U'\0';
  return c;
}

char32_t lower_letter(char32_t c) { return is_upper(c) ? c - U'A' + U'a' : c; }

}  // namespace

FoldedText::FoldedText(std::string_view text) {
  characters_.reserve(text.size());
  begins_.reserve(text.size());
  ends_.reserve(text.size());
  for (std::size_t i = 0; i < text.size();) {
    const CodePoint point = decode_code_point(text, i);
    const std::size_t next = i + static_cast<std::size_t>(point.bytes);
    const char32_t folded = fold(point.value);
    if (folded != U'\0') {
      characters_.push_back(folded);
      begins_.push_back(i);
      ends_.push_back(next);
    }
    i = next;
  }
}

bool FoldedText::stands_at(std::size_t i, std::string_view word) const {
  for (std::size_t k = 0; k < word.size(); ++k) {
    if (lower_letter(at(i + k)) != static_cast<char32_t>(static_cast<unsigned char>(word[k]))) return false;
  }
  return true;
}

bool FoldedText::said_before(std::size_t i, std::initializer_list<std::string_view> words) const {
  constexpr std::size_t kLookBack = 40;
  for (std::size_t k = i > kLookBack ? i - kLookBack : 0; k < i; ++k) {
    if (std::any_of(words.begin(), words.end(),
                    [&](std::string_view word) { return k + word.size() <= i && stands_at(k, word); }))
      return true;
  }
  return false;
}

bool FoldedText::begins_alone(std::size_t begin) const {
  const char32_t c = before(begin);
  if (is_alnum(c) || c == U'_') return false;
  const char32_t further = begin > 1 ? at(begin - 2) : U'\0';
  if (c == U'-') return !is_alnum(further) && further != U'_';
  return c != U'.' || !is_digit(further);
}

bool FoldedText::ends_alone(std::size_t end) const {
  const char32_t c = at(end);
  if (is_alnum(c) || c == U'_') return false;
  const char32_t further = at(end + 1);
  if (c == U'-') return !is_alnum(further) && further != U'_';
  return c != U'.' || !is_digit(further);
}

}  // namespace yupu::text
