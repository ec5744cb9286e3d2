// Probable label errors from out-of-sample probabilities, after confident learning: Northcutt, Jiang, Chuang 2021,
// arXiv:1911.00068, sections 3.1 and 3.2.
//
//   confidence  t_j = mean of p_ij over the rows labelled j: how sure the model usually is of that label
//   suggested   the j of largest p_ij
//   error       a row whose label is not the suggested one and has less than kDoubt of its usual confidence
//   overlap     two labels: the rows of either for which the other is suggested, over the rows of both
// Where we depart from the paper: there an error needs a *suggested* label that reaches its own t_j, here the *given*
// label must miss its by far.  Measured with 5 % of the labels flipped (docs/data-checks.md): where classes are many
// and confidence is low, the paper's rule finds fewer of the flips among more rows. Threads  pure functions.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace yupu::data {

// rows[i]: probabilities of row i over the K labels, from a model that has not seen the row.
using Probabilities = std::vector<std::vector<float>>;

struct LabelError {
  std::size_t row = 0;
  std::int32_t suggested = 0;
  double given_probability = 0.0;
  double suggested_probability = 0.0;
};
inline constexpr double kDoubt = 0.15;
// By margin (suggested less given probability), largest first.  REQUIRES: labels in [0, K), rows of K.
std::vector<LabelError> find_label_errors(const Probabilities& rows, std::span<const std::int32_t> labels);

struct Overlap {
  std::int32_t first = 0;
  std::int32_t second = 0;
  std::int64_t rows = 0;  // suggested across
  double share = 0.0;     // of the rows of both
};
// Pairs of at least `rows_least` rows and `share_least`, largest share first.
struct OverlapLimits {
  std::int64_t rows_least = 5;
  double share_least = 0.2;
};
std::vector<Overlap> find_overlaps(const Probabilities& rows, std::span<const std::int32_t> labels,
                                   const OverlapLimits& limits = {});

}  // namespace yupu::data
