// yupu train --task pairs: a cross-encoder from files with two text columns.
#include "app/commands/pair_files.h"
#include "app/commands/task_commands.h"
#include "app/commands/train_options.h"
#include "app/ranks.h"
#include "training/pairs/pair_training.h"

namespace yupu::app {
namespace {

constexpr std::int64_t kMaxLength = 128;  // both texts together

struct Files {
  std::string train, valid, test;
  data::PairSource columns;
};

Result<tasks::PairSet> read_set(const Files& files, const std::string& path) {
  if (path.empty()) return tasks::PairSet{};
  data::PairSource source = files.columns;
  source.path = path;
  return data::read_pair_set(source);
}

Status read_sets(const Files& files, training::PairOptions& options) {
  YUPU_ASSIGN_OR_RETURN(options.train, read_set(files, files.train));
  YUPU_ASSIGN_OR_RETURN(options.valid, read_set(files, files.valid));
  YUPU_ASSIGN_OR_RETURN(options.test, read_set(files, files.test));
  return ok_status();
}

Status train_on(engine::Collective& ranks, const Files& files, training::PairOptions options, const Telling& telling) {
  return run_training(ranks, options.loop, files.train, telling,
                      {.read_files = [&] { return read_sets(files, options); },
                       .deciding = [&] { return training::deciding_options(options); },
                       .train = [&](handoff::Progress& progress) { return training::train_pairs(options, progress); }});
}

}  // namespace

Status train_pairs(Arguments& arguments) {
  const Telling telling = read_telling(arguments);
  const Files files{.train = arguments.required_text("--train"),
                    .valid = read_valid_file(arguments),
                    .test = arguments.text("--test"),
                    .columns = read_pair_columns(arguments)};
  training::PairOptions options;
  options.loop.max_length = kMaxLength;
  options.loop = read_loop_options(arguments, options.loop);
  read_adapter_options(arguments, options.loop);
  options.loop.metric = arguments.one_of("--metric", training::kAutoMetric,
                                         {training::kAutoMetric, "accuracy", "macro_f1", "f1", "auroc",
                                          "average_precision", "spearman", "pearson", "mrr"});
  options.target = tasks::find_target(arguments.one_of("--target", "auto", {"auto", "classes", "score"}));
  options.positive = arguments.text("--positive");
  if (arguments.one_of("--loss", "rows", {"rows", "lists"}) == "lists") options.loss = training::PairLoss::kLists;
  options.list_size = arguments.integer("--list-size", options.list_size, 2, 128);
  options.symmetric = arguments.one_of("--symmetric", "off", {"on", "off"}) == "on";
  const engine::MpiOptions rank_options = read_rank_options(arguments);
  YUPU_RETURN_IF_ERROR(arguments.finish(0, 0).status());
  YUPU_RETURN_IF_ERROR(check(telling));
  return on_ranks(rank_options, [&](engine::Collective& ranks) { return train_on(ranks, files, options, telling); });
}

}  // namespace yupu::app
