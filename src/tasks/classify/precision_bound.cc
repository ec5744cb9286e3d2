#include "tasks/classify/precision_bound.h"

#include <algorithm>
#include <cmath>

namespace yupu::tasks {

double wrong_share_bound(const AnswerCounts& counts, std::optional<double> out_of_scope_share, double delta) {
  if (!out_of_scope_share)
    return binomial_upper_bound(counts.wrong + counts.answered_out, counts.answered + counts.answered_out, delta);
  const double share = *out_of_scope_share;
  const double wrong = (1.0 - share) * binomial_upper_bound(counts.wrong, counts.in_scope, delta / 3.0);
  const double answered = (1.0 - share) * binomial_lower_bound(counts.answered, counts.in_scope, delta / 3.0);
  const double out =
      share > 0.0 ? share * binomial_upper_bound(counts.answered_out, counts.out_of_scope, delta / 3.0) : 0.0;
  return answered + out > 0.0 ? std::min(1.0, (wrong + out) / (answered + out)) : 1.0;
}

double precision_bound(const Calibration& calibration, std::optional<double> out_of_scope_share) {
  constexpr double kDelta = 0.05;
  AnswerCounts counts{.in_scope = calibration.row_count - calibration.out_of_scope_count,
                      .out_of_scope = calibration.out_of_scope_count};
  const auto in = static_cast<double>(counts.in_scope), out = static_cast<double>(counts.out_of_scope);
  counts.answered = std::llround(calibration.answered_share * in);
  counts.answered_out = std::llround(calibration.out_of_scope_answered * out);
  // What a row out of scope counts beside one in scope, as the precision was measured (calibration.h).
  double weight = 1.0;
  if (out_of_scope_share && counts.out_of_scope > 0)
    weight = *out_of_scope_share / (1.0 - *out_of_scope_share) * in / out;
  const double all = static_cast<double>(counts.answered) + weight * static_cast<double>(counts.answered_out);
  const std::int64_t right = std::llround(calibration.answered_precision * all);
  counts.wrong = std::clamp<std::int64_t>(counts.answered - right, 0, counts.answered);
  return 1.0 - wrong_share_bound(counts, out_of_scope_share, kDelta);
}

}  // namespace yupu::tasks
