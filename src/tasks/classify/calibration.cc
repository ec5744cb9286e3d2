#include "tasks/classify/calibration.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include <fmt/format.h>

#include "base/check.h"
#include "tasks/classify/metrics.h"

namespace yupu::tasks {
namespace {

struct ScoredRow {
  double score;
  bool right;  // the first label is the row's
  bool in_first_three;
  bool in_scope;
  bool let_in = true;  // by the scope gate
};

ScoredRow score_row(const LabelledLogits& row, double temperature) {
  const std::vector<double> p = probabilities(row.logits, temperature, row.background);
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

// What a row out of scope counts beside one in scope.
double weight_out(const Calibration& calibration, std::optional<double> share) {
  if (!share || calibration.out_of_scope_count == 0) return 1.0;
  const auto out = static_cast<double>(calibration.out_of_scope_count);
  const auto in = static_cast<double>(calibration.row_count) - out;
  return *share / (1.0 - *share) * in / out;
}

// `rows` sorted by score, highest first.  Sets the threshold, whether the target is met and the precision there.
void fit_answer(std::span<const ScoredRow> rows, double out_weight, Calibration& calibration) {
  std::int64_t right = 0;
  double total = 0.0;
  double best = -1.0;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (rows[i].let_in) total += rows[i].in_scope ? 1.0 : out_weight;
    right += rows[i].let_in && rows[i].right ? 1 : 0;
    if (i + 1 < rows.size() && rows[i + 1].score == rows[i].score) continue;  // rows of one score go together
    if (total <= 0.0) continue;
    const double precision = static_cast<double>(right) / total;
    const bool meets = precision >= calibration.target_precision;
    if (meets || (!calibration.target_met && precision >= best)) {
      calibration.target_met = calibration.target_met || meets;
      calibration.answer_threshold = rows[i].score;
    }
    best = std::max(best, precision);
  }
}

void fit_clarify(std::span<const ScoredRow> rows, Calibration& calibration) {
  calibration.clarify_threshold = calibration.answer_threshold;
  std::int64_t useful = 0;
  std::int64_t total = 0;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (calibration.may_answer() && rows[i].score >= calibration.answer_threshold) continue;
    total += rows[i].let_in ? 1 : 0;
    useful += rows[i].let_in && rows[i].in_first_three ? 1 : 0;
    if (i + 1 < rows.size() && rows[i + 1].score == rows[i].score) continue;
    if (total > 0 && 2 * useful >= total) calibration.clarify_threshold = rows[i].score;
  }
}

std::vector<ScoredRow> scored_rows(std::span<const LabelledLogits> rows, double temperature,
                                   const std::optional<TriedGate>& tried) {
  std::vector<ScoredRow> scored;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    scored.push_back(score_row(rows[i], temperature));
    if (tried) scored.back().let_in = tried->scores[i] >= tried->gate.threshold;
  }
  std::stable_sort(scored.begin(), scored.end(),
                   [](const ScoredRow& a, const ScoredRow& b) { return a.score > b.score; });
  return scored;
}

// The gates a request leaves to choose from; nothing: no gate.
std::vector<std::optional<TriedGate>> gates_to_try(std::span<const LabelledLogits> rows,
                                                   const CalibrationRequest& request, double temperature) {
  if (request.gate == GateChoice::kOff) return {std::nullopt};
  if (request.gate != GateChoice::kAuto) return {try_gate(rows, *score_of(request.gate), temperature)};
  std::vector<std::optional<TriedGate>> gates{std::nullopt};
  if (!request.max_wrong) return gates;
  for (const ScopeScore score : scores_of(rows)) {
    if (score != ScopeScore::kProbability) gates.emplace_back(try_gate(rows, score, temperature));
  }
  return gates;
}

std::string why_not_kept(const Promise& promise, const PromisedThreshold& best, double delta) {
  std::string reason = fmt::format(
      "no threshold proves, with {:.0f} % confidence, that at most {:.2f} % of the answers "
      "are wrong: ",
      100.0 * promise.confidence, 100.0 * promise.max_wrong);
  if (best.answered == 0) return reason + "no validation row may be answered";
  reason += fmt::format(
      "the best, {:.4f}, answers {} validation rows, {} of them wrongly, which bounds the share by "
      "{:.2f} %",
      best.threshold, best.answered, best.wrong, 100.0 * best.bound);
  const std::int64_t needed = faultless_rows_needed(promise.max_wrong, delta);
  if (best.answered < needed)
    reason += fmt::format("; at least {} rows answered without a mistake are needed: more validation rows", needed);
  return reason;
}

