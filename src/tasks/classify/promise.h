// A threshold with a promise: of the texts answered, at most so many are answered wrongly.
//
// Selection with guaranteed risk: Geifman, El-Yaniv 2017, arXiv:1705.08500, algorithm 1.  The threshold is sought by
// bisection over the validation rows' scores; each place is judged not by the share of wrong answers seen there but by
// an upper bound of the true share, Clopper and Pearson's, of confidence 1 - delta / ceil(log2 rows): then the promise
// holds with 1 - delta over the draw of the rows.  A place keeps the promise when its bound does.
//   A row out of scope is wrong whenever it is answered.  When it is known what share p of the texts asked will be out
//   of scope, the two kinds are bounded apart (delta/3 each) and mixed anew:
//     wrong share <= ((1-p) w + p b) / ((1-p) a + p b),   w, b upper bounds of "in scope, answered wrongly" and "out of
//     scope, answered", a a lower bound of "in scope, answered"
//   What the bound does not know: texts of another kind than the validation rows.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/json.h"
#include "base/status.h"

namespace yupu::tasks {

struct Promise {
  double max_wrong = 0.0;                         // of the answers
  double confidence = 0.95;                       // 1 - delta
  std::optional<double> out_of_scope_share = {};  // of the texts asked; unset: as among the validation rows
  double bound = 1.0;  // the least upper bound of the wrong share there is; of the threshold, kept
  bool kept = false;
  std::string reason = {};  // why not

  OrderedJson to_json() const;
  // Outcomes  kInvalidArgument naming the member.
  static Result<Promise> from_json(const Json& json, std::string_view where);
};

// p such that P(Binomial(n,p) <= k) = delta: the true share is below it with confidence 1 - delta.  1 when n = 0.
double binomial_upper_bound(std::int64_t k, std::int64_t n, double delta);
// p such that P(Binomial(n,p) >= k) = delta.  0 when k = 0.
double binomial_lower_bound(std::int64_t k, std::int64_t n, double delta);

// One validation row under a rule.
struct PromiseRow {
  double score = 0.0;
  bool answerable = true;  // false: refused whatever its score
  bool right = false;
  bool in_scope = true;
};

struct PromisedThreshold {
  double threshold = 0.0;                // rows of this score or more are answered
  double bound = 1.0;                    // of their wrong share; the least one seen when the promise is not kept
  double answered_share = 0.0;           // of the rows in scope
  std::int64_t answered = 0, wrong = 0;  // at `threshold`, of all rows
  bool kept = false;
};
// REQUIRES: 0 < max_wrong, delta < 1.
PromisedThreshold find_promised_threshold(std::span<const PromiseRow> rows, const Promise& promise, double delta);

// So many answers without a mistake, at least, prove a share of max_wrong with confidence 1 - delta.
std::int64_t faultless_rows_needed(double max_wrong, double delta);

}  // namespace yupu::tasks
