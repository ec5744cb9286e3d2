#include "tasks/classify/evaluate.h"

#include <algorithm>
#include <array>
#include <set>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/hash.h"

namespace yupu::tasks {
namespace {

double ratio(std::int64_t part, std::int64_t whole) {
  return whole > 0 ? static_cast<double>(part) / static_cast<double>(whole) : 0.0;
}

std::vector<text::Encoding> encode_all(const Classifier& classifier, std::span<const handoff::Row> rows) {
  std::vector<text::Encoding> encodings;
  encodings.reserve(rows.size());
  for (const handoff::Row& row : rows) encodings.push_back(classifier.encode(row.text));
  return encodings;
}

void count_decision(Decision decision, bool in_scope, bool right, Decisions& decisions) {
  if (!in_scope) {
    decisions.out_of_scope += 1;
    decisions.out_of_scope_answered += decision == Decision::kAnswer ? 1 : 0;
    return;
  }
  switch (decision) {
    case Decision::kAnswer:
      decisions.answered += 1;
      decisions.answered_right += right ? 1 : 0;
      break;
    case Decision::kClarify:
      decisions.clarified += 1;
      break;
    case Decision::kRefuse:
      decisions.refused += 1;
      break;
  }
}

std::string promise_text(const Promise& promise, const Decisions& decisions) {
  if (!promise.kept) return fmt::format("nothing is answered: {}\n", promise.reason);
  std::string text = fmt::format("promised: at most {:.2f} % of the answers wrong, with {:.0f} % confidence",
                                 100.0 * promise.max_wrong, 100.0 * promise.confidence);
  if (promise.out_of_scope_share)
    text += fmt::format(", when {:.1f} % of the texts are out of scope", 100.0 * *promise.out_of_scope_share);
  text += fmt::format("\nwrong on these rows: {:.2f} % of the answers", 100.0 * decisions.wrong_share());
  if (promise.out_of_scope_share && decisions.out_of_scope > 0)
    text += fmt::format("; {:.2f} % at the promised share", 100.0 * decisions.wrong_share(*promise.out_of_scope_share));
  return text + "\n";
}

}  // namespace

OrderedJson reliability(std::span<const Judged> rows) {
  struct Bin {
    double score = 0;
    std::int64_t right = 0, count = 0;
  };
  std::array<Bin, 10> bins;
  for (const Judged& row : rows) {
    Bin& bin = bins[static_cast<std::size_t>(std::clamp(row.score * 10.0, 0.0, 9.0))];
    bin.score += row.score;
    bin.right += row.truth == row.predicted ? 1 : 0;
    bin.count += 1;
  }
  OrderedJson json = OrderedJson::array();
  for (const Bin& bin : bins) {
    if (bin.count == 0) continue;
    json.push_back({{"confidence", bin.score / static_cast<double>(bin.count)},
                    {"accuracy", ratio(bin.right, bin.count)},
                    {"count", bin.count}});
  }
  return json;
}

double Decisions::precision() const { return ratio(answered_right, answered + out_of_scope_answered); }
double Decisions::wrong_share() const {
  return ratio(answered - answered_right + out_of_scope_answered, answered + out_of_scope_answered);
}
double Decisions::wrong_share(double out_of_scope_share) const {
  const std::int64_t in_scope = answered + clarified + refused;
  const double in = 1.0 - out_of_scope_share;
  const double out = out_of_scope_share * ratio(out_of_scope_answered, out_of_scope);
  const double all = in * ratio(answered, in_scope) + out;
  return all > 0.0 ? (in * ratio(answered - answered_right, in_scope) + out) / all : 0.0;
}
double Decisions::share_answered() const { return ratio(answered, answered + clarified + refused); }

LogitsSource logits_on(const Classifier& classifier, engine::ExecutionContext& context) {
  return [&](std::span<const text::Encoding> texts) { return classifier.logits(context, texts); };
}

Result<Evaluation> evaluate(const Classifier& classifier, engine::ExecutionContext& context,
                            std::span<const handoff::Row> rows) {
  return evaluate(classifier, logits_on(classifier, context), rows);
}

Result<Evaluation> evaluate(const Classifier& classifier, const LogitsSource& source,
                            std::span<const handoff::Row> rows) {
  const std::vector<text::Encoding> encodings = encode_all(classifier, rows);
  Evaluation evaluation;
  YUPU_ASSIGN_OR_RETURN(evaluation.logits, source(encodings));
  const std::vector<std::vector<float>>& logits = evaluation.logits;
  std::vector<Judged>& judged = evaluation.judged;
  std::set<std::string> unknown;
  Sha256 rows_hash;
  std::vector<LabelledLogits> outputs;
  std::vector<Judged> uncalibrated;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    evaluation.truncated_count += encodings[i].truncated ? 1 : 0;
    rows_hash.field(rows[i].text).field(rows[i].label);
    const Answer best = classifier.rank(logits[i], 1).front();
    const std::string& predicted = classifier.labels()[static_cast<std::size_t>(best.label)];
    // A model trained to say "out of scope" is judged on it as on any label.
    const bool in_scope =
        rows[i].label != handoff::kOutOfScope || classifier.label_index(handoff::kOutOfScope).has_value();
    count_decision(classifier.decide(logits[i], best.score), in_scope, predicted == rows[i].label,
                   evaluation.decisions);
    outputs.push_back(classifier.read_row(logits[i], in_scope ? std::optional(best.label) : std::nullopt));
    if (!in_scope) continue;
    if (!classifier.label_index(rows[i].label)) unknown.insert(rows[i].label);
    judged.push_back({.truth = rows[i].label, .predicted = predicted, .score = best.score, .slice = rows[i].lang});
    const std::vector<double> p = probabilities(outputs.back().logits, 1.0, outputs.back().background);
    uncalibrated.push_back(judged.back());
    uncalibrated.back().score = *std::max_element(p.begin(), p.end());
  }
  if (judged.empty()) return invalid_argument("no row with a label to evaluate on");
  evaluation.rows_sha256 = rows_hash.finish_hex();
  evaluation.report = classification_report(judged);
  evaluation.unknown_labels.assign(unknown.begin(), unknown.end());
  evaluation.error_uncalibrated = expected_calibration_error(uncalibrated);
  const auto& calibration = classifier.calibration();
  const bool combined = calibration && calibration->gate && calibration->gate->combination;
  evaluation.scope = scope_figures_of(outputs, calibration ? calibration->temperature : 1.0,
                                      combined ? &*calibration->gate->combination : nullptr);
  if (calibration) {
    evaluation.gate = calibration->gate;
    evaluation.promise = calibration->promise;
  }
  return evaluation;
}

