// Questions put to a fitted method: scores over the whole catalogue, candidates, ranks.
//   candidate  an item the user had not touched before, and that could be had: created by then, or not said when; what
//              turned out to be wanted always is
//   fallback   where a method gives all candidates one score (a user without history) the fallback's scores stand in,
//              the same for every method
// Threads  one owner.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "products/recommend/collection.h"
#include "products/recommend/evaluate/figures.h"
#include "products/recommend/evaluate/questions.h"
#include "products/recommend/methods/method.h"

namespace yupu::recommend {

// Everything a question leads to.  Valid until the next one is asked.
struct Answer {
  const Question& question;
  Moment moment;
  std::span<const float> scores;
  std::span<const std::uint8_t> candidate;  // 1 where an item is; wanted items are
  bool by_fallback = false;
  // The wanted items among those for which `counts` says so; the other wanted ones are left out of the list.
  template <class Counts>
  std::vector<Placing> placings(const Counts& counts) const;
  std::vector<std::uint32_t> first(std::size_t count) const;  // best first, equal ones by number
};

class Asker {
 public:
  // All must outlive it; `fallback` may be null: none.
  Asker(const Collection& collection, const Method& method, const Method* fallback);
  Answer ask(const Question& question);

 private:
  bool says_nothing() const;

  const Collection& collection_;
  const Method& method_;
  const Method* fallback_;
  std::vector<float> scores_;
  std::vector<std::uint8_t> candidate_;
};

// The mean over users of nDCG@10: what settings are chosen by.
double mean_ndcg(const Collection& collection, const Method& method, const Method* fallback,
                 std::span<const Question> questions);

template <class Counts>
std::vector<Placing> Answer::placings(const Counts& counts) const {
  std::vector<Placing> placed;
  for (const std::uint32_t item : question.wanted) {
    if (counts(item)) placed.push_back({.item = item, .ahead = 0, .score = scores[item]});
  }
  if (placed.empty()) return placed;
  std::vector<std::uint8_t> other(candidate.begin(), candidate.end());
  for (const std::uint32_t item : question.wanted) other[item] = 0;
  for (std::size_t item = 0; item < other.size(); ++item) {
    if (other[item] == 0) continue;
    for (Placing& placing : placed) placing.ahead += scores[item] >= placing.score ? 1 : 0;
  }
  return placed;
}

}  // namespace yupu::recommend
