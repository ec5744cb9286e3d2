#include "tasks/classify/calibration.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include <fmt/format.h>

#include "tasks/classify/metrics.h"

namespace yupu::tasks {
namespace {

struct Slope {
  double first = 0.0;   // derivative of the negative log-likelihood by beta = 1/T
  double second = 0.0;  // >= 0
};

Slope slope_at(std::span<const LabelledLogits> rows, double beta, double smoothing) {
  Slope slope;
  for (const LabelledLogits& row : rows) {
    if (!row.label) continue;
    const std::vector<double> p = probabilities(row.logits, 1.0 / beta);
    double mean = 0.0;
    double square = 0.0;
    double plain_mean = 0.0;
    for (std::size_t k = 0; k < p.size(); ++k) {
      const double z = row.logits[k];
      plain_mean += z / static_cast<double>(p.size());
      mean += p[k] * z;
      square += p[k] * z * z;
    }
    const double truth = row.logits[static_cast<std::size_t>(*row.label)];
    slope.first += mean - (1.0 - smoothing) * truth - smoothing * plain_mean;
    slope.second += std::max(0.0, square - mean * mean);
  }
  return slope;
}

struct ScoredRow {
  double score;
  bool right;  // the first label is the row's
  bool in_first_three;
  bool in_scope;
};

ScoredRow score_row(const LabelledLogits& row, double temperature) {
  const std::vector<double> p = probabilities(row.logits, temperature);
  std::vector<std::size_t> order(p.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  const std::size_t few = std::min<std::size_t>(3, order.size());
  std::partial_sort(order.begin(), order.begin() + static_cast<std::ptrdiff_t>(few), order.end(),
                    [&](std::size_t a, std::size_t b) { return p[a] != p[b] ? p[a] > p[b] : a < b; });
  ScoredRow scored{.score = p[order[0]], .right = false, .in_first_three = false, .in_scope = row.label.has_value()};
  if (row.label) {
    const auto label = static_cast<std::size_t>(*row.label);
    scored.right = order[0] == label;
    scored.in_first_three = std::find(order.begin(), order.begin() + static_cast<std::ptrdiff_t>(few), label) !=
                            order.begin() + static_cast<std::ptrdiff_t>(few);
  }
  return scored;
}

// `rows` sorted by score, highest first.  Sets the threshold, whether the target is met and the precision there.
void fit_answer(std::span<const ScoredRow> rows, Calibration& calibration) {
  std::int64_t right = 0;
  double best = -1.0;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    right += rows[i].right ? 1 : 0;
    if (i + 1 < rows.size() && rows[i + 1].score == rows[i].score) continue;  // rows of one score go together
    const double precision = static_cast<double>(right) / static_cast<double>(i + 1);
    const bool meets = precision >= calibration.target_precision;
    if (meets || (!calibration.target_met && precision >= best)) {
      calibration.target_met = calibration.target_met || meets;
      calibration.answer_threshold = rows[i].score;
      calibration.answered_precision = precision;
    }
    best = std::max(best, precision);
  }
}

void fit_clarify(std::span<const ScoredRow> rows, Calibration& calibration) {
  calibration.clarify_threshold = calibration.answer_threshold;
  std::int64_t useful = 0;
  std::int64_t total = 0;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (rows[i].score >= calibration.answer_threshold) continue;
    ++total;
    useful += rows[i].in_first_three ? 1 : 0;
    if (i + 1 < rows.size() && rows[i + 1].score == rows[i].score) continue;
    if (2 * useful >= total) calibration.clarify_threshold = rows[i].score;
  }
}

double error_at(std::span<const LabelledLogits> rows, double temperature) {
  std::vector<Judged> judged;
  for (const LabelledLogits& row : rows) {
    if (!row.label) continue;
    const ScoredRow scored = score_row(row, temperature);
    judged.push_back(
        {.truth = "right", .predicted = scored.right ? "right" : "wrong", .score = scored.score, .slice = {}});
  }
  return expected_calibration_error(judged);
}

}  // namespace

std::vector<double> probabilities(std::span<const float> logits, double temperature) {
  std::vector<double> p(logits.begin(), logits.end());
  const double top = *std::max_element(p.begin(), p.end());
  double total = 0.0;
  for (double& value : p) {
    value = std::exp((value - top) / temperature);
    total += value;
  }
  for (double& value : p) value /= total;
  return p;
}

double fit_temperature(std::span<const LabelledLogits> rows) {
  const auto labelled =
      std::count_if(rows.begin(), rows.end(), [](const LabelledLogits& row) { return row.label.has_value(); });
  if (labelled == 0) return 1.0;
  const double smoothing = 1.0 / (static_cast<double>(labelled) + 2.0);
  double low = 1e-3;
  double high = 1e3;
  double beta = 1.0;
  constexpr int kStepsMax = 60;  // Newton needs about 10; where it leaves the bracket a step halves it (in log scale)
  for (int step = 0; step < kStepsMax; ++step) {
    const Slope slope = slope_at(rows, beta, smoothing);
    (slope.first > 0 ? high : low) = beta;
    double next = slope.second > 0 ? beta - slope.first / slope.second : 0.0;
    if (!(next > low && next < high)) next = std::sqrt(low * high);
    if (std::fabs(next - beta) <= 1e-12 * beta) break;
    beta = next;
  }
  return 1.0 / beta;
}

