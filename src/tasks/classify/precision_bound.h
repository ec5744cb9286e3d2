// What a target precision is worth: a target is met as seen on the validation rows, and of few rows little follows.
//   bound  of texts like those rows, with 95 % confidence, at least this share of the answers is right: one minus the
//          upper bound of promise.h for the one threshold there is.  It was chosen on the same rows, which the bound
//          does not know: a promise (CalibrationRequest::max_wrong) does.
// Threads: pure functions.
#pragma once

#include <cstdint>
#include <optional>

#include "tasks/classify/calibration.h"

namespace yupu::tasks {

// What a rule does with rows.
struct AnswerCounts {
  std::int64_t in_scope = 0, out_of_scope = 0;  // rows
  std::int64_t answered = 0, wrong = 0;         // of those in scope
  std::int64_t answered_out = 0;                // of those out of scope
};
// An upper bound of the true share of wrong answers, with confidence 1 - delta; where it is told what share of the
// texts asked will be out of scope, for that mixture (promise.h).  1 when nothing is answered.
double wrong_share_bound(const AnswerCounts& counts, std::optional<double> out_of_scope_share, double delta);

// Of a calibration as fit_calibration made it with this share.
double precision_bound(const Calibration& calibration, std::optional<double> out_of_scope_share);

}  // namespace yupu::tasks
