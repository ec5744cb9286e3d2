// The second order: the first of a ranker's candidates, read again by somebody who reads the user's last items beside
// the candidate (cross/pair_scorer.h), and put in order by trees that have that score beside every other feature.
//   columns  two behind those of stage one, named after the scorer: the score, and that over the largest of the moment.
//            NaN: the row was not read, or not in time.  Trees learn which way such a row goes.
//   order    the first `top` by the first order change places among themselves; all others stay below them, in theirs.
//            Where no score arrived, or no trees were learned, the first order stands.
//   learned  from questions, of which every kUnreadEvery-th is left unread, so that trees know rows without a score;
//            and from the lists that were given, with the scores that had arrived then
// Nothing at or after the moment is read: a query is made of the history alone.
// Threads  as methods.
#pragma once

#include <cstddef>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "products/recommend/methods/cross/pair_scorer.h"
#include "products/recommend/methods/method.h"
#include "products/recommend/methods/ranker/boosting/lambda_mart.h"
#include "products/recommend/methods/ranker/forest.h"

namespace yupu::recommend {

inline constexpr std::size_t kUnreadEvery = 10;

class SecondOrder {
 public:
  // `scorer` null or `top` 0: there is none, and no column.  Both `scorer` and `texts`, one an item, must outlive it.
  SecondOrder(const PairScorer* scorer, std::span<const std::string> texts, std::size_t top);

  bool is_there() const { return scorer_ != nullptr && top_ > 0; }
  bool has_trees() const { return !forest_.is_empty(); }
  std::size_t width() const { return is_there() ? 2 : 0; }  // columns
  void add_names(std::vector<std::string>& names) const;

  // Places of the first `top` scores, the best first; of equal ones the earlier.
  std::vector<std::size_t> first_of(std::span<const float> scores) const;
  // Of each item, read for this moment, in this order.
  using Scores = std::vector<std::optional<float>>;
  Scores read(const Moment& moment, std::span<const std::uint32_t> items) const;
  // Rows of `width` features, with the columns: those of places[i] from read[i], NaN for all others.
  std::vector<float> widened(std::span<const float> rows, std::size_t width, std::span<const std::size_t> places,
                             const Scores& read) const;
  // Gives the rows at `places` scores of the second order, and all others scores below them.  `rows` are widened;
  // `places` of first_of.
  void put_in_order(std::span<const float> rows, std::span<const std::size_t> places, std::span<float> scores) const;

  // Outcomes  those of lambda_mart.  Nothing in the groups to tell rows apart by: no trees.
  Status learn(const RankingGroups& groups, const BoostingShape& shape);
  void forget() { forest_ = {}; }
  void take_trees(const SecondOrder& other) { forest_ = other.forest_; }

 private:
  const PairScorer* scorer_;
  std::span<const std::string> texts_;
  std::size_t top_;
  Forest forest_;
};

}  // namespace yupu::recommend
