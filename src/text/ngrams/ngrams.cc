#include "text/ngrams/ngrams.h"

#include <algorithm>
#include <string>

#include "text/unicode.h"

namespace yupu::text {
namespace {

constexpr std::size_t kWordsMax = 2;
constexpr std::size_t kCharsMax = 4;
constexpr std::uint64_t kFnvBasis = 0xcbf29ce484222325;
constexpr std::uint64_t kFnvPrime = 0x100000001b3;

// FNV-1a over the code points' bytes, then the finaliser of MurmurHash3 so that every bit depends on every other.
class Hasher {
 public:
  explicit Hasher(bool is_char) : is_char_(is_char), state_(kFnvBasis ^ (is_char ? 0x5bd1e995ULL : 0ULL)) {}
  void add(char32_t code_point) {
    for (int shift = 0; shift < 24; shift += 8) state_ = (state_ ^ ((code_point >> shift) & 0xff)) * kFnvPrime;
  }
  std::uint64_t finish() const {
    std::uint64_t h = state_;
    h = (h ^ (h >> 33)) * 0xff51afd7ed558ccd;
    h = (h ^ (h >> 33)) * 0xc4ceb9fe1a85ec53;
    h ^= h >> 33;
    return (h & ~1ULL) | (is_char_ ? 1ULL : 0ULL);
  }

 private:
  bool is_char_;
  std::uint64_t state_;
};

std::vector<std::u32string_view> words_of(std::u32string_view text) {
  std::vector<std::u32string_view> words;
  for (std::size_t i = 0; i < text.size();) {
    if (!is_word_part(text[i])) {
      ++i;
      continue;
    }
    std::size_t end = i + 1;
    if (!is_cjk_ideograph(text[i])) {
      while (end < text.size() && is_word_part(text[end]) && !is_cjk_ideograph(text[end])) ++end;
    }
    words.push_back(text.substr(i, end - i));
    i = end;
  }
  return words;
}

void add_words(std::u32string_view text, std::vector<std::uint64_t>& hashes) {
  const auto words = words_of(text);
  for (std::size_t i = 0; i < words.size(); ++i) {
    Hasher hasher(false);
    for (std::size_t n = 0; n < kWordsMax && i + n < words.size(); ++n) {
      if (n > 0) hasher.add(U' ');
      for (const char32_t c : words[i + n]) hasher.add(c);
      hashes.push_back(hasher.finish());
    }
  }
}

void add_chars(std::u32string_view text, std::vector<std::uint64_t>& hashes) {
  for (std::size_t i = 0; i < text.size();) {
    if (is_whitespace(text[i])) {
      ++i;
      continue;
    }
    std::u32string run(1, U' ');
    while (i < text.size() && !is_whitespace(text[i])) run.push_back(text[i++]);
    run.push_back(U' ');
    for (std::size_t begin = 0; begin < run.size(); ++begin) {
      Hasher hasher(true);
      for (std::size_t n = 0; n < kCharsMax && begin + n < run.size(); ++n) {
        hasher.add(run[begin + n]);
        if (n > 0 || run[begin] != U' ') hashes.push_back(hasher.finish());
      }
    }
  }
}

}  // namespace

std::vector<NgramCount> count_ngrams(std::string_view text) {
  // A code point has at most four bytes: what lies behind these is never read.
  const std::string folded = lower(nfkc(text.substr(0, 4 * kNgramCodePointsMax)));
  std::u32string points = decode_utf8(folded).code_points;
  if (points.size() > kNgramCodePointsMax) points.resize(kNgramCodePointsMax);
  std::vector<std::uint64_t> hashes;
  add_words(points, hashes);
  add_chars(points, hashes);
  std::sort(hashes.begin(), hashes.end());
  std::vector<NgramCount> counts;
  for (const std::uint64_t hash : hashes) {
    if (counts.empty() || counts.back().hash != hash) counts.push_back({.hash = hash, .count = 0});
    ++counts.back().count;
  }
  return counts;
}

}  // namespace yupu::text
