// yupu train --task multilabel: any number of labels per text.
#include "app/commands/multilabel_files.h"
#include "app/commands/task_commands.h"
#include "app/commands/train_options.h"
#include "app/ranks.h"
#include "training/multilabel/multilabel_training.h"

namespace yupu::app {
namespace {

struct Files {
  std::string train, valid, test;
  data::MultilabelSource columns;
};

Result<tasks::MultilabelSet> read_set(const Files& files, const std::string& path) {
  if (path.empty()) return tasks::MultilabelSet{};
  data::MultilabelSource source = files.columns;
  source.path = path;
  return data::read_multilabel_set(source);
}

Status read_sets(const Files& files, training::MultilabelOptions& options) {
  YUPU_ASSIGN_OR_RETURN(options.train, read_set(files, files.train));
  YUPU_ASSIGN_OR_RETURN(options.valid, read_set(files, files.valid));
  YUPU_ASSIGN_OR_RETURN(options.test, read_set(files, files.test));
  return ok_status();
}

Status train_on(engine::Collective& ranks, const Files& files, training::MultilabelOptions options,
                const Telling& telling) {
  return run_training(
      ranks, options.loop, files.train, telling,
      {.read_files = [&] { return read_sets(files, options); },
       .deciding = [&] { return training::deciding_options(options); },
       .train = [&](handoff::Progress& progress) { return training::train_multilabel(options, progress); }});
}

}  // namespace

Status train_multilabel(Arguments& arguments) {
  const Telling telling = read_telling(arguments);
  const Files files{.train = arguments.required_text("--train"),
                    .valid = read_valid_file(arguments),
                    .test = arguments.text("--test"),
                    .columns = read_multilabel_columns(arguments)};
  training::MultilabelOptions options;
  options.loop = read_loop_options(arguments);
  read_head_options(arguments, options.loop);
  read_adapter_options(arguments, options.loop);
  options.loop.metric =
      arguments.one_of("--metric", "average_precision", {"average_precision", "micro_f1", "macro_f1", "exact_match"});
  options.thresholds = *tasks::find_threshold_rule(arguments.one_of(
      "--thresholds", "shared", {tasks::kThresholdRules[0], tasks::kThresholdRules[1], tasks::kThresholdRules[2]}));
  const engine::MpiOptions rank_options = read_rank_options(arguments);
  YUPU_RETURN_IF_ERROR(arguments.finish(0, 0).status());
  YUPU_RETURN_IF_ERROR(check(telling));
  return on_ranks(rank_options, [&](engine::Collective& ranks) { return train_on(ranks, files, options, telling); });
}

}  // namespace yupu::app
