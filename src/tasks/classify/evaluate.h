// A classifier on labelled rows: the report, the slices by language, and what its thresholds do.
// Rows labelled handoff::kOutOfScope have no right label: they are left out of the report and counted among the
// decisions.  A label the model does not have counts as wrong, and is named.
// Threads  one owner of the context.
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/status.h"
#include "engine/execution_context.h"
#include "handoff/types.h"
#include "tasks/classify/classifier.h"
#include "tasks/classify/metrics.h"

namespace yupu::tasks {

// What the calibrated thresholds do with the rows.
struct Decisions {
  std::int64_t answered = 0, clarified = 0, refused = 0;  // rows with a label
  std::int64_t answered_right = 0;                        // of `answered`
  std::int64_t out_of_scope = 0;                          // rows without a label
  std::int64_t out_of_scope_answered = 0;                 // of those
  double precision() const;                               // answered_right / everything answered
  double wrong_share() const;                             // of everything answered
  // The same if so many of the texts asked were out of scope.  REQUIRES: rows of both kinds, or a share of 0.
  double wrong_share(double out_of_scope_share) const;
  double share_answered() const;  // answered / rows with a label
};

struct Evaluation {
  Report report;
  Decisions decisions;
  std::vector<std::string> unknown_labels;                 // in the rows, not in the model; sorted
  std::int64_t truncated_count = 0;                        // texts longer than the model reads
  double error_uncalibrated = 0.0;                         // expected calibration error at temperature 1
  std::vector<std::pair<ScopeScore, ScopeFigures>> scope;  // when there are rows of both kinds
  std::optional<ScopeGate> gate;                           // the model's
  std::optional<Promise> promise;                          // the model's: what is to be kept on these rows
  std::string rows_sha256;                 // of texts and labels, in order: reports with equal ones are comparable
  std::vector<Judged> judged;              // the rows with a label, in order
  std::vector<std::vector<float>> logits;  // what the model said of every row, in order: Classifier::logits

  std::string to_text() const;  // for people
  OrderedJson to_json() const;  // `yupu evaluate --json`, Run::report
};

// Who computes the logits of texts: Classifier::logits, or several ranks together (training/ranks.h).
using LogitsSource = std::function<Result<std::vector<std::vector<float>>>(std::span<const text::Encoding>)>;

LogitsSource logits_on(const Classifier& classifier, engine::ExecutionContext& context);

// Outcomes  kInvalidArgument: no rows with a label; errors of Classifier::logits.
Result<Evaluation> evaluate(const Classifier& classifier, engine::ExecutionContext& context,
                            std::span<const handoff::Row> rows);
Result<Evaluation> evaluate(const Classifier& classifier, const LogitsSource& source,
                            std::span<const handoff::Row> rows);

// The rows' logits with their labels, for calibration.  Rows whose label the model does not have are left out.
Result<std::vector<LabelledLogits>> labelled_logits(const Classifier& classifier, const LogitsSource& source,
                                                    std::span<const handoff::Row> rows);

// The reliability diagram: ten equal bins of the score, those without a row left out.
// [{"confidence": mean score, "accuracy", "count"}]
OrderedJson reliability(std::span<const Judged> rows);

// One line of `yupu predict`: {"text", "label", "score", "decision", "labels": [{"label", "score"}, ...]}, and
// "scope_score" when the model has a scope gate.  `row`: of Classifier::logits.
OrderedJson prediction_json(const Classifier& classifier, std::string_view text, std::span<const float> row,
                            std::size_t count = 3);
std::string_view decision_name(Decision decision);  // "answer", "clarify", "refuse"

}  // namespace yupu::tasks
