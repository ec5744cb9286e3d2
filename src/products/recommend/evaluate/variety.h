// What variety costs: the first ten as a method orders them, and as a shop puts its candidates (serve/diversity.h).
//   likeness  of a list: the mean over its pairs of how alike two items are, as serve/diversity.h says
//   nDCG@10   of a list as it stands; an item that is not in it earns nothing
// A user's figure is the mean over their questions, as everywhere (figures.h); intervals are paired by user.
// Threads  one owner.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <vector>

#include "base/json.h"
#include "products/recommend/collection.h"
#include "products/recommend/evaluate/asking.h"
#include "products/recommend/evaluate/figures.h"
#include "products/recommend/methods/methods.h"
#include "products/recommend/serve/rules.h"

namespace yupu::recommend {

struct VarietyFigures {
  Interval likeness, varied_likeness;
  Interval ndcg, varied_ndcg;
  Interval ndcg_lost;  // nDCG@10 less that of the varied list
  // How much less alike the varied lists are, and how much less nDCG@10 they have, as shares of what it was.
  double likeness_saved_share() const;
  double ndcg_lost_share() const;
  OrderedJson to_json() const;
};

class VarietyTally {
 public:
  // All must outlive it.  Vectors are the tower's; without one, tags say what is alike.
  VarietyTally(const Collection& collection, const Tools& tools, const ListRules& rules);
  void add(const Answer& answer);
  VarietyFigures figures(std::uint64_t seed, std::size_t resamples) const;

 private:
  enum Figure : std::uint8_t { kLikeness, kVariedLikeness, kNdcg, kVariedNdcg, kFigures };
  struct Sums {
    std::array<double, kFigures> values = {};
    std::int64_t questions = 0;
  };
  std::vector<double> means(Figure figure) const;  // one a user, in order of users

  const Collection& collection_;
  const ItemVectors* vectors_;
  const std::vector<double> mean_vector_;  // of these
  const ListRules& rules_;
  std::map<std::uint32_t, Sums> users_;
};

}  // namespace yupu::recommend
