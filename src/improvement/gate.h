// The gate: does a candidate replace the live release?  Only if it is better on the same held-out rows and no protected
// slice falls by more than allowed.
//
// Reports are what `yupu evaluate --json` prints (tasks/classify/metrics.h); read here:
//   "rows_sha256"  hash of the rows measured on: two reports with different ones are not comparable
//   "accuracy", "macro avg": {"f1-score"}, "labels": {label: {"f1-score", "support"}},
//   "slices": {"zh": {"accuracy", "macro_f1", "support"}} (a name without "=" is a language: lang=zh),
//   "predictions": [{"truth", "predicted"}...] (optional, in the order of the rows, for the uncertainty)
// Labels are compared by f1-score, slices by the rule's metric.
// Threads: pure functions.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/json.h"
#include "base/status.h"

namespace yupu::improvement {

struct GateRule {
  std::string metric = "accuracy";      // or "macro_f1"
  double min_gain = 0.0;                // candidate - live must be above 0 and at least this
  double slice_drop_max = 0.03;         // how far a protected slice may fall
  std::int64_t slice_support_min = 20;  // slices and labels with fewer rows are too small to judge
  // "labels": every label; "lang": every slice "lang=..."; or one by name: "label=refund", "lang=zh".
  std::vector<std::string> protected_slices = {"lang", "labels"};
  // The first release has nothing to beat; it must reach these instead. Both are checked.
  double first_accuracy_min = 0.0;
  double first_macro_f1_min = 0.0;
  Json to_json() const;
};
// Errors: kInvalidArgument naming the field.
Status check_rule(const GateRule& rule);

struct SliceChange {
  std::string slice = {};  // "lang=zh", "label=refund"
  double live = 0;
  double candidate = 0;
  std::int64_t support = 0;
  double drop() const { return live - candidate; }
};

// Is the gain more than luck?  McNemar's exact test (1947; binomial form) on the rows the two disagree about, and the
// 95% interval of the difference of paired proportions (Wald).  Beside the decision, not part of it.
struct Uncertainty {
  std::int64_t row_count = 0;
  std::int64_t only_live_right = 0;
  std::int64_t only_candidate_right = 0;
  double p_value = 1;
  double gain_low = 0;  // of the accuracy
  double gain_high = 0;
};
Uncertainty paired_uncertainty(std::int64_t row_count, std::int64_t only_live_right, std::int64_t only_candidate_right);

struct GateDecision {
  bool pass = false;
  std::string reason;          // one sentence a person can act on
  std::optional<double> live;  // nothing for a first release
  double candidate = 0;
  std::vector<SliceChange> fallen;         // protected slices that fell too far, worst first
  std::vector<SliceChange> slices;         // every protected slice compared
  std::optional<Uncertainty> uncertainty;  // when both reports carry predictions
  Json to_json(const GateRule& rule) const;
};

// Errors: kInvalidArgument (a report lacks a figure the rule needs; names it), kConflict (not the same rows).
Result<GateDecision> decide(const Json& live_report, const Json& candidate_report, const GateRule& rule);
Result<GateDecision> decide_first(const Json& candidate_report, const GateRule& rule);

}  // namespace yupu::improvement
