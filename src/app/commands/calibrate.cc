// yupu calibrate: fits the thresholds of a classifier that is there, without training.
#include <fmt/format.h>

#include "app/commands/commands.h"
#include "app/commands/row_files.h"
#include "app/commands/task_commands.h"
#include "app/commands/train_options.h"
#include "app/workplace.h"
#include "tasks/classify/evaluate.h"
#include "tasks/classify/precision_bound.h"
#include "training/conclude.h"

namespace yupu::app {
namespace {

std::string calibration_text(const tasks::Calibration& calibration, double precision_bound) {
  std::string text = fmt::format("temperature {:.4f}; expected calibration error {:.4f}, {:.4f} without it\n",
                                 calibration.temperature, calibration.error_after, calibration.error_before);
  for (const auto& [score, figures] : calibration.scope_figures) {
    text += fmt::format("scope by {:<12} AUROC {:.4f}, FPR@95 {:.4f}: {:.1f} % turned away where 95 % are let in\n",
                        tasks::scope_score_name(score), figures.auroc, figures.fpr95(), 100.0 * figures.out_recall);
  }
  if (calibration.gate) {
    text += fmt::format("scope gate: {} below {:.4f} is refused\n", tasks::scope_score_name(calibration.gate->score),
                        calibration.gate->threshold);
  }
  text += fmt::format("answered from {:.4f} on: {:.2f} % of the rows in scope", calibration.answer_threshold,
                      100.0 * calibration.answered_share);
  if (calibration.out_of_scope_count > 0)
    text += fmt::format(", {:.2f} % of those out of scope", 100.0 * calibration.out_of_scope_answered);
  text += fmt::format("; {:.2f} % of the answers wrong", 100.0 * (1.0 - calibration.answered_precision));
  text += calibration.promise
              ? fmt::format(", at most {:.2f} % bound", 100.0 * calibration.promise->bound)
              : fmt::format(" as seen, below {:.2f} % with 95 % confidence", 100.0 * (1.0 - precision_bound));
  return text + "\n";
}

}  // namespace

Status calibrate_command(Arguments& arguments) {
  const bool json = arguments.flag("--json");
  const std::string model = arguments.required_text("--model");
  const std::string train_file = arguments.required_text("--train");
  const std::string valid_file = arguments.required_text("--valid");
  const data::ImportSource shape = read_row_shape(arguments);
  training::TrainOptions options;
  read_calibration_options(arguments, options);
  const ModelRun run = read_model_run(arguments);
  YUPU_RETURN_IF_ERROR(arguments.finish(0, 0).status());
  YUPU_ASSIGN_OR_RETURN(const auto classifier, tasks::Classifier::load(model));
  YUPU_ASSIGN_OR_RETURN(options.train, read_rows(shape, train_file));
  YUPU_ASSIGN_OR_RETURN(options.valid, read_rows(shape, valid_file));
  engine::ExecutionContext context = open_context(run);
  const training::Sources sources{
      .logits = tasks::logits_on(*classifier, context),
      .pooled = [&](std::span<const text::Encoding> texts) { return classifier->pooled(context, texts); }};
  const auto progress = terminal_progress();
  classifier->set_distances(std::nullopt);
  classifier->set_neighbours(std::nullopt);
  YUPU_RETURN_IF_ERROR(training::calibrate(options, sources, *classifier, *progress));
  const tasks::Calibration& calibration = *classifier->calibration();
  YUPU_RETURN_IF_ERROR(classifier->save(model));
  const double bound = tasks::precision_bound(calibration, options.out_of_scope_share);
  OrderedJson told = calibration.to_json();
  told["precision_bound"] = bound;
  json ? print_json(told) : print_text(calibration_text(calibration, bound));
  if (!calibration.may_answer()) return conflict(fmt::format("{}: {}", model, calibration.promise->reason));
  return ok_status();
}

}  // namespace yupu::app
