#include "text/tokenizers/bpe/pretokens.h"

#include <algorithm>

#include "text/tokenizers/bpe/bpe_classes.h"
#include "text/unicode.h"

namespace yupu::text {
namespace {

enum class Kind : unsigned char { kOther, kLetter, kNumber, kSpace };

Kind look_up(char32_t c) {
  if (contains(letter_ranges(), c)) return Kind::kLetter;
  if (contains(number_ranges(), c)) return Kind::kNumber;
  return contains(space_ranges(), c) ? Kind::kSpace : Kind::kOther;
}

Kind kind_of(char32_t c) {
  constexpr char32_t kAsciiEnd = 0x80;
  static const std::array<Kind, kAsciiEnd> ascii = [] {
    std::array<Kind, kAsciiEnd> kinds{};
    for (char32_t a = 0; a < kAsciiEnd; ++a) kinds.at(a) = look_up(a);
    return kinds;
  }();
  return c < kAsciiEnd ? ascii[c] : look_up(c);
}

constexpr std::string_view kContractions[] = {"'s", "'t", "'re", "'ve", "'m", "'ll", "'d"};

// Bytes that are written as themselves (Latin-1): seen, and not the soft hyphen.
constexpr bool is_seen(unsigned byte) {
  return (byte >= 0x21 && byte <= 0x7E) || (byte >= 0xA1 && byte <= 0xAC) || byte >= 0xAE;
}

constexpr char32_t kFirstUnseen = 0x100;

}  // namespace

std::size_t PretokenReader::contraction_bytes() const {
  for (const std::string_view contraction : kContractions) {
    if (text_.substr(position_).starts_with(contraction)) return contraction.size();
  }
  return 0;
}

// The end of the longest run of one kind that begins at `from`.
std::size_t PretokenReader::end_of_run(std::size_t from) const {
  CodePoint at = decode_code_point(text_, from);
  const Kind kind = kind_of(at.value);
  std::size_t end = from + static_cast<std::size_t>(at.bytes);
  while (end < text_.size()) {
    at = decode_code_point(text_, end);
    if (kind_of(at.value) != kind) break;
    end += static_cast<std::size_t>(at.bytes);
  }
  return end;
}

// Of spaces at position_: all of them at the end of the text; else the last one is left to what follows.
std::size_t PretokenReader::end_of_spaces() const {
  const std::size_t end = end_of_run(position_);
  if (end == text_.size()) return end;
  std::size_t last = position_;
  for (std::size_t at = position_; at < end;) {
    last = at;
    at += static_cast<std::size_t>(decode_code_point(text_, at).bytes);
  }
  return last > position_ ? last : end;
}

std::optional<PretokenReader::Span> PretokenReader::next() {
  if (position_ >= text_.size()) return std::nullopt;
  const std::size_t begin = position_;
  if (const std::size_t bytes = contraction_bytes(); bytes > 0) {
    position_ += bytes;
  } else if (kind_of(decode_code_point(text_, begin).value) != Kind::kSpace) {
    position_ = end_of_run(begin);
  } else {
    const bool leads = text_[begin] == ' ' && begin + 1 < text_.size() &&
                       kind_of(decode_code_point(text_, begin + 1).value) != Kind::kSpace;
    position_ = leads ? end_of_run(begin + 1) : end_of_spaces();
  }
  return Span{.begin = begin, .end = position_};
}

const std::array<std::string, 256>& byte_characters() {
  static const std::array<std::string, 256> characters = [] {
    std::array<std::string, 256> all;
    char32_t unseen = kFirstUnseen;
    for (unsigned byte = 0; byte < all.size(); ++byte) append_utf8(all.at(byte), is_seen(byte) ? byte : unseen++);
    return all;
  }();
  return characters;
}

const std::array<unsigned char, 256>& byte_order() {
  static const std::array<unsigned char, 256> order = [] {
    std::array<unsigned char, 256> all{};
    for (unsigned byte = 0; byte < all.size(); ++byte) all.at(byte) = static_cast<unsigned char>(byte);
    std::ranges::stable_sort(all, {}, [](unsigned char byte) { return !is_seen(byte); });
    return all;
  }();
  return order;
}

std::optional<std::string> bytes_of_characters(std::string_view characters) {
  static const std::array<int, 2 * kFirstUnseen> bytes = [] {
    std::array<int, 2 * kFirstUnseen> all{};
    all.fill(-1);
    char32_t unseen = kFirstUnseen;
    for (int byte = 0; byte < 256; ++byte) all.at(is_seen(static_cast<unsigned>(byte)) ? byte : unseen++) = byte;
    return all;
  }();
  std::string found;
  for (std::size_t at = 0; at < characters.size();) {
    const CodePoint point = decode_code_point(characters, at);
    if (!point.valid || point.value >= bytes.size() || bytes.at(point.value) < 0) return std::nullopt;
    found.push_back(static_cast<char>(static_cast<unsigned char>(bytes.at(point.value))));
    at += static_cast<std::size_t>(point.bytes);
  }
  return found;
}

}  // namespace yupu::text
