// A list that is not ten times the same, after Carbonell, Goldstein 1998, SIGIR'98 (maximal marginal relevance):
//   next = argmax over what is left of  relevance * r(i) - (1 - relevance) * mean over chosen j of sim(i, j)
// and what was chosen stands in the order of r: what is there for variety's sake need not stand on top for it.
// r: what the candidate's place is worth, 1 / log2(1 + place) as nDCG has it (discount), since scores of one method are
// spread otherwise than those of another; times its freshness, plus its lift (policy.h).  sim: the cosine of the items'
// vectors about the mean of all, 0 at least, where they have some (a tower's have much in common, and a cosine of the
// whole of them calls everything alike); else tags in common over tags of both (Jaccard).  The mean, not the largest as
// in the paper: it is what the likeness of a whole list is made of, and less is given up for as much variety
// (docs/recommend.md, Measured).
// No tag stands on more than tag_share of the list, rounded up, while something else is left; none on more than its own
// cap, where it has one, also when that leaves the list short.  Threads  pure function.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <vector>

#include "products/recommend/serve/rules.h"

namespace yupu::recommend {

// Of length one, or zero (methods/text/item_vectors.h).
std::vector<float> about_mean(std::span<const float> vector, std::span<const double> mean);

struct Choice {
  std::span<const std::uint32_t> tags = {};  // ascending, each once
  double freshness = 1.0, lift = 0.0;
  std::vector<float> vector = {};  // about the mean; empty: none
};
// sim above, from 0 to 1.
double likeness(const Choice& one, const Choice& other);

inline constexpr std::size_t kChosenFrom = 200;  // candidates that a list is chosen from
// Places among `choices` (the best first), at most `count`, in the order of the list.  Of equal ones the earlier.
std::vector<std::size_t> diversified(std::span<const Choice> choices, std::size_t count, const ListRules& rules = {},
                                     const std::map<std::uint32_t, std::size_t>& caps = {});

}  // namespace yupu::recommend
