// Several signs of whether a text is in scope, read as one: logistic regression.
//
//   score(x) = b + sum_i w_i x_i      the log-odds of "in scope", over
//   probability   ln(p / (1-p)), p the calibrated probability of the best label, held within 1e-6 of 0 and 1
//   energy        ln sum_k exp z_k over the labels' logits
//   mahalanobis   minus the squared distance to the nearest class (scope.h)
//   background    ln((1-p) / p), p the probability of the background output, a label of its own (classifier.h)
//   agreement     sum_k sqrt(p_k q_k), p and q what the encoder and the wide branch alone give: 1 alike, 0 disjoint
//                 (Bhattacharyya 1943)
// Fitted by Newton's method on standardised signs, minimising the negative log-likelihood + |w|^2 / 2 (the intercept is
// free): there is one minimum even when the rows can be parted without a mistake.
// Threads  const members and free functions any.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "base/status.h"

namespace yupu::tasks {

enum class ScopeSign : std::uint8_t { kProbability = 0, kEnergy, kMahalanobis, kBackground, kAgreement };
inline constexpr std::array<std::string_view, 5> kScopeSignNames = {"probability", "energy", "mahalanobis",
                                                                    "background", "agreement"};

// One text's signs, in the order of ScopeSign; nothing where the model has none.
using ScopeSigns = std::array<std::optional<double>, kScopeSignNames.size()>;

double log_odds(double probability);  // held within 1e-6 of 0 and 1
// REQUIRES: logits of equal, positive width.
double branch_agreement(std::span<const float> encoder, std::span<const float> wide);

struct ScopeCombination {
  std::vector<ScopeSign> signs;  // those that every row had
  std::vector<double> weights;   // one each, of the signs as they are
  double bias = 0.0;

  bool uses(ScopeSign sign) const;
  // REQUIRES: the text has every sign of `signs`.
  double score(const ScopeSigns& text) const;

  // {"signs": {"probability": weight, ...}, "bias"}
  OrderedJson to_json() const;
  // Outcomes  kInvalidArgument naming the member.
  static Result<ScopeCombination> from_json(const Json& json, std::string_view where);
};

struct SignedRow {
  ScopeSigns signs;
  bool in_scope = true;
};

// REQUIRES: a row of either kind.
ScopeCombination fit_combination(std::span<const SignedRow> rows);
// The score of every row by a combination that was fitted without it (five folds, row i in fold i mod 5): what rows
// that were not there to fit on will look like.  A fold whose rest lacks a kind is scored by the combination of all.
// REQUIRES: a row of either kind.
std::vector<double> cross_fitted_scores(std::span<const SignedRow> rows);

}  // namespace yupu::tasks
