#include "training/tune/tune.h"

#include <algorithm>
#include <thread>

#include <fmt/format.h>

#include "base/file.h"
#include "base/hash.h"
#include "training/tune/report.h"
#include "training/tune/runner.h"
#include "training/tune/settings.h"

namespace yupu::training::tune {
namespace {

// What decides the figures beside space and settings.
std::string context_of(const TrainOptions& fixed) {
  Sha256 hash;
  hash.field(to_text(deciding_options(fixed)));
  for (const auto* rows : {&fixed.train, &fixed.valid}) {
    hash.field(std::to_string(rows->size()));
    for (const handoff::Row& row : *rows) hash.field(row.text).field(row.label);
  }
  return hash.finish_hex();
}

int threads_per_trial(const TuneOptions& options) {
  const std::int64_t cores =
      options.threads > 0 ? options.threads : std::max<std::int64_t>(1, std::thread::hardware_concurrency());
  return static_cast<int>(std::max<std::int64_t>(1, cores / options.jobs));
}

Result<TrainOptions> options_of(const TrainOptions& fixed, const StudySettings& settings, const Space& space,
                                const Point& point) {
  TrainOptions options = fixed;
  options.epochs = settings.ladder.most;
  options.patience = 0;
  for (std::size_t i = 0; i < space.size(); ++i)
    YUPU_RETURN_IF_ERROR(apply_setting(space[i].name, value_of(space[i], point[i]), options));
  return options;
}

Objective objective_of(const TuneOptions& options, const StudySettings& settings) {
  return [&options, settings](const Trial& trial, const std::string& directory) -> Result<double> {
    YUPU_ASSIGN_OR_RETURN(TrainOptions run, options_of(options.fixed, settings, options.space, trial.point));
    run.out = directory;
    run.threads = threads_per_trial(options);
    run.pause_after_epoch = trial.target < settings.ladder.most ? trial.target : 0;
    run.lineage["tune"] = {{"trial", trial.number}, {"point", to_json(options.space, trial.point)}};
    handoff::SilentProgress silent;
    YUPU_ASSIGN_OR_RETURN(const TrainResult result, train(run, silent));
    double best = 0.0;
    for (const EpochFigures& epoch : result.epochs) best = std::max(best, epoch.valid_figure);
    return best;
  };
}

// Only the best finished trial keeps its model; one that failed keeps nothing.
Status drop_losers(const Study& study, const Trial& ended) {
  const Trial* best = study.best();
  for (const Trial& trial : study.trials()) {
    const bool over = trial.state == TrialState::kComplete || trial.state == TrialState::kFailed;
    const bool lost = best == nullptr || trial.number != best->number;
    if (over && lost && (ended.state == TrialState::kComplete || trial.number == ended.number))
      YUPU_RETURN_IF_ERROR(remove_tree(trial_directory(study, trial.number)));
  }
  return ok_status();
}

// The winner becomes OUT/model; its trial's number stands in its lineage, and OUT/model stays when it is still that
// one.
Status keep_best(const Study& study, const Trial& best, const std::string& model) {
  const std::string own = trial_directory(study, best.number);
  if (file_exists(own + "/yupu.json")) {
    YUPU_RETURN_IF_ERROR(remove_tree(own + "/rung.json"));
    YUPU_RETURN_IF_ERROR(replace_directory(own, model));
  }
  if (!file_exists(model + "/yupu.json"))
    return internal_error(
        fmt::format("{}: the model of trial {} is gone; remove the folder to search anew", model, best.number));
  return remove_tree(study.directory() + "/trials");
}

Status check(const TuneOptions& options) {
  if (options.out.empty()) return invalid_argument("out: a directory for the search is needed", "out");
  if (options.fixed.train.empty()) return invalid_argument("no training row", "train");
  if (options.fixed.valid.empty()) return invalid_argument("no validation row: trials are compared on them", "valid");
  if (options.jobs < 1 || options.jobs > 1024) return invalid_argument("jobs must be 1 to 1024", "jobs");
  if (options.fixed.method == "adalora") {
    TrainOptions ignored;
    return apply_setting("method", "adalora", ignored);
  }
  for (const Parameter& parameter : options.space) YUPU_RETURN_IF_ERROR(check_settable(parameter));
  return ok_status();
}

}  // namespace

Result<TuneResult> tune(const TuneOptions& options, handoff::Progress& progress) {
  YUPU_RETURN_IF_ERROR(check(options));
  YUPU_ASSIGN_OR_RETURN(Study study,
                        Study::open(options.out, options.space, options.settings, context_of(options.fixed)));
  const RunnerOptions runner{.jobs = options.jobs, .after_rung = [](const Study& so_far, const Trial& trial) {
                               return drop_losers(so_far, trial);
                             }};
  YUPU_RETURN_IF_ERROR(run_study(study, objective_of(options, options.settings), runner, progress));
  const Trial* best = study.best();
  if (best == nullptr) {
    return conflict(fmt::format("every trial failed; the last: {}", study.trials().back().reason));
  }
  TuneResult result{.best_trial = best->number,
                    .best_figure = *best->figure(),
                    .model_directory = options.out + "/model",
                    .results = results_json(study, options.fixed.metric),
                    .table = results_table(study, options.fixed.metric)};
  YUPU_RETURN_IF_ERROR(keep_best(study, *best, result.model_directory));
  YUPU_RETURN_IF_ERROR(write_file_atomic(options.out + "/results.json", result.results.dump(2) + "\n"));
  YUPU_RETURN_IF_ERROR(write_file_atomic(options.out + "/report.html", report_html(study, options.fixed.metric)));
  return result;
}

}  // namespace yupu::training::tune
