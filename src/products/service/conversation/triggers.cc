#include "products/service/conversation/triggers.h"

#include <algorithm>

#include "text/phrases/phrases.h"
#include "text/unicode.h"

namespace yupu::products {
namespace {

// Without what is neither letter nor number at either end.
std::string bare(std::string_view text) {
  const std::u32string points = text::decode_utf8(text::fold_phrase(text)).code_points;
  const auto first = std::find_if(points.begin(), points.end(), text::is_word_part);
  const auto last = std::find_if(points.rbegin(), points.rend(), text::is_word_part).base();
  return first < last ? text::encode_utf8(std::u32string(first, last)) : std::string();
}

}  // namespace

std::vector<const Trigger*> fired(const std::vector<Trigger>& triggers, std::string_view text) {
  std::vector<const Trigger*> found;
  if (triggers.empty()) return found;
  const std::string folded = text::fold_phrase(text);
  for (const Trigger& trigger : triggers) {
    const bool fires = std::any_of(trigger.words.begin(), trigger.words.end(), [&](const std::string& word) {
      return text::holds_phrase(folded, text::fold_phrase(word));
    });
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