Calibration fit_calibration(std::span<const LabelledLogits> rows, double target_precision) {
  CHECK(!rows.empty() && target_precision > 0 && target_precision <= 1, "nothing to calibrate on");
  Calibration calibration;
  calibration.target_precision = target_precision;
  calibration.temperature = fit_temperature(rows);
  std::vector<ScoredRow> scored;
  for (const LabelledLogits& row : rows) scored.push_back(score_row(row, calibration.temperature));
  std::stable_sort(scored.begin(), scored.end(),
                   [](const ScoredRow& a, const ScoredRow& b) { return a.score > b.score; });
  fit_answer(scored, calibration);
  fit_clarify(scored, calibration);

  std::int64_t answered_in = 0;
  std::int64_t answered_out = 0;
  for (const ScoredRow& row : scored) {
    calibration.row_count += 1;
    calibration.out_of_scope_count += row.in_scope ? 0 : 1;
    if (row.score >= calibration.answer_threshold) (row.in_scope ? answered_in : answered_out) += 1;
  }
  const std::int64_t in_scope = calibration.row_count - calibration.out_of_scope_count;
  const auto share = [](std::int64_t part, std::int64_t whole) {
    return whole > 0 ? static_cast<double>(part) / static_cast<double>(whole) : 0.0;
  };
  calibration.answered_share = share(answered_in, in_scope);
  calibration.out_of_scope_answered = share(answered_out, calibration.out_of_scope_count);
  calibration.error_before = error_at(rows, 1.0);
  calibration.error_after = error_at(rows, calibration.temperature);
  return calibration;
}

Decision decide(const Calibration& calibration, double score) {
  if (score >= calibration.answer_threshold) return Decision::kAnswer;
  return score >= calibration.clarify_threshold ? Decision::kClarify : Decision::kRefuse;
}

OrderedJson Calibration::to_json() const {
  return {{"temperature", temperature},
          {"answer_threshold", answer_threshold},
          {"clarify_threshold", clarify_threshold},
          {"target_precision", target_precision},
          {"target_met", target_met},
          {"answered_precision", answered_precision},
          {"answered_share", answered_share},
          {"out_of_scope_answered", out_of_scope_answered},
          {"error_before", error_before},
          {"error_after", error_after},
          {"row_count", row_count},
          {"out_of_scope_count", out_of_scope_count}};
}

Result<Calibration> Calibration::from_json(const Json& json, std::string_view where) {
  if (!json.is_object())
    return invalid_argument(fmt::format("{}: 'calibration' must be an object", where), "calibration");
  Calibration calibration;
  struct Number {
    const char* key;
    double* value;
    double min;
    double max;
  };
  for (const Number& number : {Number{"temperature", &calibration.temperature, 1e-6, 1e6},
                               Number{"answer_threshold", &calibration.answer_threshold, 0.0, 1.0},
                               Number{"clarify_threshold", &calibration.clarify_threshold, 0.0, 1.0},
                               Number{"target_precision", &calibration.target_precision, 0.0, 1.0},
                               Number{"answered_precision", &calibration.answered_precision, 0.0, 1.0},
                               Number{"answered_share", &calibration.answered_share, 0.0, 1.0},
                               Number{"out_of_scope_answered", &calibration.out_of_scope_answered, 0.0, 1.0},
                               Number{"error_before", &calibration.error_before, 0.0, 1.0},
                               Number{"error_after", &calibration.error_after, 0.0, 1.0}}) {
    YUPU_ASSIGN_OR_RETURN(*number.value, json_number(json, number.key, where));
    if (!(*number.value >= number.min && *number.value <= number.max)) {
      return invalid_argument(
          fmt::format("{}: '{}' is {}, must be {} to {}", where, number.key, *number.value, number.min, number.max),
          number.key);
    }
  }
  if (calibration.clarify_threshold > calibration.answer_threshold) {
    return invalid_argument(fmt::format("{}: 'clarify_threshold' is above 'answer_threshold'", where),
                            "clarify_threshold");
  }
  YUPU_ASSIGN_OR_RETURN(calibration.row_count, json_int(json, "row_count", where));
  YUPU_ASSIGN_OR_RETURN(calibration.out_of_scope_count, json_int(json, "out_of_scope_count", where));
  const auto met = json.find("target_met");
  if (met == json.end() || !met->is_boolean()) {
    return invalid_argument(fmt::format("{}: 'target_met' must be true or false", where), "target_met");
  }
  calibration.target_met = met->get<bool>();
  return calibration;
}

}  // namespace yupu::tasks
