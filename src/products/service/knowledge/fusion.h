// Reciprocal rank fusion: several orders of the same things become one.  Cormack, Clarke, Buettcher 2009, "Reciprocal
// rank fusion outperforms Condorcet and individual rank learning methods", SIGIR'09.
//   score(d) = sum over the lists that have d of the list's weight / (60 + rank of d), the best rank being 1
// The paper's weights are all 1.
// Threads: pure function.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace yupu::products {

struct Ranked {
  std::int64_t id = 0;
  double score = 0.0;  // more is better
};

// Best first; of equal ones the lower id is first.  Scores of the lists are not read, only their order.
// REQUIRES: a weight for every list.
std::vector<Ranked> fuse(std::span<const std::vector<Ranked>> lists, std::span<const double> weights);

// `before` with its first ones in an order between their own (weight 0) and that of `read` (weight 1), which are the
// same things: by
//   (1 - weight) / (60 + rank before) + weight / (60 + rank in read)
// of equal ones the one that stood before the other.  What `read` has not stays behind them as it was, below zero. With
// weight 0 it is `before` as it was, with weight 1 `read` has its own scores.
std::vector<Ranked> blend(std::span<const Ranked> before, std::span<const Ranked> read, double weight);

// The order of a list: the higher score first, of equal ones the lower id.
bool is_better(const Ranked& a, const Ranked& b);

}  // namespace yupu::products
