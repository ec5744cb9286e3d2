// What a score is worth.  Temperature scaling (Guo et al. 2017, arXiv:1706.04599) makes scores read as probabilities;
// two thresholds then say when to answer, when to ask back and when to refuse.
//
//   score  = max softmax(z / temperature)
//   score >= answer_threshold                       answer
//   clarify_threshold <= score < answer_threshold   ask which of the first three labels was meant
//   score < clarify_threshold                       refuse
//
// How they are fitted, on validation rows only
//   temperature  minimises the negative log-likelihood of the rows that have a label: Newton's method on 1/T, in which
//                the problem is convex, inside a bracket.  The argmax never changes.  Each of the n labels counts
//                1 - 1/(n+2), the rest of it spread over all classes (Platt 1999, section 2.2), so that a set answered
//                without a mistake does not drive T to 0.
//   answer       the smallest score of a row such that, of the rows with that score or more, at least
//                `target_precision` are right.  A row without a label (out of scope) is wrong whenever answered; where
//                it is told what share of the texts asked will be such, they count as if they were that share of the
//                rows.
//   clarify      the smallest score below `answer` such that, of the rows from there up to `answer`, the right label is
//                among the first three for at least half; `answer` itself when there is none.
// When no score reaches the target, target_met is false and `answer` is the score of the best precision there is.
//
// Two more things may be asked for (CalibrationRequest):
//   a promise    `answer` is then the threshold of promise.h, and when the promise cannot be kept nothing is answered
//   a scope gate a text whose scope score (scope.h) is below the gate's threshold is refused, whatever its labels'
//                scores (scope_gate.h).  Of several gates, none among them, the one is taken under which most rows in
//                scope are answered; each is given its part of delta.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "base/status.h"
#include "tasks/classify/promise.h"
#include "tasks/classify/scope_gate.h"

namespace yupu::tasks {

struct Calibration {
  double temperature = 1.0;
  double answer_threshold = 0.0;
  double clarify_threshold = 0.0;
  double target_precision = 0.0;
  bool target_met = false;
  // Measured on the validation rows.
  double answered_precision = 0.0;     // of the rows answered, how many were right (at the share of the request)
  double answered_share = 0.0;         // of the rows that have a label, how many are answered
  double out_of_scope_answered = 0.0;  // of the rows without a label, how many are answered all the same
  double error_before = 0.0;           // expected calibration error at temperature 1, and at `temperature`
  double error_after = 0.0;
  std::int64_t row_count = 0;
  std::int64_t out_of_scope_count = 0;
  // What each score parts the rows with and without a label with; empty when one kind is missing.
  ScopeFigureList scope_figures = {};
  std::optional<ScopeGate> gate = {};
  std::optional<Promise> promise = {};

  bool may_answer() const { return !promise || promise->kept; }
  OrderedJson to_json() const;
  // Outcomes  kInvalidArgument naming the member, `where` in front.
  static Result<Calibration> from_json(const Json& json, std::string_view where);
};

enum class Decision : std::uint8_t { kAnswer, kClarify, kRefuse };
// `scope`: the gate's score of the text; read only when there is a gate.
Decision decide(const Calibration& calibration, double score, double scope = 0.0);

struct CalibrationRequest {
  double target_precision = 0.95;        // when there is no promise
  std::optional<double> max_wrong = {};  // the promise
  double confidence = 0.95;              // of it
  std::optional<double> out_of_scope_share = {};
  GateChoice gate = GateChoice::kAuto;
};

// kInvalidArgument: a share of texts out of scope is told, and no row is such.
Status check_share(std::span<const LabelledLogits> rows, std::optional<double> out_of_scope_share);
// 1 when no row has a label.
double fit_temperature(std::span<const LabelledLogits> rows);
// REQUIRES: rows not empty, at least one with a label; 0 < target_precision <= 1; what check_gate and, without a
// promise, check_share ask of the rows.
Calibration fit_calibration(std::span<const LabelledLogits> rows, const CalibrationRequest& request);

}  // namespace yupu::tasks
