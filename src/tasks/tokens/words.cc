#include "tasks/tokens/words.h"

#include <algorithm>

#include "base/check.h"
#include "text/unicode.h"

namespace yupu::tasks {
namespace {

constexpr std::int64_t kOverlapShare = 4;  // one part in four of a window's pieces

using Pieces = std::vector<std::vector<std::int32_t>>;

Pieces pieces_of(const text::Tokenizer& tokenizer, std::span<const std::string> words, std::size_t budget,
                 WordEncoding& out) {
  Pieces pieces;
  pieces.reserve(words.size());
  for (const std::string& word : words) {
    auto ids = tokenizer.encode(word, {.add_special_tokens = false, .special_tokens_in_text = false}).ids;
    if (ids.empty()) ids.push_back(tokenizer.special_ids().unk);
    if (ids.size() > budget) {
      ids.resize(budget);
      ++out.cut_words;
    }
    pieces.push_back(std::move(ids));
  }
  return pieces;
}

// Words [begin, end) are read, [answers_from, answers_to) of them answered for.
struct Cut {
  std::size_t begin = 0, end = 0, answers_from = 0, answers_to = 0;
};

std::vector<Cut> cut(const Pieces& pieces, std::size_t budget) {
  const std::size_t count = pieces.size();
  std::vector<Cut> cuts;
  Cut now;
  while (now.answers_from < count) {
    std::size_t used = 0;
    for (now.end = now.begin; now.end < count && used + pieces[now.end].size() <= budget; ++now.end)
      used += pieces[now.end].size();
    if (now.end == count) {
      now.answers_to = count;
      cuts.push_back(now);
      break;
    }
    // Back from the end, as far as the overlap may go and the word behind the end still fits.
    const std::size_t most = std::min(budget / kOverlapShare, budget - pieces[now.end].size());
    std::size_t next = now.end;
    for (std::size_t again = 0; next > now.begin + 1 && again + pieces[next - 1].size() <= most; --next)
      again += pieces[next - 1].size();
    now.answers_to = next + (now.end - next + 1) / 2;
    cuts.push_back(now);
    now = {.begin = next, .end = next, .answers_from = now.answers_to, .answers_to = now.answers_to};
  }
  return cuts;
}

WordWindow window_of(const text::SpecialIds& special, const Pieces& pieces, const Cut& cut) {
  WordWindow window;
  window.ids.push_back(special.cls);
  for (std::size_t word = cut.begin; word < cut.end; ++word) {
    if (word >= cut.answers_from && word < cut.answers_to)
      window.rows.push_back(static_cast<std::int32_t>(window.ids.size()));
    window.ids.insert(window.ids.end(), pieces[word].begin(), pieces[word].end());
  }
  window.ids.push_back(special.sep);
  return window;
}

enum class Kind : std::uint8_t { kBlank, kAlone, kMark, kLetter };

Kind kind_of(char32_t c) {
  using text::Category;
  if (text::is_whitespace(c)) return Kind::kBlank;
  if (text::is_cjk_ideograph(c)) return Kind::kAlone;
  const Category category = text::category(c);
  return category == Category::kPunctuation || (category == Category::kSymbol && c != text::kReplacementCharacter)
             ? Kind::kMark
             : Kind::kLetter;
}

bool is_apostrophe(char32_t c) { return c == U'\'' || c == U'\u2019'; }
// Full-width and ideographic marks never stand inside a word.
bool joins(char32_t c) { return c < 0x3000; }

struct Place {
  text::CodePoint point;
  Kind kind;
  std::size_t byte;
};

std::vector<Place> places_of(std::string_view text) {
  std::vector<Place> places;
  for (std::size_t byte = 0; byte < text.size();) {
    const text::CodePoint point = text::decode_code_point(text, byte);
    places.push_back({point, kind_of(point.value), byte});
    byte += static_cast<std::size_t>(point.bytes);
  }
  return places;
}

// One past the last place of the word that begins at `begin`.
std::size_t word_end(const std::vector<Place>& places, std::size_t begin) {
  const auto kind = [&](std::size_t i) { return i < places.size() ? places[i].kind : Kind::kBlank; };
  const auto is_clitic = [&](std::size_t i) {
    return i + 1 < places.size() && is_apostrophe(places[i].point.value) &&
           (places[i + 1].point.value | 0x20) == U's' && kind(i + 2) != Kind::kLetter;
  };
  if (kind(begin) == Kind::kAlone) return begin + 1;
  if (kind(begin) == Kind::kMark) {
    const bool behind_letter = begin > 0 && kind(begin - 1) == Kind::kLetter;
    return behind_letter && is_clitic(begin) ? begin + 2 : begin + 1;
  }
  std::size_t end = begin + 1;
  while (kind(end) == Kind::kLetter || (kind(end) == Kind::kMark && kind(end + 1) == Kind::kLetter &&
                                        joins(places[end].point.value) && !is_clitic(end)))
    ++end;
  return end;
}

}  // namespace

WordEncoding encode_words(const text::Tokenizer& tokenizer, std::span<const std::string> words,
                          std::int64_t max_length) {
  CHECK(max_length >= 3, "a window needs room for a word between [CLS] and [SEP]");
  const auto budget = static_cast<std::size_t>(max_length - 2);
  WordEncoding out;
  out.word_count = static_cast<std::int64_t>(words.size());
  const Pieces pieces = pieces_of(tokenizer, words, budget, out);
  for (const Cut& range : cut(pieces, budget)) {
    out.windows.push_back(window_of(tokenizer.special_ids(), pieces, range));
    out.token_count += static_cast<std::int64_t>(out.windows.back().ids.size());
  }
  return out;
}

std::vector<PlacedWord> split_words(std::string_view text) {
  const std::vector<Place> places = places_of(text);
  const auto byte_at = [&](std::size_t i) { return i < places.size() ? places[i].byte : text.size(); };
  std::vector<PlacedWord> words;
  for (std::size_t i = 0; i < places.size();) {
    if (places[i].kind == Kind::kBlank) {
      ++i;
      continue;
    }
    const std::size_t end = word_end(places, i);
    words.push_back({.text = std::string(text.substr(byte_at(i), byte_at(end) - byte_at(i))),
                     .begin = static_cast<std::int64_t>(i),
                     .end = static_cast<std::int64_t>(end),
                     .begin_byte = static_cast<std::int64_t>(byte_at(i)),
                     .end_byte = static_cast<std::int64_t>(byte_at(end))});
    i = end;
  }
  return words;
}

}  // namespace yupu::tasks
