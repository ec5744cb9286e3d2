// How strongly each place of a list draws clicks, told apart from what stands there: a conditional logit over the
// clicks of given lists (McFadden 1974), with a share for the place and one, linear, for the row's features.
//   P(a click is on row i) = exp(g[place_i] + b . x_i) / sum over i and the rows not clicked, k:  exp(g[place_k] + b .
//   x_k)
// g is what boosting is offset by (RankingGroups::offsets), so that trees need not learn it: it reaches over several
// nats, more than small steps of shrunken leaves come to.  It is told apart from b where lists were not all ordered
// alike. Threads  pure function; the same rows give the same g.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "products/recommend/methods/ranker/boosting/lambda_mart.h"

namespace yupu::recommend {

inline constexpr std::int64_t kPlacesMost = 50;  // places from here on are one

// g of places 1, 2, ...; `positions`: of the last rows of `groups`, from `first_group` on.
// REQUIRES: positions from 1 on, one a row.
std::vector<float> position_pull(const RankingGroups& groups, std::size_t first_group,
                                 std::span<const std::int64_t> positions);

inline std::size_t place_of(std::int64_t position) {
  return static_cast<std::size_t>(position < kPlacesMost ? position : kPlacesMost) - 1;
}

}  // namespace yupu::recommend
