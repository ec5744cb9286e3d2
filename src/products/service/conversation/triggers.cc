#include "products/service/conversation/triggers.h"

#include <algorithm>
#include <utility>

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

std::vector<const Trigger*> fired(const std::vector<Trigger>& triggers, std::string_view text, Understood understood) {
  std::vector<const Trigger*> found;
  if (triggers.empty()) return found;
  const std::string folded = text::fold_phrase(text);
  const bool shouted = is_shouted(text);
  for (const Trigger& trigger : triggers) {
    const bool has_word = std::any_of(trigger.words.begin(), trigger.words.end(), [&](const std::string& word) {
      return text::holds_phrase(folded, text::fold_phrase(word));
    });
    const bool is_meant =
        understood.score >= trigger.score_least &&
        std::find(trigger.intents.begin(), trigger.intents.end(), understood.intent) != trigger.intents.end();
    if (has_word || is_meant || (trigger.shouting && shouted)) found.push_back(&trigger);
  }
  return found;
}

bool is_shouted(std::string_view text) {
  constexpr int kMarksLeast = 3;
  constexpr int kLettersLeast = 12;
  int marks = 0;
  bool exclaimed = false;  // by one of these marks: "???" asks
  int letters = 0, capitals = 0;
  for (const char c : text::nfkc(text)) {
    const bool is_mark = c == '!' || c == '?';
    marks = is_mark ? marks + 1 : 0;
    exclaimed = is_mark && (exclaimed || c == '!');
    if (marks >= kMarksLeast && exclaimed) return true;
    capitals += c >= 'A' && c <= 'Z' ? 1 : 0;
    letters += (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ? 1 : 0;
  }
  return letters >= kLettersLeast && capitals * 10 >= letters * 9;
}

std::string without_quoted(std::string_view text) {
  constexpr std::pair<std::string_view, std::string_view> kMarks[] = {{"“", "”"},   {"\"", "\""}, {"＂", "＂"},
                                                                      {"「", "」"}, {"『", "』"}, {"«", "»"}};
  std::string own;
  for (std::size_t at = 0; at < text.size();) {
    const std::string_view rest = text.substr(at);
    if (rest.starts_with('>') && (at == 0 || text[at - 1] == '\n')) {
      at += std::min(rest.find('\n'), rest.size());
      continue;
    }
    std::size_t quoted = 0;
    for (const auto& [open, close] : kMarks) {
      const std::size_t end = rest.starts_with(open) ? rest.find(close, open.size()) : std::string_view::npos;
      if (end == std::string_view::npos) continue;
      quoted = end + close.size();
      break;
    }
    own += quoted > 0 ? ' ' : text[at];
    at += std::max<std::size_t>(quoted, 1);
  }
  return own;
}

bool is_one_of(std::string_view text, const std::vector<std::string>& words) {
  const std::string said = bare(text);
  return !said.empty() &&
         std::any_of(words.begin(), words.end(), [&](const std::string& word) { return said == bare(word); });
}

}  // namespace yupu::products
