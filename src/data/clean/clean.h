// What a text becomes before anybody learns from it, and when two texts are the same text.
//
//   cleaned    NFC; every run of whitespace (line ends, tabs, U+3000) one space, none at the ends; control characters
//   and
//              invisible marks (zero-width space, word joiner, byte order mark, soft hyphen, bidirectional controls)
//              gone; the joiners U+200C and U+200D stay, because scripts and emoji need them. Idempotent.
//   canonical  of a cleaned text: NFKC, full lower case, NFKC, whitespace collapsed. Two texts with one canonical form
//   are
//              duplicates: "Where is my Order？" and "where is my order?" (fullwidth mark) are one. Punctuation is
//              kept.
//   masked     where CleanLimits names kinds of personal data: a cleaned text holds their names instead ("[phone]")
// Invalid UTF-8 is never repaired in silence: the row is rejected.       Threads: pure functions.
#pragma once

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/status.h"
#include "data/source.h"
#include "text/personal/personal_data.h"

namespace yupu::data {

struct CleanLimits {
  std::size_t text_bytes_max = 8192;
  std::size_t label_bytes_max = 128;
  text::PersonalKinds mask = {};  // in texts (text/personal), behind the limits; none: nothing is looked for
};

// Cleans `text` in place. A problem: nul_byte, invalid_utf8, blank_text, text_too_long.
std::optional<Problem> clean_text(std::string& text, const CleanLimits& limits = {});
// Cleans a label in place: as a text, but a control character in it is a problem (bad_label), as is blank_label.
std::optional<Problem> clean_label(std::string& label, const CleanLimits& limits = {});
// Lower-cases and checks a language tag: empty, or 2 to 16 of a-z, 0-9 and '-'. Problem: bad_lang.
std::optional<Problem> clean_lang(std::string& lang);

std::string canonical_text(std::string_view cleaned);

// First 128 bits of SHA-256 over the canonical form: two texts of a dataset share it only if they are the same text.
struct CanonicalKey {
  std::uint64_t high = 0;
  std::uint64_t low = 0;
  auto operator<=>(const CanonicalKey&) const = default;  // NOLINT(modernize-use-nullptr): clang-tidy 14 misreads <=>
};
struct CanonicalKeyHash {
  std::size_t operator()(const CanonicalKey& key) const { return static_cast<std::size_t>(key.low); }
};
CanonicalKey canonical_key(std::string_view cleaned);

// The first 80 code points of any bytes as valid UTF-8 on one line: for rejects and messages.
std::string excerpt(std::string_view bytes);

}  // namespace yupu::data
