// How well lists answer questions (evaluate/questions.h), averaged over users, with intervals.
//   recall@20  the share of the wanted items among the first 20
//   nDCG@10    DCG / DCG of the best order, DCG = sum over wanted items among the first 10 of 1 / log2(1 + rank)
//   MRR        1 / rank of the first wanted item, however far down
// Ranks are over the whole catalogue, no sample of it (Krichene, Rendle 2020, KDD'20).  Among equal scores what is not
// wanted stands first: a score that says nothing earns nothing.
// A user's figure is the mean over their questions, a method's the mean over users; the interval is the 2.5th to the
// 97.5th percentile of that mean over users drawn anew with replacement (Efron, Tibshirani 1993, 13.3).
// Threads  pure functions; the tally has one owner.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <utility>
#include <vector>

#include "base/json.h"

namespace yupu::recommend {

inline constexpr std::int64_t kRecallDepth = 20;
inline constexpr std::int64_t kListDepth = 10;  // of nDCG, and of the lists coverage is about

// What a place in a list is worth, from rank 1 on: 1 / log2(1 + rank).
double discount(std::int64_t rank);

// A wanted item in a list.
struct Placing {
  std::uint32_t item = 0;
  std::int64_t ahead = 0;  // candidates that are not wanted and score as much or more
  float score = 0.0f;
};

struct ListFigures {
  double recall = 0.0, ndcg = 0.0, mrr = 0.0;
};
// REQUIRES: at least one.
ListFigures list_figures(std::span<const Placing> wanted);

// nDCG@10 of a list as it stands: items best first, no more than kListDepth; `wanted` is ascending, at least one.
double list_ndcg(std::span<const std::uint32_t> list, std::span<const std::uint32_t> wanted);

struct Interval {
  double value = 0.0, low = 0.0, high = 0.0;
  OrderedJson to_json() const;
};
// Of the mean.  The same seed and count draw the same places, so that intervals of two methods over the same users are
// paired.  No values: zeros.
Interval bootstrap_mean(std::span<const double> values, std::uint64_t seed, std::size_t resamples);

// Figures by user.
class UserTally {
 public:
  void add(std::uint32_t user, const ListFigures& figures);
  std::size_t user_count() const { return users_.size(); }
  std::int64_t question_count() const { return questions_; }
  // One mean a user, in order of users.
  std::vector<double> recall() const { return means(&ListFigures::recall); }
  std::vector<double> ndcg() const { return means(&ListFigures::ndcg); }
  std::vector<double> mrr() const { return means(&ListFigures::mrr); }

 private:
  std::vector<double> means(double ListFigures::*figure) const;
  std::map<std::uint32_t, std::pair<ListFigures, std::int64_t>> users_;  // sums and counts
  std::int64_t questions_ = 0;
};

// What lists of kListDepth are like, over all questions.
struct CatalogueFigures {
  double coverage = 0.0;  // the share of the catalogue that stands in any list
  double gini = 0.0;      // of how often items stand in lists: 0 all alike, 1 one item alone
  double novelty = 0.0;   // mean of -log2 of the share of training users who had touched the item (none counts as one)
};
// `listed`, `users_of`: one number an item.
CatalogueFigures catalogue_figures(std::span<const std::int64_t> listed, std::span<const float> users_of,
                                   std::size_t user_count);

}  // namespace yupu::recommend
