#include "training/conclude.h"

#include <algorithm>

#include <fmt/format.h>

namespace yupu::training {
namespace {

void add_figures(const std::string& prefix, const tasks::Evaluation& evaluation,
                 std::map<std::string, double>& figures) {
  figures[prefix + "accuracy"] = evaluation.report.accuracy;
  figures[prefix + "macro_f1"] = evaluation.report.macro.f1;
  figures[prefix + "calibration_error"] = evaluation.report.calibration_error;
  figures[prefix + "answered_share"] = evaluation.decisions.share_answered();
  figures[prefix + "answered_precision"] = evaluation.decisions.precision();
  for (const auto& [name, slice] : evaluation.report.slices)
    figures[fmt::format("{}accuracy.{}", prefix, name)] = slice.accuracy;
}

bool has_labelled(const std::vector<handoff::Row>& rows, const TrainOptions& options) {
  return std::any_of(rows.begin(), rows.end(), [&](const handoff::Row& row) { return is_learned(options, row); });
}

}  // namespace

Status calibrate(const TrainOptions& options, const tasks::LogitsSource& logits, tasks::Classifier& classifier,
                 handoff::Progress& progress) {
  if (options.valid.empty()) {
    progress.note("no validation rows: scores are not calibrated and every text will be answered");
    return ok_status();
  }
  YUPU_ASSIGN_OR_RETURN(const auto rows, tasks::labelled_logits(classifier, logits, options.valid));
  const tasks::Calibration calibration = tasks::fit_calibration(rows, options.target_precision);
  if (!calibration.target_met) {
    progress.note(fmt::format(
        "calibration: no threshold reaches a precision of {:.3f} on the validation rows; the best is {:.3f}",
        options.target_precision, calibration.answered_precision));
  }
  classifier.set_calibration(calibration);
  return ok_status();
}

Result<TrainResult> conclude(const TrainOptions& options, const tasks::LogitsSource& logits, const Trainer& trainer,
                             tasks::Classifier& classifier) {
  const Position& position = trainer.position();
  TrainResult result{.epochs = position.history,
                     .paused = false,
                     .steps = position.step,
                     .best_epoch = position.best_epoch,
                     .resumed_at_step = trainer.resumed_at_step(),
                     .seconds = position.seconds,
                     .precision = trainer.precision(),
                     .parameter_count = 0,
                     .weights_sha256 = classifier.weights_sha256(),
                     .encoder_config = {},
                     .valid = {},
                     .test = {},
                     .figures = {}};
  std::int64_t trained = 0;
  for (const engine::Parameter* parameter : classifier.parameters()) {
    result.parameter_count += parameter->value.element_count();
    if (parameter->trainable) trained += parameter->value.element_count();
  }
  OrderedJson config;
  classifier.config().write_to(config);
  result.encoder_config = Json(config);
  if (has_labelled(options.valid, options)) {
    YUPU_ASSIGN_OR_RETURN(result.valid, tasks::evaluate(classifier, logits, options.valid));
    add_figures("valid.", *result.valid, result.figures);
  }
  if (has_labelled(options.test, options)) {
    YUPU_ASSIGN_OR_RETURN(result.test, tasks::evaluate(classifier, logits, options.test));
    add_figures("test.", *result.test, result.figures);
  }
  result.figures["train.seconds"] = result.seconds;
  result.figures["train.steps"] = static_cast<double>(result.steps);
  result.figures["train.epochs"] = static_cast<double>(position.epoch);
  result.figures["train.best_epoch"] = static_cast<double>(result.best_epoch);
  result.figures["train.rows"] = static_cast<double>(options.train.size());
  if (!position.history.empty()) result.figures["train.loss"] = position.history.back().train_loss;
  result.figures["model.parameters"] = static_cast<double>(result.parameter_count);
  if (classifier.adapter() != nullptr) result.figures["adapter.trained_parameters"] = static_cast<double>(trained);
  return result;
}

}  // namespace yupu::training
