#include "training/int8_run.h"

#include <fmt/format.h>

#include "engine/execution_context.h"
#include "tasks/classify/int8_copy.h"
#include "training/conclude.h"

namespace yupu::training {

Result<Int8Run> quantise_run(const TrainOptions& options, const std::string& directory, handoff::Progress& progress) {
  YUPU_ASSIGN_OR_RETURN(const auto classifier,
                        tasks::Classifier::load(options.out, {.placement = model::Placement::kMapped}));
  YUPU_RETURN_IF_ERROR(tasks::quantise_with_lineage(*classifier).with_context(options.out));
  engine::ExecutionContext context(options.threads);
  const Sources sources{
      .logits = tasks::logits_on(*classifier, context),
      .pooled = [&](std::span<const text::Encoding> texts) { return classifier->pooled(context, texts); }};
  classifier->set_distances(std::nullopt);
  classifier->set_neighbours(std::nullopt);
  YUPU_RETURN_IF_ERROR(calibrate(options, sources, *classifier, progress));
  Int8Run run;
  if (has_labelled(options.valid, options)) {
    YUPU_ASSIGN_OR_RETURN(const auto valid, tasks::evaluate(*classifier, sources.logits, options.valid));
    add_figures("valid.", valid, run.figures);
  }
  YUPU_ASSIGN_OR_RETURN(run.test, tasks::evaluate(*classifier, sources.logits, options.test));
  add_figures("test.", run.test, run.figures);
  const auto& calibration = classifier->calibration();
  if (calibration && !calibration->may_answer()) run.broken_promise = calibration->promise->reason;
  YUPU_RETURN_IF_ERROR(classifier->save(directory));
  run.weights_sha256 = classifier->weights_sha256();
  progress.note(
      fmt::format("   int8 weights: {} test rows, accuracy {:.4f}", run.test.judged.size(), run.test.report.accuracy));
  return run;
}

}  // namespace yupu::training
