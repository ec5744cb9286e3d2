#include "text/ngrams/ngrams.h"

#include <algorithm>
#include <string>

#include "text/ngrams/feature_hash.h"
#include "text/unicode.h"

namespace yupu::text {
namespace {

constexpr std::size_t kWordsMax = 2;
constexpr std::size_t kCharsMax = 4;
constexpr std::uint64_t kCharKind = 0x5bd1e995;

// The lowest bit says what it is.
std::uint64_t word_hash(const FeatureHash& hash) { return hash.finish() & ~1ULL; }
std::uint64_t char_hash(const FeatureHash& hash) { return hash.finish() | 1ULL; }

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
    FeatureHash hash;
    for (std::size_t n = 0; n < kWordsMax && i + n < words.size(); ++n) {
      if (n > 0) hash.add(U' ');
      for (const char32_t c : words[i + n]) hash.add(c);
      hashes.push_back(word_hash(hash));
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
      FeatureHash hash(kCharKind);
      for (std::size_t n = 0; n < kCharsMax && begin + n < run.size(); ++n) {
        hash.add(run[begin + n]);
        if (n > 0 || run[begin] != U' ') hashes.push_back(char_hash(hash));
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
