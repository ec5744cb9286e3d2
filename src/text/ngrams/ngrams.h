// Word and character n-grams of a text, hashed: the features of a linear text classifier.  Cavnar, Trenkle 1994
// (character n-grams); Weinberger et al. 2009, arXiv:0902.2206 (hashing).
//
//   text -> NFKC, lower case -> words (runs of letters, marks and numbers; a CJK ideograph is a word of its own)
//   kWord  1 to 2 words in a row
//   kChar  1 to 4 code points of a run without whitespace, a space before and after it ("wb": never across runs)
//
// A hash is 64 bits of the n-gram's UTF-8; its lowest bit is the kind (0 word, 1 character), so the two never collide.
// Only the first kNgramCodePointsMax code points are read: the work for one text is bounded.  Threads: pure functions.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

namespace yupu::text {

inline constexpr std::size_t kNgramCodePointsMax = 2048;

struct NgramCount {
  std::uint64_t hash = 0;
  std::int32_t count = 0;
  bool is_char() const { return (hash & 1) != 0; }
  bool operator==(const NgramCount&) const = default;
};

// By hash, each once.  Invalid UTF-8 counts as U+FFFD.
std::vector<NgramCount> count_ngrams(std::string_view text);

// Some features of a text with their values: one row of a sparse matrix, by index, each once.
struct SparseRow {
  std::vector<std::int32_t> indices;
  std::vector<float> values;
};

}  // namespace yupu::text
