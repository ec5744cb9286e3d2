#include "tasks/tokens/word_features.h"

#include <algorithm>
#include <initializer_list>

#include "text/ngrams/feature_hash.h"
#include "text/unicode.h"

namespace yupu::tasks {
namespace {

constexpr std::size_t kAffixMax = 4;
constexpr std::size_t kNeighbourSuffixLength = 3;
constexpr int kWindow = 2;

// What a hash is of.  These numbers stand in saved models, in the hashes: they never change.
enum class Template : std::uint8_t {
  kWord = 1,
  kLower,
  kPrefix,
  kSuffix,
  kShape,
  kShortShape,
  kNeighbourSuffix,
  kPair,
  kAroundPair,
  kThree,
  kShapes,
};

std::u32string lower_points(std::u32string_view word) {
  std::u32string out;
  for (const char32_t c : word) text::append_lower(out, c);
  return out;
}

bool is_upper(char32_t c) {
  std::u32string lower;
  text::append_lower(lower, c);
  return lower.size() != 1 || lower[0] != c;
}

char32_t shape_of(char32_t c) {
  using text::Category;
  if (text::is_cjk_ideograph(c)) return U'c';
  switch (text::category(c)) {
    case Category::kLetter:
      return is_upper(c) ? U'X' : U'x';
    case Category::kMarkNonspacing:
    case Category::kMarkOther:
      return U'x';
    case Category::kNumber:
      return U'd';
    case Category::kPunctuation:
    case Category::kSymbol:
      return c;
    default:
      return U'?';
  }
}

std::u32string shape_points(std::u32string_view word) {
  std::u32string out;
  for (const char32_t c : word) out.push_back(shape_of(c));
  return out;
}

std::u32string runs_as_one(std::u32string_view points) {
  std::u32string out(points);
  out.erase(std::unique(out.begin(), out.end()), out.end());
  return out;
}

std::uint64_t hash_of(std::u32string_view points) {
  text::FeatureHash hash;
  for (const char32_t c : points) hash.add(c);
  return hash.finish();
}

// What the features of a word and of its neighbours are made of.
struct Parts {
  std::u32string lower_text;
  std::uint64_t word = 0, lower = 0, shape = 0, short_shape = 0, suffix = 0;
};

std::u32string_view suffix_of(std::u32string_view word, std::size_t length) {
  return word.substr(word.size() - std::min(length, word.size()));
}

Parts parts_of(std::string_view word) {
  const std::u32string points = text::decode_utf8(word).code_points;
  const std::u32string shape = shape_points(points);
  const std::u32string lower = lower_points(points);
  return {.lower_text = lower,
          .word = hash_of(points),
          .lower = hash_of(lower),
          .shape = hash_of(shape),
          .short_shape = hash_of(runs_as_one(shape)),
          .suffix = hash_of(suffix_of(lower, kNeighbourSuffixLength))};
}

// What stands for the words outside the sentence.
Parts outside() {
  constexpr std::uint64_t kOutside = 1;
  return {.lower_text = {}, .word = kOutside, .lower = kOutside, .short_shape = kOutside};
}

class Features {
 public:
  // `which`: the place of the first of the hashes, from the word, or a length.
  void add(Template what, int which, std::initializer_list<std::uint64_t> hashes) {
    text::FeatureHash hash;
    hash.add(static_cast<char32_t>(what));
    hash.add(static_cast<char32_t>(which + kWindow));
    for (const std::uint64_t part : hashes) hash.add_hash(part);
    out.push_back(hash.finish());
  }
  std::vector<std::uint64_t> out;
};

void add_affixes(const Parts& word, Features& features) {
  const std::u32string_view text = word.lower_text;
  for (std::size_t length = 1; length <= std::min(kAffixMax, text.size()); ++length) {
    features.add(Template::kPrefix, static_cast<int>(length), {hash_of(text.substr(0, length))});
    features.add(Template::kSuffix, static_cast<int>(length), {hash_of(suffix_of(text, length))});
  }
}

// `around`: the parts of the words from -kWindow to kWindow, the word itself in the middle; `none` where there is none.
std::vector<std::uint64_t> features_of(std::span<const Parts* const> around, const Parts* none) {
  const auto at = [&](int place) -> const Parts& { return *around[static_cast<std::size_t>(place + kWindow)]; };
  Features features;
  for (int place = -kWindow; place <= kWindow; ++place) {
    const Parts& word = at(place);
    features.add(Template::kWord, place, {word.word});
    if (&word == none) continue;
    features.add(Template::kLower, place, {word.lower});
    features.add(Template::kShortShape, place, {word.short_shape});
    if (place != 0) features.add(Template::kNeighbourSuffix, place, {word.suffix});
  }
  features.add(Template::kShape, 0, {at(0).shape});
  add_affixes(at(0), features);
  for (int place = -kWindow; place < kWindow; ++place)
    features.add(Template::kPair, place, {at(place).lower, at(place + 1).lower});
  features.add(Template::kAroundPair, -1, {at(-1).lower, at(1).lower});
  for (int place = -kWindow; place <= 0; ++place)
    features.add(Template::kThree, place, {at(place).lower, at(place + 1).lower, at(place + 2).lower});
  features.add(Template::kShapes, -1, {at(-1).short_shape, at(0).short_shape, at(1).short_shape});
  return std::move(features.out);
}

}  // namespace

std::string shape(std::string_view word) {
  return text::encode_utf8(shape_points(text::decode_utf8(word).code_points));
}

std::string short_shape(std::string_view word) {
  return text::encode_utf8(runs_as_one(shape_points(text::decode_utf8(word).code_points)));
}

std::vector<std::vector<std::uint64_t>> word_features(std::span<const std::string> words) {
  const Parts none = outside();
  std::vector<Parts> parts;
  parts.reserve(words.size());
  for (const std::string& word : words) parts.push_back(parts_of(word));
  std::vector<std::vector<std::uint64_t>> out;
  out.reserve(words.size());
  for (std::size_t i = 0; i < words.size(); ++i) {
    std::vector<const Parts*> around;
    for (std::size_t j = i; j <= i + 2 * kWindow; ++j) {  // word j - kWindow
      const bool inside = j >= kWindow && j - kWindow < words.size();
      around.push_back(inside ? &parts[j - kWindow] : &none);
    }
    out.push_back(features_of(around, &none));
  }
  return out;
}

}  // namespace yupu::tasks
