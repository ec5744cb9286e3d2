// How a vocabulary of pieces is learned (byte-pair encoding, Sennrich et al. 2016, arXiv:1508.07909): words are counted
// once; then the most frequent neighbours are merged, one pair after another.
//
// Merges run on distinct words.  Each pair of neighbours knows its count and the words it stands in, and a heap hands
// out the most frequent pair.  A heap entry may be stale (counts only fall while it waits): it is compared with the
// live count when popped and put back corrected, so a merge touches only the words it changes.
// Ties go to the pair that is smaller as text, never to a hash order.   Threads  one owner.
#pragma once

#include <cstdint>
#include <optional>
#include <queue>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace yupu::text {

class PairMerging {
 public:
  using Symbol = std::int32_t;  // index of a piece
  using Join = std::string (*)(std::string_view left, std::string_view right);
  struct Merge {
    Symbol left, right;
  };

  // A pair seen less often than `min_frequency` is not merged.  `join`: the text of two pieces merged.
  PairMerging(std::int64_t min_frequency, Join join) : min_frequency_(min_frequency), join_(join) {}

  Symbol add(const std::string& piece);  // that of an equal piece, when there is one
  std::optional<Symbol> find(const std::string& piece) const;
  void add_word(std::vector<Symbol> symbols, std::int64_t count);

  // Merges until there are `pieces_max` pieces or no pair is frequent enough.  Returns the merges in the order made.
  // Call once.
  std::vector<Merge> run(std::size_t pieces_max);
  const std::vector<std::string>& pieces() const { return pieces_; }

 private:
  static constexpr Symbol kNoSymbol = -1;
  struct CountedWord {
    std::vector<Symbol> symbols;
    std::int64_t count;
  };
  struct PairInfo {
    std::int64_t count = 0;
    std::vector<std::int32_t> words;  // where it stood when it was made; a word may have lost it since
  };
  struct Candidate {
    std::int64_t count;
    std::uint64_t pair;
  };
  struct Worse {
    const std::vector<std::string>* pieces;
    bool operator()(const Candidate& a, const Candidate& b) const;
  };

  void count_pairs(std::int32_t word_index, std::int64_t sign, Symbol made);
  void push(std::uint64_t pair, std::int64_t count);
  void merge(std::uint64_t pair, std::vector<std::int32_t> word_indices);

  std::int64_t min_frequency_;
  Join join_;
  std::vector<std::string> pieces_;
  std::unordered_map<std::string, Symbol> symbols_;
  std::vector<CountedWord> words_;
  std::unordered_map<std::uint64_t, PairInfo> pairs_;
  std::vector<std::uint64_t> changed_;
  std::priority_queue<Candidate, std::vector<Candidate>, Worse> heap_{Worse{&pieces_}};
};

}  // namespace yupu::text
