#include "products/service/knowledge/asked_words.h"

#include <utility>

#include "text/bm25/bm25.h"
#include "text/unicode.h"

namespace yupu::products {
namespace {

constexpr std::string_view kFunctionWords =
    " a about am an and any anyone are as at be been before being between but by can could did do does doing done for "
    "from "
    "get gets getting had has have having he her here him his how i if in into is it its let ll m many may me might "
    "much "
    "must my need no not of on or our out please re s shall she should so some somebody someone such t than that the "
    "their them then there these they this those to too under until up us ve very want was we were what when where "
    "whether which while who whom whose why will with within without would you your ";

constexpr std::u32string_view kFunctionCharacters =
    U"的了吗呢吧啊呀么嘛是在我你您他她它们这那哪个些有和与及或就都也还又怎什为谁几多少请问想要能会可以把被让给对从于之"
    U"其而";

bool is_function_word(std::string_view term) {
  const char32_t first = text::decode_code_point(term, 0).value;
  if (text::is_cjk_ideograph(first)) return kFunctionCharacters.find(first) != std::u32string_view::npos;
  return kFunctionWords.find(' ' + std::string(term) + ' ') != std::string_view::npos;
}

// A pair of ideographs, as an index has it beside the single ones.
bool is_pair(std::string_view term) {
  const text::CodePoint first = text::decode_code_point(term, 0);
  return text::is_cjk_ideograph(first.value) && static_cast<std::size_t>(first.bytes) < term.size();
}

std::string without_plural(std::string word) {
  constexpr std::size_t kLettersLeast = 4;
  const auto ends = [&](std::string_view end) { return word.ends_with(end); };
  if (word.size() < kLettersLeast || !ends("s")) return word;
  if (ends("ies") && !ends("eies") && !ends("aies")) return word.substr(0, word.size() - 3) + "y";
  if (ends("es") && !ends("aes") && !ends("ees") && !ends("oes")) return word.substr(0, word.size() - 1);
  if (!ends("us") && !ends("ss")) word.pop_back();
  return word;
}

}  // namespace

std::vector<AskedWord> asked_words(std::string_view question) {
  std::vector<AskedWord> subjects, all;
  std::unordered_set<std::string> seen;
  for (const std::string& term : text::bm25_index_terms(question)) {
    if (is_pair(term)) continue;
    std::string unit = without_plural(term);
    if (!seen.insert(unit).second) continue;
    if (!is_function_word(term)) subjects.push_back({unit, term});
    all.push_back({std::move(unit), term});
  }
  return subjects.empty() ? all : subjects;
}

std::unordered_set<std::string> units_of(std::string_view text) {
  std::unordered_set<std::string> units;
  for (const std::string& term : text::bm25_index_terms(text)) {
    if (!is_pair(term)) units.insert(without_plural(term));
  }
  return units;
}

}  // namespace yupu::products
