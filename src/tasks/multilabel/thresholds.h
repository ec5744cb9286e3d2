// From which score on a label is said.  The score of a label is sigmoid(z / T): T, one number for all labels, is fitted
// to the validation rows so that scores read as probabilities, as in tasks/classify/calibration.h; the thresholds are
// then sought on the same rows:
//   kFixed      0.5 for every label
//   kShared     one for all labels: the one with the highest micro F1
//   kPerLabel   each label's own: the one with its highest F1 (S-cut: Yang 2001, "A study of thresholding strategies
//               for text categorization", section 3.2).  A label with fewer than kLeastPositives rows to judge by keeps
//               the shared one: a threshold fitted to a handful of rows is fitted to chance.
// A threshold lies half way between two scores that were seen; of equal figures the highest threshold is taken.
// Threads  pure functions.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace yupu::tasks {

enum class ThresholdRule : std::uint8_t { kFixed, kShared, kPerLabel };
inline constexpr std::array kThresholdRules = {"fixed", "shared", "per-label"};  // in the order above
std::optional<ThresholdRule> find_threshold_rule(std::string_view name);

inline constexpr std::int64_t kLeastPositives = 20;
inline constexpr double kFixedThreshold = 0.5;

struct Thresholds {
  double temperature = 1.0;
  std::vector<double> of_label;  // in the order of the model's labels, each between 0 and 1
};

// One row of a set: logits of all labels, and which of them are right.
struct MultilabelTruth {
  std::vector<float> logits;
  std::vector<std::uint8_t> has;  // one for each label: 0 or 1
};

// The temperature minimises the binary cross entropy over all rows and labels; the two sides' targets are drawn in by
// one row each (Platt 1999, section 2.2), so that rows answered without a mistake do not drive T to 0.  T stays
// between 1/50 and 50.  REQUIRES: rows not empty, all of one width.
Thresholds fit_thresholds(std::span<const MultilabelTruth> rows, ThresholdRule rule);

}  // namespace yupu::tasks
