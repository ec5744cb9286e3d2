#include "text/unicode.h"

#include <array>
#include <cstdlib>
#include <memory>

#include <utf8proc.h>

#include "base/utf8.h"

namespace yupu::text {
namespace {

struct FreeDeleter {
  void operator()(utf8proc_uint8_t* memory) const { std::free(memory); }  // utf8proc allocates with malloc
};

std::string normalized(std::string_view text, int options) {
  const RepairedText repaired = replace_invalid_utf8(text);
  utf8proc_uint8_t* raw = nullptr;
  const utf8proc_ssize_t length =
      utf8proc_map(reinterpret_cast<const utf8proc_uint8_t*>(repaired.text.data()),
                   static_cast<utf8proc_ssize_t>(repaired.text.size()), &raw, static_cast<utf8proc_option_t>(options));
  const std::unique_ptr<utf8proc_uint8_t, FreeDeleter> owner(raw);
  if (length < 0) throw std::bad_alloc();  // valid input leaves utf8proc nothing else to fail with
  return {reinterpret_cast<const char*>(raw), static_cast<std::size_t>(length)};
}

// Lower case younger than the oldest utf8proc we build with (Unicode 14 to 17): {first, last, step, distance}. Written
// out so that ids do not depend on the machine's utf8proc.
struct LowerRange {
  char32_t first;
  char32_t last;
  char32_t step;
  std::int32_t distance;
};
constexpr std::array<LowerRange, 8> kYoungLower{{{0x1C89, 0x1C89, 1, 1},
                                                 {0xA7CB, 0xA7CB, 1, 0x264 - 0xA7CB},
                                                 {0xA7CC, 0xA7CE, 2, 1},
                                                 {0xA7D2, 0xA7D4, 2, 1},
                                                 {0xA7DA, 0xA7DA, 1, 1},
                                                 {0xA7DC, 0xA7DC, 1, 0x19B - 0xA7DC},
                                                 {0x10D50, 0x10D65, 1, 0x20},
                                                 {0x16EA0, 0x16EB8, 1, 0x1B}}};

}  // namespace

CodePoint decode_code_point(std::string_view text, std::size_t position) {
  const auto byte_at = [&](std::size_t index) { return static_cast<unsigned char>(text[index]); };
  const unsigned char first = byte_at(position);
  if (first < 0x80) return {.value = first, .bytes = 1, .valid = true};
  const Utf8Lead lead = utf8_lead(first);
  if (lead.length == 0 || position + 1 >= text.size()) return {};
  const unsigned char second = byte_at(position + 1);
  if (second < lead.second_min || second > lead.second_max) return {};
  char32_t value = first & (0xFFU >> (lead.length + 1));
  value = (value << 6) | (second & 0x3FU);
  for (std::int32_t i = 2; i < lead.length; ++i) {
    if (position + i >= text.size() || !is_utf8_continuation(byte_at(position + i))) return {.bytes = i};
    value = (value << 6) | (byte_at(position + i) & 0x3FU);
  }
  return {.value = value, .bytes = lead.length, .valid = true};
}

void append_utf8(std::string& out, char32_t code_point) {
  const auto push = [&out](char32_t byte) { out.push_back(static_cast<char>(static_cast<unsigned char>(byte))); };
  if (code_point < 0x80) {
    push(code_point);
  } else if (code_point < 0x800) {
    push(0xC0 | (code_point >> 6));
    push(0x80 | (code_point & 0x3F));
  } else if (code_point < 0x10000) {
    push(0xE0 | (code_point >> 12));
    push(0x80 | ((code_point >> 6) & 0x3F));
    push(0x80 | (code_point & 0x3F));
  } else {
    push(0xF0 | (code_point >> 18));
    push(0x80 | ((code_point >> 12) & 0x3F));
    push(0x80 | ((code_point >> 6) & 0x3F));
    push(0x80 | (code_point & 0x3F));
  }
}

DecodedText decode_utf8(std::string_view text) {
  DecodedText decoded;
  decoded.code_points.reserve(text.size());
  for (std::size_t position = 0; position < text.size();) {
    const CodePoint code_point = decode_code_point(text, position);
    decoded.code_points.push_back(code_point.value);
    if (!code_point.valid) ++decoded.invalid_count;
    position += code_point.bytes;
  }
  return decoded;
}

std::string encode_utf8(std::u32string_view code_points) {
  std::string text;
  text.reserve(code_points.size());
  for (const char32_t code_point : code_points) {
    const bool scalar = code_point <= kCodePointMax && (code_point < 0xD800 || code_point > 0xDFFF);
    append_utf8(text, scalar ? code_point : kReplacementCharacter);
  }
  return text;
}

std::optional<std::size_t> validate_utf8(std::string_view text) {
  for (std::size_t position = 0; position < text.size();) {
    if (static_cast<unsigned char>(text[position]) < 0x80) {
      ++position;
      continue;
    }
    const CodePoint code_point = decode_code_point(text, position);
    if (!code_point.valid) return position;
    position += code_point.bytes;
  }
  return std::nullopt;
}

RepairedText replace_invalid_utf8(std::string_view text) {
  RepairedText repaired;
  const std::optional<std::size_t> first_invalid = validate_utf8(text);
  repaired.text = text.substr(0, first_invalid.value_or(text.size()));
  for (std::size_t position = repaired.text.size(); position < text.size();) {
    const CodePoint code_point = decode_code_point(text, position);
    if (code_point.valid) {
      repaired.text.append(text, position, code_point.bytes);
    } else {
      append_utf8(repaired.text, kReplacementCharacter);
      ++repaired.invalid_count;
    }
    position += code_point.bytes;
  }
  return repaired;
}

std::size_t count_code_points(std::string_view text) {
  std::size_t count = 0;
  for (std::size_t position = 0; position < text.size(); ++count) position += decode_code_point(text, position).bytes;
  return count;
}

std::string nfc(std::string_view text) { return normalized(text, UTF8PROC_STABLE | UTF8PROC_COMPOSE); }
std::string nfd(std::string_view text) { return normalized(text, UTF8PROC_STABLE | UTF8PROC_DECOMPOSE); }
std::string nfkc(std::string_view text) {
  return normalized(text, UTF8PROC_STABLE | UTF8PROC_COMPOSE | UTF8PROC_COMPAT);
}

std::string lower(std::string_view text) {
  std::u32string lowered;
  for (const char32_t code_point : decode_utf8(text).code_points) append_lower(lowered, code_point);
  return encode_utf8(lowered);
}

std::string collapse_whitespace(std::string_view text) {
  std::string collapsed;
  bool space_due = false;
  for (std::size_t position = 0; position < text.size();) {
    const CodePoint code_point = decode_code_point(text, position);
    position += code_point.bytes;
    if (is_whitespace(code_point.value)) {
      space_due = !collapsed.empty();
      continue;
    }
    if (space_due) collapsed.push_back(' ');
    space_due = false;
    append_utf8(collapsed, code_point.value);
  }
  return collapsed;
}

Category category(char32_t code_point) {
  if (code_point > kCodePointMax) return Category::kUnassigned;
  switch (utf8proc_category(static_cast<utf8proc_int32_t>(code_point))) {
    case UTF8PROC_CATEGORY_LU:
    case UTF8PROC_CATEGORY_LL:
    case UTF8PROC_CATEGORY_LT:
    case UTF8PROC_CATEGORY_LM:
    case UTF8PROC_CATEGORY_LO:
      return Category::kLetter;
    case UTF8PROC_CATEGORY_MN:
      return Category::kMarkNonspacing;
    case UTF8PROC_CATEGORY_MC:
    case UTF8PROC_CATEGORY_ME:
      return Category::kMarkOther;
    case UTF8PROC_CATEGORY_ND:
    case UTF8PROC_CATEGORY_NL:
    case UTF8PROC_CATEGORY_NO:
      return Category::kNumber;
    case UTF8PROC_CATEGORY_PC:
    case UTF8PROC_CATEGORY_PD:
    case UTF8PROC_CATEGORY_PS:
    case UTF8PROC_CATEGORY_PE:
    case UTF8PROC_CATEGORY_PI:
    case UTF8PROC_CATEGORY_PF:
    case UTF8PROC_CATEGORY_PO:
      return Category::kPunctuation;
    case UTF8PROC_CATEGORY_SM:
    case UTF8PROC_CATEGORY_SC:
    case UTF8PROC_CATEGORY_SK:
    case UTF8PROC_CATEGORY_SO:
      return Category::kSymbol;
    case UTF8PROC_CATEGORY_ZS:
      return Category::kSeparatorSpace;
    case UTF8PROC_CATEGORY_ZL:
    case UTF8PROC_CATEGORY_ZP:
      return Category::kSeparatorLineOrOther;
    case UTF8PROC_CATEGORY_CC:
      return Category::kControl;
    case UTF8PROC_CATEGORY_CF:
      return Category::kFormat;
    case UTF8PROC_CATEGORY_CS:
    case UTF8PROC_CATEGORY_CO:
      return Category::kPrivateOrSurrogate;
    case UTF8PROC_CATEGORY_CN:
      break;
  }
  return Category::kUnassigned;
}

bool is_whitespace(char32_t c) {
  if (c < 0x80) return c == ' ' || (c >= 0x09 && c <= 0x0D);
  return c == 0x85 || c == 0xA0 || c == 0x1680 || (c >= 0x2000 && c <= 0x200A) || c == 0x2028 || c == 0x2029 ||
         c == 0x202F || c == 0x205F || c == 0x3000;
}

bool is_word_part(char32_t c) {
  const Category kind = category(c);
  return kind == Category::kLetter || kind == Category::kMarkNonspacing || kind == Category::kMarkOther ||
         kind == Category::kNumber;
}

bool is_cjk_ideograph(char32_t c) {
  return (c >= 0x4E00 && c <= 0x9FFF) || (c >= 0x3400 && c <= 0x4DBF) || (c >= 0x20000 && c <= 0x2A6DF) ||
         (c >= 0x2A700 && c <= 0x2B73F) || (c >= 0x2B740 && c <= 0x2B81F) || (c >= 0x2B820 && c <= 0x2CEAF) ||
         (c >= 0xF900 && c <= 0xFAFF) || (c >= 0x2F800 && c <= 0x2FA1F);
}

void append_lower(std::u32string& out, char32_t code_point) {
  if (code_point == 0x130) {  // the only code point whose full lower case is not one code point
    out += U"i\u0307";
    return;
  }
  for (const LowerRange& range : kYoungLower) {
    if (code_point < range.first || code_point > range.last || (code_point - range.first) % range.step != 0) continue;
    out.push_back(static_cast<char32_t>(static_cast<std::int32_t>(code_point) + range.distance));
    return;
  }
  if (code_point > kCodePointMax) code_point = kReplacementCharacter;
  out.push_back(static_cast<char32_t>(utf8proc_tolower(static_cast<utf8proc_int32_t>(code_point))));
}

int combining_class(char32_t code_point) {
  if (code_point > kCodePointMax) return 0;
  return utf8proc_get_property(static_cast<utf8proc_int32_t>(code_point))->combining_class;
}

void append_decomposed(std::u32string& out, char32_t code_point) {
  std::array<utf8proc_int32_t, 32> buffer{};  // the longest canonical decomposition has 4
  int last_boundclass = 0;
  const utf8proc_ssize_t count =
      utf8proc_decompose_char(static_cast<utf8proc_int32_t>(code_point), buffer.data(), buffer.size(),
                              static_cast<utf8proc_option_t>(UTF8PROC_STABLE | UTF8PROC_DECOMPOSE), &last_boundclass);
  if (count <= 0) {  // not a scalar value
    out.push_back(code_point);
    return;
  }
  for (utf8proc_ssize_t i = 0; i < count; ++i) out.push_back(static_cast<char32_t>(buffer.at(i)));
}

}  // namespace yupu::text
