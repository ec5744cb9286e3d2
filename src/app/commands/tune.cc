// yupu tune: hyper-parameter search over a declared space.
#include "training/tune/tune.h"

#include <fmt/format.h>

#include "app/commands/commands.h"
#include "app/commands/row_files.h"
#include "app/workplace.h"
#include "base/file.h"
#include "strategy/tune_file.h"

namespace yupu::app {

Status tune_command(Arguments& arguments) {
  const bool json = arguments.flag("--json");
  const std::string train = arguments.required_text("--train");
  const std::string valid = arguments.required_text("--valid");
  const data::ImportSource shape = read_row_shape(arguments);
  const std::string out = arguments.required_text("--out");
  const std::int64_t trials = arguments.integer("--trials", 0, 1, 100'000);
  const std::int64_t epochs = arguments.integer("--max-epochs", 0, 1, 100'000);
  const std::int64_t seed = arguments.integer("--seed", -1, 0, INT64_MAX);
  const std::int64_t jobs = arguments.integer("--jobs", 0, 1, 1024);
  const std::int64_t threads = arguments.integer("--threads", 0, 0, 1024);
  YUPU_ASSIGN_OR_RETURN(const auto words, arguments.finish(1, 1, "space file"));
  YUPU_ASSIGN_OR_RETURN(auto options, strategy::load_tune_file(words[0]));
  options.out = out;
  options.threads = threads;
  if (trials > 0) options.settings.trials = trials;
  if (epochs > 0) options.settings.ladder.most = epochs;
  if (seed >= 0) options.settings.seed = static_cast<std::uint64_t>(seed);
  if (jobs > 0) options.jobs = jobs;
  YUPU_ASSIGN_OR_RETURN(options.fixed.train, read_rows(shape, train));
  YUPU_ASSIGN_OR_RETURN(options.fixed.valid, read_rows(shape, valid));
  YUPU_ASSIGN_OR_RETURN(const std::string train_sha256, file_sha256(train));
  options.fixed.lineage = {{"train", train}, {"train_sha256", train_sha256}, {"version", kVersion}};
  const auto progress = terminal_progress();
  YUPU_ASSIGN_OR_RETURN(const auto result, training::tune::tune(options, *progress));
  if (json) {
    print_json(result.results);
    return ok_status();
  }
  print_text(fmt::format("{}\n\nbest: trial {}, {} {:.4f}; its model: {}; the search: {}/report.html", result.table,
                         result.best_trial, options.fixed.metric, result.best_figure, result.model_directory, out));
  return ok_status();
}

}  // namespace yupu::app
