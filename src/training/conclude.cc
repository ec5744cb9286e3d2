#include "training/conclude.h"

#include <algorithm>

#include <fmt/format.h>

#include "tasks/classify/precision_bound.h"
#include "training/run_frame.h"

namespace yupu::training {
namespace {

// Class distances and neighbours cost a pass over the training rows: where a row is out of scope, or a gate is asked
// for that reads them.
bool wants_distances(const TrainOptions& options, const tasks::Classifier& classifier) {
  using tasks::GateChoice;
  if (options.scope_gate == GateChoice::kMahalanobis || options.scope_gate == GateChoice::kNeighbours ||
      options.scope_gate == GateChoice::kCombined)
    return true;
  if (options.scope_gate != tasks::GateChoice::kAuto || classifier.label_index(handoff::kOutOfScope)) return false;
  const auto out = [](const handoff::Row& row) { return row.label == handoff::kOutOfScope; };
  return std::any_of(options.valid.begin(), options.valid.end(), out) ||
         std::any_of(options.test.begin(), options.test.end(), out);
}

Status fit_distances(const TrainOptions& options, const tasks::LogitsSource& pooled, tasks::Classifier& classifier) {
  constexpr std::size_t kRowsMax = 20'000;  // far above what means and a covariance need
  const std::size_t stride = options.train.size() / kRowsMax + 1;
  std::vector<text::Encoding> encodings;
  std::vector<std::int32_t> labels;
  for (std::size_t i = 0; i < options.train.size(); i += stride) {
    const std::optional<std::int32_t> label = classifier.label_index(options.train[i].label);
    if (!label) continue;
    encodings.push_back(classifier.encode(options.train[i].text));
    labels.push_back(*label);
  }
  if (encodings.empty()) return invalid_argument("no training row has a label of the model", "train");
  YUPU_ASSIGN_OR_RETURN(const auto vectors, pooled(encodings));
  classifier.set_distances(
      tasks::ClassDistances::fit(vectors, labels, static_cast<std::int64_t>(classifier.labels().size())));
  classifier.set_neighbours(tasks::Neighbours::fit(vectors, labels));
  return ok_status();
}

}  // namespace

void add_figures(const std::string& prefix, const tasks::Evaluation& evaluation,
                 std::map<std::string, double>& figures) {
  figures[prefix + "accuracy"] = evaluation.report.accuracy;
  figures[prefix + "macro_f1"] = evaluation.report.macro.f1;
  figures[prefix + "calibration_error"] = evaluation.report.calibration_error;
  figures[prefix + "answered_share"] = evaluation.decisions.share_answered();
  figures[prefix + "answered_precision"] = evaluation.decisions.precision();
  for (const auto& [score, of_score] : evaluation.scope) {
    figures[fmt::format("{}scope.{}.auroc", prefix, tasks::scope_score_name(score))] = of_score.auroc;
    figures[fmt::format("{}scope.{}.fpr95", prefix, tasks::scope_score_name(score))] = of_score.fpr95();
    figures[fmt::format("{}scope.{}.out_recall", prefix, tasks::scope_score_name(score))] = of_score.out_recall;
  }
  if (!evaluation.unknown_labels.empty())
    figures[prefix + "unknown_labels"] = static_cast<double>(evaluation.unknown_labels.size());
  for (const auto& [name, slice] : evaluation.report.slices)
    figures[fmt::format("{}accuracy.{}", prefix, name)] = slice.accuracy;
}

bool has_labelled(const std::vector<handoff::Row>& rows, const TrainOptions& options) {
  return std::any_of(rows.begin(), rows.end(), [&](const handoff::Row& row) { return is_learned(options, row); });
}

Status calibrate(const TrainOptions& options, const Sources& sources, tasks::Classifier& classifier,
                 handoff::Progress& progress) {
  if (!has_labelled(options.valid, options)) {
    if (options.max_wrong)
      return invalid_argument("max_wrong: a promise is fitted on validation rows, and none has a label", "max_wrong");
    progress.note("no validation rows: scores are not calibrated and every text will be answered");
    return ok_status();
  }
  if (wants_distances(options, classifier)) YUPU_RETURN_IF_ERROR(fit_distances(options, sources.pooled, classifier));
  classifier.show_agreement(true);
  YUPU_ASSIGN_OR_RETURN(const auto rows, tasks::labelled_logits(classifier, sources.logits, options.valid));
  YUPU_RETURN_IF_ERROR(tasks::check_gate(rows, options.scope_gate));
  if (!options.max_wrong) YUPU_RETURN_IF_ERROR(tasks::check_share(rows, options.out_of_scope_share));
  const tasks::Calibration calibration = tasks::fit_calibration(rows, {.target_precision = options.target_precision,
                                                                       .max_wrong = options.max_wrong,
                                                                       .confidence = options.confidence,
                                                                       .out_of_scope_share = options.out_of_scope_share,
                                                                       .gate = options.scope_gate});
  if (!calibration.may_answer()) {
    progress.note(fmt::format("calibration: nothing will be answered: {}", calibration.promise->reason));
  } else if (!calibration.target_met) {
    progress.note(fmt::format(
        "calibration: no threshold reaches a precision of {:.3f} on the validation rows; the best is {:.3f}",
        options.target_precision, calibration.answered_precision));
  } else if (!calibration.promise) {
    progress.note(
        fmt::format("calibration: {:.1f} % of the answers are right on the validation rows; of texts like them "
                    "{:.1f} % at least, with 95 % confidence",
                    100.0 * calibration.answered_precision,
                    100.0 * tasks::precision_bound(calibration, options.out_of_scope_share)));
  }
  classifier.set_calibration(calibration);
  classifier.show_agreement(calibration.gate && tasks::reads_agreement(*calibration.gate));
  return ok_status();
}

Result<TrainResult> conclude(const TrainOptions& options, const tasks::LogitsSource& logits, const Trainer& trainer,
                             tasks::Classifier& classifier) {
  TrainResult result = finished_result(trainer, options.train.size());
  describe(classifier, result);
  if (has_labelled(options.valid, options)) {
    YUPU_ASSIGN_OR_RETURN(result.valid, tasks::evaluate(classifier, logits, options.valid));
    add_figures("valid.", *result.valid, result.figures);
  }
  if (has_labelled(options.test, options)) {
    YUPU_ASSIGN_OR_RETURN(result.test, tasks::evaluate(classifier, logits, options.test));
    add_figures("test.", *result.test, result.figures);
  }
  const auto& calibration = classifier.calibration();
  if (calibration && !calibration->may_answer()) result.broken_promise = calibration->promise->reason;
  return result;
}

}  // namespace yupu::training