// Of the gates, the one under which the promise lets most be answered.
std::optional<TriedGate> fit_promise(std::span<const LabelledLogits> rows, const CalibrationRequest& request,
                                     Calibration& calibration) {
  Promise promise{.max_wrong = *request.max_wrong,
                  .confidence = request.confidence,
                  .out_of_scope_share = request.out_of_scope_share};
  const auto gates = gates_to_try(rows, request, calibration.temperature);
  const double delta = (1.0 - request.confidence) / static_cast<double>(gates.size());
  std::optional<PromisedThreshold> best;
  std::optional<TriedGate> chosen;
  for (const std::optional<TriedGate>& gate : gates) {
    std::vector<PromiseRow> promised;
    for (const ScoredRow& row : scored_rows(rows, calibration.temperature, gate)) {
      promised.push_back({.score = row.score, .answerable = row.let_in, .right = row.right, .in_scope = row.in_scope});
    }
    const PromisedThreshold found = find_promised_threshold(promised, promise, delta);
    const bool better = !best || (found.kept && (!best->kept || found.answered_share > best->answered_share)) ||
                        (!found.kept && !best->kept && found.bound < best->bound);
    if (!better) continue;
    best = found;
    chosen = gate;
  }
  promise.kept = calibration.target_met = best->kept;
  promise.bound = best->bound;
  if (!best->kept) promise.reason = why_not_kept(promise, *best, delta);
  calibration.answer_threshold = best->kept ? best->threshold : 1.0;
  calibration.promise = std::move(promise);
  return chosen;
}

void measure(std::span<const ScoredRow> rows, double out_weight, Calibration& calibration) {
  std::int64_t answered_in = 0;
  std::int64_t answered_out = 0;
  std::int64_t right = 0;
  for (const ScoredRow& row : rows) {
    if (!calibration.may_answer() || !row.let_in || row.score < calibration.answer_threshold) continue;
    (row.in_scope ? answered_in : answered_out) += 1;
    right += row.right ? 1 : 0;
  }
  const auto share = [](std::int64_t part, std::int64_t whole) {
    return whole > 0 ? static_cast<double>(part) / static_cast<double>(whole) : 0.0;
  };
  const double answered = static_cast<double>(answered_in) + out_weight * static_cast<double>(answered_out);
  calibration.answered_precision = answered > 0.0 ? static_cast<double>(right) / answered : 0.0;
  calibration.answered_share = share(answered_in, calibration.row_count - calibration.out_of_scope_count);
  calibration.out_of_scope_answered = share(answered_out, calibration.out_of_scope_count);
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

Status check_share(std::span<const LabelledLogits> rows, std::optional<double> out_of_scope_share) {
  const bool has_out =
      std::any_of(rows.begin(), rows.end(), [](const LabelledLogits& row) { return !row.label.has_value(); });
  if (has_out || out_of_scope_share.value_or(0.0) == 0.0) return ok_status();
  return invalid_argument("out_of_scope_share: no validation row is out of scope, so what they would cost is not known",
                          "out_of_scope_share");
}

Calibration fit_calibration(std::span<const LabelledLogits> rows, const CalibrationRequest& request) {
  CHECK(!rows.empty() && request.target_precision > 0 && request.target_precision <= 1, "nothing to calibrate on");
  Calibration calibration;
  calibration.target_precision = request.max_wrong ? 1.0 - *request.max_wrong : request.target_precision;
  calibration.temperature = fit_temperature(rows);
  calibration.row_count = static_cast<std::int64_t>(rows.size());
  calibration.out_of_scope_count =
      std::count_if(rows.begin(), rows.end(), [](const LabelledLogits& row) { return !row.label.has_value(); });
  calibration.scope_figures = fitted_scope_figures(rows, calibration.temperature);
  const std::optional<TriedGate> gate = request.max_wrong
                                            ? fit_promise(rows, request, calibration)
                                            : gates_to_try(rows, request, calibration.temperature).front();
  if (gate) calibration.gate = gate->gate;
  const std::vector<ScoredRow> scored = scored_rows(rows, calibration.temperature, gate);
  const double out_weight = weight_out(calibration, request.out_of_scope_share);
  if (!request.max_wrong) fit_answer(scored, out_weight, calibration);
  fit_clarify(scored, calibration);
  measure(scored, out_weight, calibration);
  calibration.error_before = error_at(rows, 1.0);
  calibration.error_after = error_at(rows, calibration.temperature);
  return calibration;
}

Decision decide(const Calibration& calibration, double score, double scope) {
  if (calibration.gate && scope < calibration.gate->threshold) return Decision::kRefuse;
  if (calibration.may_answer() && score >= calibration.answer_threshold) return Decision::kAnswer;
  return score >= calibration.clarify_threshold ? Decision::kClarify : Decision::kRefuse;
}

}  // namespace yupu::tasks
