#include "products/service/conversation/triggers.h"

#include <algorithm>

#include "products/service/conversation/pattern.h"
#include "text/unicode.h"

namespace yupu::products {
namespace {

bool holds(std::string_view text, std::string_view word) {
  if (word.empty()) return false;
  for (std::size_t at = text.find(word); at != std::string_view::npos; at = text.find(word, at + 1)) {
    const std::size_t end = at + word.size();
    const bool joined_before = at > 0 && is_ascii_word(text[at - 1]) && is_ascii_word(word.front());
    const bool joined_after = end < text.size() && is_ascii_word(text[end]) && is_ascii_word(word.back());
    if (!joined_before && !joined_after) return true;
  }
  return false;
}

// Without what is neither letter nor number at either end.
std::string bare(std::string_view text) {
  const std::u32string points = text::decode_utf8(fold_words(text)).code_points;
  const auto first = std::find_if(points.begin(), points.end(), text::is_word_part);
  const auto last = std::find_if(points.rbegin(), points.rend(), text::is_word_part).base();
  return first < last ? text::encode_utf8(std::u32string(first, last)) : std::string();
}

}  // namespace

std::string fold_words(std::string_view text) { return text::collapse_whitespace(text::lower(text::nfkc(text))); }

std::vector<const Trigger*> fired(const std::vector<Trigger>& triggers, std::string_view text) {
  std::vector<const Trigger*> found;
  if (triggers.empty()) return found;
  const std::string folded = fold_words(text);
  for (const Trigger& trigger : triggers) {
    const bool fires = std::any_of(trigger.words.begin(), trigger.words.end(),
                                   [&](const std::string& word) { return holds(folded, fold_words(word)); });
    if (fires) found.push_back(&trigger);
  }
  return found;
}

bool is_one_of(std::string_view text, const std::vector<std::string>& words) {
  const std::string said = bare(text);
  return !said.empty() &&
         std::any_of(words.begin(), words.end(), [&](const std::string& word) { return said == bare(word); });
}

}  // namespace yupu::products
