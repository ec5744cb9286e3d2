// Words and names looked for in a text, the way a person would say that it holds them.
//
// Both sides are folded: NFKC (full width becomes half width), lower case, one space where there were several.
// A phrase counts where no Latin letter or digit touches its own: "tea" is not in "steam", "5G" not in "15G"; phrases
// of other scripts are found anywhere, as Chinese has no spaces.
// Threads: pure functions.
#pragma once

#include <string>
#include <string_view>

namespace yupu::text {

std::string fold_phrase(std::string_view text);
// REQUIRES: both were folded.  An empty phrase is in no text.
bool holds_phrase(std::string_view folded_text, std::string_view folded_phrase);
// The text with a space where it holds the phrase.  REQUIRES: as holds_phrase.
std::string without_phrase(std::string_view folded_text, std::string_view folded_phrase);

}  // namespace yupu::text
