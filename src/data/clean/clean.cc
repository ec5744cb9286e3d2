#include "data/clean/clean.h"

#include <algorithm>
#include <cctype>

#include <fmt/format.h>

#include "base/hash.h"
#include "text/personal/mask.h"
#include "text/unicode.h"

namespace yupu::data {
namespace {

bool is_ascii(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

// Invisible characters that only make equal texts differ.
bool is_invisible(char32_t c) {
  return c == 0x00AD || c == 0x200B || c == 0x200E || c == 0x200F || (c >= 0x202A && c <= 0x202E) ||
         (c >= 0x2060 && c <= 0x2064) || (c >= 0x2066 && c <= 0x206F) || c == 0xFEFF || (c >= 0xFFF9 && c <= 0xFFFB);
}

bool is_dropped(char32_t c) {
  return is_invisible(c) || (text::category(c) == text::Category::kControl && !text::is_whitespace(c));
}

std::string tidy_ascii(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  bool gap = false;
  for (const char c : text) {
    if (c == ' ' || (c >= '\t' && c <= '\r')) {
      gap = true;
    } else if (static_cast<unsigned char>(c) >= 0x20 && c != 0x7F) {
      if (gap && !out.empty()) out.push_back(' ');
      gap = false;
      out.push_back(c);
    }
  }
  return out;
}

std::string tidy_unicode(std::string_view text) {
  std::string kept;
  kept.reserve(text.size());
  for (std::size_t i = 0; i < text.size();) {
    const text::CodePoint point = text::decode_code_point(text, i);
    if (!is_dropped(point.value)) kept.append(text.substr(i, point.bytes));
    i += static_cast<std::size_t>(point.bytes);
  }
  // Dropping a character may bring a base and a mark together: compose after, not before.
  return text::collapse_whitespace(text::nfc(kept));
}

std::optional<Problem> check_bytes(std::string_view text, std::string_view field) {
  if (const std::size_t nul = text.find('\0'); nul != std::string_view::npos) {
    return Problem{"nul_byte", fmt::format("NUL byte at byte {} of the {}", nul, field), field};
  }
  if (is_ascii(text)) return {};
  if (const auto position = text::validate_utf8(text)) {
    return Problem{"invalid_utf8", fmt::format("byte {} of the {} is not valid UTF-8", *position, field), field};
  }
  return {};
}

}  // namespace

std::optional<Problem> clean_text(std::string& text, const CleanLimits& limits) {
  if (auto problem = check_bytes(text, "text")) return problem;
  std::string cleaned = is_ascii(text) ? tidy_ascii(text) : tidy_unicode(text);
  if (cleaned.empty()) return Problem{"blank_text", "the text is blank", "text"};
  if (cleaned.size() > limits.text_bytes_max) {
    return Problem{"text_too_long",
                   fmt::format("the text has {} bytes, at most {} are taken", cleaned.size(), limits.text_bytes_max),
                   "text"};
  }
  text = limits.mask.empty() ? std::move(cleaned) : text::mask_personal_data(cleaned, limits.mask);
  return {};
}

std::optional<Problem> clean_label(std::string& label, const CleanLimits& limits) {
  if (auto problem = check_bytes(label, "label")) return problem;
  std::string cleaned = is_ascii(label) ? tidy_ascii(label) : tidy_unicode(label);
  if (cleaned.empty()) return Problem{"blank_label", "the label is blank", "label"};
  if (cleaned.size() > limits.label_bytes_max) {
    return Problem{"bad_label",
                   fmt::format("the label has {} bytes, at most {} are taken", cleaned.size(), limits.label_bytes_max),
                   "label"};
  }
  label = std::move(cleaned);
  return {};
}

std::optional<Problem> clean_lang(std::string& lang) {
  std::string cleaned = tidy_ascii(lang);
  const auto fits = [](unsigned char c) { return std::isalnum(c) != 0 || c == '-'; };
  std::transform(cleaned.begin(), cleaned.end(), cleaned.begin(),
                 [](unsigned char c) { return static_cast<char>(c == '_' ? '-' : std::tolower(c)); });
  const bool right = cleaned.empty() || (cleaned.size() >= 2 && cleaned.size() <= 16 && is_ascii(cleaned) &&
                                         std::all_of(cleaned.begin(), cleaned.end(), fits));
  if (!right)
    return Problem{"bad_lang", fmt::format("'{}' is not a language tag like zh or en", excerpt(lang)), "lang"};
  lang = std::move(cleaned);
  return {};
}

std::string canonical_text(std::string_view cleaned) {
  if (is_ascii(cleaned)) {
    std::string lower(cleaned);
    for (char& c : lower) {
      if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    }
    return lower;
  }
  // NFKC again: lower-casing can leave a sequence that composes (U+0130 becomes i and a dot above).
  return text::collapse_whitespace(text::nfkc(text::lower(text::nfkc(cleaned))));
}

CanonicalKey canonical_key(std::string_view cleaned) {
  const Digest digest = Sha256().update(canonical_text(cleaned)).finish();
  CanonicalKey key;
  for (std::size_t i = 0; i < 8; ++i) {
    key.high = key.high << 8 | digest[i];
    key.low = key.low << 8 | digest[i + 8];
  }
  return key;
}

std::string excerpt(std::string_view bytes) {
  constexpr std::size_t kCodePointsMax = 80;
  std::string out;
  std::size_t count = 0;
  for (std::size_t i = 0; i < bytes.size(); ++count) {
    if (count == kCodePointsMax) return out + "…";
    const text::CodePoint point = text::decode_code_point(bytes, i);
    const bool shown = point.valid && text::category(point.value) != text::Category::kControl;
    text::append_utf8(out, shown ? point.value : point.valid ? U' ' : text::kReplacementCharacter);
    i += static_cast<std::size_t>(point.bytes);
  }
  return out;
}

}  // namespace yupu::data