Result<std::vector<LabelledLogits>> labelled_logits(const Classifier& classifier, const LogitsSource& source,
                                                    std::span<const handoff::Row> rows) {
  std::vector<text::Encoding> encodings;
  std::vector<LabelledLogits> labelled;
  for (const handoff::Row& row : rows) {
    const std::optional<std::int32_t> label = classifier.label_index(row.label);
    if (!label && row.label != handoff::kOutOfScope) continue;
    encodings.push_back(classifier.encode(row.text));
    labelled.push_back({.logits = {}, .label = label});
  }
  YUPU_ASSIGN_OR_RETURN(const auto outputs, source(encodings));
  for (std::size_t i = 0; i < labelled.size(); ++i) labelled[i] = classifier.read_row(outputs[i], labelled[i].label);
  return labelled;
}

std::string Evaluation::to_text() const {
  std::string text = report.to_text();
  text += fmt::format("\n{} rows; expected calibration error {:.4f} ({:.4f} without the temperature)\n",
                      report.row_count, report.calibration_error, error_uncalibrated);
  for (const auto& [name, slice] : report.slices) {
    text += fmt::format("slice {}: accuracy {:.4f}, macro f1 {:.4f}, {} rows\n", name, slice.accuracy, slice.macro_f1,
                        slice.support);
  }
  text += fmt::format("answered {} ({:.1f} %), asked back {}, refused {}; precision of what is answered {:.4f}\n",
                      decisions.answered, 100.0 * decisions.share_answered(), decisions.clarified, decisions.refused,
                      decisions.precision());
  if (decisions.out_of_scope > 0) {
    text += fmt::format("out of scope: {} rows, {} answered all the same\n", decisions.out_of_scope,
                        decisions.out_of_scope_answered);
  }
  for (const auto& [score, figures] : scope) {
    text += fmt::format("scope by {:<12} AUROC {:.4f}, FPR@95 {:.4f}: {:.1f} % turned away where 95 % are let in\n",
                        scope_score_name(score), figures.auroc, figures.fpr95(), 100.0 * figures.out_recall);
  }
  if (gate)
    text += fmt::format("scope gate: {} below {:.4f} is refused\n", scope_score_name(gate->score), gate->threshold);
  if (promise) text += promise_text(*promise, decisions);
  if (truncated_count > 0) text += fmt::format("{} texts were longer than the model reads\n", truncated_count);
  if (!unknown_labels.empty()) {
    text += fmt::format("labels the model does not have, counted as wrong: {}\n", fmt::join(unknown_labels, ", "));
  }
  return text;
}

