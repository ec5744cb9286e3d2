// Texts by what they are about, without being told how many subjects there are.
//
//   likeness   cosine of two texts: of an embedder's vectors, or of tf-idf over hashed word and character n-grams
//              (text/ngrams; tf = 1 + ln(count), idf = 1 + ln((1 + texts) / (1 + texts with it)); words and characters
//              each scaled to length 1, and half of the likeness each)
//   clusters   average linkage: the two clusters whose texts are most alike on average become one, as long as that
//              average is at least `cosine_least`. Sokal and Michener 1958; by nearest-neighbour chains, Murtagh 1983:
//              O(texts^2) time and memory.
// Cosines are rounded to 2^-20 and summed as integers: an average never depends on the order of summation, chains
// cannot go round in circles, and equal input gives equal clusters.      Threads  pure functions.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace yupu::feedback {

// How alike each two of n texts are, symmetric.
class Likeness {
 public:
  static constexpr std::int64_t kOne = std::int64_t{1} << 20;
  explicit Likeness(std::size_t count) : count_(count), sums_(count * count) {}
  std::size_t count() const { return count_; }
  std::int64_t at(std::size_t i, std::size_t j) const { return sums_[i * count_ + j]; }
  void set(std::size_t i, std::size_t j, std::int64_t value) { sums_[i * count_ + j] = sums_[j * count_ + i] = value; }

 private:
  std::size_t count_;
  std::vector<std::int64_t> sums_;
};

Likeness ngram_likeness(std::span<const std::string> texts);
// REQUIRES: vectors of one width. A vector of zeros is like nothing.
Likeness vector_likeness(std::span<const std::vector<float>> vectors);

// Indices of the texts, ascending in a cluster; clusters by their first text. Every text is in one.
std::vector<std::vector<std::size_t>> average_linkage(Likeness likeness, double cosine_least);

}  // namespace yupu::feedback
