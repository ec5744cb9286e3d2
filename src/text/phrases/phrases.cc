#include "text/phrases/phrases.h"

#include "text/unicode.h"

namespace yupu::text {
namespace {

// Of the blocks from Basic Latin to Latin Extended-B, and Latin Extended Additional.
bool is_latin(char32_t c) {
  if (c < 0x80) return (c >= U'0' && c <= U'9') || (c >= U'a' && c <= U'z') || (c >= U'A' && c <= U'Z');
  return (c <= 0x24F || (c >= 0x1E00 && c <= 0x1EFF)) && category(c) == Category::kLetter;
}

bool latin_begins_at(std::string_view text, std::size_t at) {
  return at < text.size() && is_latin(decode_code_point(text, at).value);
}

bool latin_ends_at(std::string_view text, std::size_t end) {
  std::size_t at = end;
  while (at > 0 && end - at < 4) {
    const auto byte = static_cast<unsigned char>(text[--at]);
    if ((byte & 0xC0U) != 0x80U) return is_latin(decode_code_point(text, at).value);
  }
  return false;
}

// Where the text holds the phrase, at `from` or later; npos: nowhere.
std::size_t find_phrase(std::string_view text, std::string_view phrase, std::size_t from) {
  if (phrase.empty()) return std::string_view::npos;
  const bool latin_first = latin_begins_at(phrase, 0);
  const bool latin_last = latin_ends_at(phrase, phrase.size());
  for (std::size_t at = text.find(phrase, from); at != std::string_view::npos; at = text.find(phrase, at + 1)) {
    const bool joined_before = latin_first && latin_ends_at(text, at);
    const bool joined_after = latin_last && latin_begins_at(text, at + phrase.size());
    if (!joined_before && !joined_after) return at;
  }
  return std::string_view::npos;
}

}  // namespace

std::string fold_phrase(std::string_view text) { return collapse_whitespace(lower(nfkc(text))); }

bool holds_phrase(std::string_view text, std::string_view phrase) {
  return find_phrase(text, phrase, 0) != std::string_view::npos;
}

std::string without_phrase(std::string_view text, std::string_view phrase) {
  std::string rest;
  std::size_t begin = 0;
  for (std::size_t at = find_phrase(text, phrase, 0); at != std::string_view::npos;
       at = find_phrase(text, phrase, begin)) {
    rest += text.substr(begin, at - begin);
    rest += ' ';
    begin = at + phrase.size();
  }
  return rest += text.substr(begin);
}

}  // namespace yupu::text