OrderedJson Evaluation::to_json() const {
  OrderedJson json = report.to_json();
  json["decisions"] = {
      {"answered", decisions.answered},         {"clarified", decisions.clarified},
      {"refused", decisions.refused},           {"answered_right", decisions.answered_right},
      {"out_of_scope", decisions.out_of_scope}, {"out_of_scope_answered", decisions.out_of_scope_answered},
      {"precision", decisions.precision()},     {"share_answered", decisions.share_answered()},
      {"wrong_share", decisions.wrong_share()}};
  json["expected_calibration_error_uncalibrated"] = error_uncalibrated;
  if (!scope.empty()) json["scope"] = json_of(scope);
  if (gate) json["scope_gate"] = json_of(*gate);
  if (promise) {
    json["promise"] = promise->to_json();
    if (promise->out_of_scope_share && decisions.out_of_scope > 0)
      json["promise"]["wrong_share"] = decisions.wrong_share(*promise->out_of_scope_share);
  }
  json["unknown_labels"] = unknown_labels;
  json["truncated_count"] = truncated_count;
  json["reliability"] = reliability(judged);
  json["rows_sha256"] = rows_sha256;
  OrderedJson predictions = OrderedJson::array();
  for (const Judged& row : judged) {
    predictions.push_back({{"truth", row.truth}, {"predicted", row.predicted}, {"score", row.score}});
  }
  json["predictions"] = std::move(predictions);
  return json;
}

std::string_view decision_name(Decision decision) {
  switch (decision) {
    case Decision::kAnswer:
      return "answer";
    case Decision::kClarify:
      return "clarify";
    case Decision::kRefuse:
      return "refuse";
  }
  return "refuse";
}

OrderedJson prediction_json(const Classifier& classifier, std::string_view text, std::span<const float> row,
                            std::size_t count) {
  const std::vector<Answer> answers = classifier.rank(row, std::max<std::size_t>(count, 1));
  const auto name = [&](const Answer& answer) { return classifier.labels()[static_cast<std::size_t>(answer.label)]; };
  OrderedJson json;
  json["text"] = text;
  json["label"] = name(answers.front());
  json["score"] = answers.front().score;
  json["decision"] = decision_name(classifier.decide(row, answers.front().score));
  if (const auto scope = classifier.scope_score(row)) json["scope_score"] = *scope;
  OrderedJson labels = OrderedJson::array();
  for (const Answer& answer : answers) labels.push_back({{"label", name(answer)}, {"score", answer.score}});
  json["labels"] = std::move(labels);
  return json;
}

}  // namespace yupu::tasks
