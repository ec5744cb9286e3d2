// How a model's scores are distributed, and how far one week's are from another's.
//
//   bins     stories by the log-odds of being negative, ln p / (1 - p): kScoreBins of equal width over [-6, 6], what is
//            beyond in the outermost. A model that is sure of most has its scores near 0 and 1; here they are apart.
//   PSI      population stability index, sum of (q - p) ln (q / p) over groups of bins that hold a tenth of the
//            reference each; half a story is added to every group. Below 0.1 nothing has moved, from 0.25 on the
//            population is another one (Siddiqi 2006, "Credit Risk Scorecards", section 9).
//   KS       the largest distance of the two distribution functions, and the probability of one as large by chance
//            (Kolmogorov's limit with Stephens' correction, Press et al., "Numerical Recipes", section 14.3).
// Threads: pure functions.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "products/monitor/documents/document.h"

namespace yupu::monitor {

inline constexpr std::size_t kScoreBins = 120;
inline constexpr double kUnsureBelow = 0.6;       // the likeliest sentiment has less than this probability
inline constexpr std::int64_t kStoriesMin = 500;  // of a week; with fewer nothing is said

struct ScoreCounts {
  std::array<std::int64_t, kScoreBins> bins = {};
  std::int64_t unsure = 0;
  void add(const Probabilities& score);
  std::int64_t total() const;
};

// Of the probability of being negative; what is no number in [0, 1] counts as the nearer end.
std::size_t score_bin(double negative);

struct Shift {
  double psi = 0;      // >= 0
  double ks = 0;       // in [0, 1]
  double ks_tail = 1;  // in [0, 1]
};
// REQUIRES: both have stories.
Shift shift_between(const ScoreCounts& reference, const ScoreCounts& now);

enum class DriftVerdict : std::uint8_t { kReference, kTooFew, kSteady, kMoved, kDrifted };
std::string_view verdict_name(DriftVerdict verdict);  // "reference", "too_few", "steady", "moved", "drifted"
// PSI alone of a few stories is noise: what may be chance by KS, one in a thousand, is steady.
DriftVerdict verdict_of(const Shift& shift);

}  // namespace yupu::monitor
