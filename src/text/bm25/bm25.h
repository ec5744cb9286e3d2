// BM25: how well a text answers a query, by the words they share.  Robertson and Zaragoza 2009, "The Probabilistic
// Relevance Framework: BM25 and Beyond", section 3; the idf that is never negative is Lucene's.
//   score(q,d) = sum over the terms t of q, each time it occurs:
//                idf(t) * f (k1 + 1) / (f + k1 (1 - b + b |d| / mean |d|)),   f = times t is in d
//   idf(t)     = ln(1 + (N - n + 0.5) / (n + 0.5)),                           n of N texts have t
// Terms: NFKC and lower case; a run of letters, marks and numbers is a word.  Ideographs, between which nothing marks a
// word, give the pairs of neighbours of their run (a run of one: itself), as Lucene's CJKAnalyzer does.
// Threads  const members any.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace yupu::text {

// In order, with repetitions.  Invalid UTF-8 counts as U+FFFD, which is no word.
std::vector<std::string> bm25_terms(std::string_view text);
// What an index keeps that a query of one ideograph shall hit: bm25_terms, and the single ideographs of each run after
// its pairs.
std::vector<std::string> bm25_index_terms(std::string_view text);

struct Bm25Options {
  double k1 = 1.2;  // how soon a repeated word stops counting
  double b = 0.75;  // 0: length does not matter; 1: it is divided out
};

class Bm25Index {
 public:
  explicit Bm25Index(std::span<const std::string> texts, Bm25Options options = {});

  std::size_t text_count() const { return lengths_.size(); }
  // One score per text, in order; 0: not a term in common.
  std::vector<double> scores(std::string_view query) const;

 private:
  struct Posting {
    std::uint32_t text;
    std::uint32_t count;
  };
  Bm25Options options_;
  std::vector<std::uint32_t> lengths_;  // terms of each text
  double mean_length_ = 0.0;
  std::unordered_map<std::string, std::vector<Posting>> postings_;
};

}  // namespace yupu::text
