#include "tasks/classify/promise.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include <fmt/format.h>

#include "base/check.h"
#include "tasks/classify/precision_bound.h"

namespace yupu::tasks {
namespace {

constexpr int kBisections = 60;

// ln P(Binomial(n,p) <= k), summed from its largest term down: the terms below e^-40 of it add nothing.
double log_cumulative(std::int64_t k, std::int64_t n, double p) {
  const auto size = static_cast<double>(n);
  const double log_p = std::log(p);
  const double log_q = std::log1p(-p);
  const double whole = std::lgamma(size + 1.0);
  const auto log_term = [&](std::int64_t i) {
    const auto hits = static_cast<double>(i);
    return whole - std::lgamma(hits + 1.0) - std::lgamma(size - hits + 1.0) + hits * log_p + (size - hits) * log_q;
  };
  constexpr double kNegligible = -40.0;
  const std::int64_t mode = std::min(k, static_cast<std::int64_t>(p * (size + 1.0)));
  const double top = log_term(mode);
  double sum = 0.0;
  for (std::int64_t i = mode; i <= k; ++i) {
    const double term = log_term(i) - top;
    sum += std::exp(term);
    if (term < kNegligible) break;
  }
  for (std::int64_t i = mode - 1; i >= 0; --i) {
    const double term = log_term(i) - top;
    sum += std::exp(term);
    if (term < kNegligible) break;
  }
  return top + std::log(sum);
}

double ratio(std::int64_t part, std::int64_t whole) {
  return whole > 0 ? static_cast<double>(part) / static_cast<double>(whole) : 0.0;
}

}  // namespace

double binomial_upper_bound(std::int64_t k, std::int64_t n, double delta) {
  CHECK(k >= 0 && k <= n && delta > 0.0 && delta < 1.0, "no such bound");
  if (k == n) return 1.0;
  const double target = std::log(delta);
  double low = 0.0;
  double high = 1.0;
  for (int i = 0; i < kBisections; ++i) {
    const double p = 0.5 * (low + high);
    (log_cumulative(k, n, p) > target ? low : high) = p;
  }
  return high;
}

double binomial_lower_bound(std::int64_t k, std::int64_t n, double delta) {
  return k == 0 ? 0.0 : 1.0 - binomial_upper_bound(n - k, n, delta);
}

std::int64_t faultless_rows_needed(double max_wrong, double delta) {
  return static_cast<std::int64_t>(std::ceil(std::log(delta) / std::log1p(-max_wrong)));
}

PromisedThreshold find_promised_threshold(std::span<const PromiseRow> rows, const Promise& promise, double delta) {
  CHECK(promise.max_wrong > 0.0 && promise.max_wrong < 1.0 && delta > 0.0 && delta < 1.0, "no promise");
  std::vector<PromiseRow> sorted;  // lowest score first
  AnswerCounts all;
  for (const PromiseRow& row : rows) {
    (row.in_scope ? all.in_scope : all.out_of_scope) += 1;
    if (row.answerable) sorted.push_back(row);
  }
  PromisedThreshold best;
  if (sorted.empty()) return best;
  std::stable_sort(sorted.begin(), sorted.end(),
                   [](const PromiseRow& a, const PromiseRow& b) { return a.score < b.score; });
  // What is answered from each place on.
  std::vector<AnswerCounts> from(sorted.size(), all);
  AnswerCounts above = all;
  for (std::size_t i = sorted.size(); i-- > 0;) {
    if (!sorted[i].in_scope) above.answered_out += 1;
    if (sorted[i].in_scope) above.answered += 1;
    if (sorted[i].in_scope && !sorted[i].right) above.wrong += 1;
    from[i] = above;
  }
  const double steps = std::max(1.0, std::ceil(std::log2(static_cast<double>(sorted.size()))));
  std::size_t low = 0;
  std::size_t high = sorted.size();
  while (low < high) {
    const std::size_t middle = low + (high - low) / 2;
    // Rows of one score go together.
    const auto first = static_cast<std::size_t>(
        std::lower_bound(sorted.begin(), sorted.end(), sorted[middle].score,
                         [](const PromiseRow& row, double score) { return row.score < score; }) -
        sorted.begin());
    const AnswerCounts& counts = from[first];
    const double bound = wrong_share_bound(counts, promise.out_of_scope_share, delta / steps);
    const bool keeps = bound <= promise.max_wrong;
    if (keeps || (!best.kept && bound < best.bound)) {
      best = {.threshold = sorted[middle].score,
              .bound = bound,
              .answered_share = ratio(counts.answered, counts.in_scope),
              .answered = counts.answered + counts.answered_out,
              .wrong = counts.wrong + counts.answered_out,
              .kept = keeps};
    }
    if (keeps) {
      high = first;
    } else {
      low = middle + 1;
    }
  }
  return best;
}

OrderedJson Promise::to_json() const {
  OrderedJson json{{"max_wrong", max_wrong},
                   {"confidence", confidence},
                   {"out_of_scope_share", out_of_scope_share ? OrderedJson(*out_of_scope_share) : OrderedJson()},
                   {"bound", bound},
                   {"kept", kept}};
  if (!kept) json["reason"] = reason;
  return json;
}

Result<Promise> Promise::from_json(const Json& json, std::string_view where) {
  if (!json.is_object()) return invalid_argument(fmt::format("{}: 'promise' must be an object", where), "promise");
  Promise promise;
  const auto read = [&](const char* key, double& value) -> Status {
    YUPU_ASSIGN_OR_RETURN(value, json_number(json, key, where));
    if (value >= 0.0 && value <= 1.0) return ok_status();
    return invalid_argument(fmt::format("{}: '{}' is {}, must be 0 to 1", where, key, value), key);
  };
  YUPU_RETURN_IF_ERROR(read("max_wrong", promise.max_wrong));
  YUPU_RETURN_IF_ERROR(read("confidence", promise.confidence));
  YUPU_RETURN_IF_ERROR(read("bound", promise.bound));
  if (const auto it = json.find("out_of_scope_share"); it != json.end() && !it->is_null()) {
    double share = 0.0;
    YUPU_RETURN_IF_ERROR(read("out_of_scope_share", share));
    promise.out_of_scope_share = share;
  }
  const auto kept = json.find("kept");
  if (kept == json.end() || !kept->is_boolean())
    return invalid_argument(fmt::format("{}: 'kept' must be true or false", where), "kept");
  promise.kept = kept->get<bool>();
  if (promise.kept) return promise;
  YUPU_ASSIGN_OR_RETURN(promise.reason, json_string(json, "reason", where));
  return promise;
}

}  // namespace yupu::tasks
