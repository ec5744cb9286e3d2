// yupu train: fine-tunes a model from files.
#include "app/commands/commands.h"
#include "app/commands/row_files.h"
#include "app/commands/task_commands.h"
#include "app/commands/train_options.h"
#include "app/ranks.h"
#include "training/training.h"

namespace yupu::app {
namespace {

struct Files {
  std::string train;
  std::string valid;
  std::string test;
  data::ImportSource shape;
  std::string class_weights;
};

Files read_files(Arguments& arguments) {
  Files files;
  files.train = arguments.required_text("--train");
  files.valid = read_valid_file(arguments);
  files.test = arguments.text("--test");
  files.class_weights = arguments.text("--class-weights", "off");
  files.shape = read_row_shape(arguments);
  return files;
}

training::TrainOptions read_options(Arguments& arguments) {
  training::TrainOptions options = read_loop_options(arguments);
  read_head_options(arguments, options);
  options.branch_loss = arguments.number("--branch-loss", options.branch_loss, 0.0, 100.0);
  options.metric = arguments.one_of("--metric", options.metric, {"accuracy", "macro_f1"});
  read_calibration_options(arguments, options);
  const auto& backgrounds = training::kBackgrounds;
  options.background = *training::find_background(arguments.one_of(
      "--background", backgrounds[0], {backgrounds[0], backgrounds[1], backgrounds[2], backgrounds[3]}));
  read_adapter_options(arguments, options);
  return options;
}

Status read_sets(const Files& files, training::TrainOptions& options) {
  YUPU_ASSIGN_OR_RETURN(options.train, read_rows(files.shape, files.train));
  YUPU_ASSIGN_OR_RETURN(options.valid, read_rows(files.shape, files.valid));
  YUPU_ASSIGN_OR_RETURN(options.test, read_rows(files.shape, files.test));
  YUPU_ASSIGN_OR_RETURN(options.class_weights, training::read_class_weights(files.class_weights));
  return ok_status();
}

Status train_on(engine::Collective& ranks, const Files& files, training::TrainOptions options, const Telling& telling) {
  return run_training(ranks, options, files.train, telling,
                      {.read_files = [&] { return read_sets(files, options); },
                       .deciding = [&] { return training::deciding_options(options); },
                       .train = [&](handoff::Progress& progress) { return training::train(options, progress); }});
}

}  // namespace

Status train_command(Arguments& arguments) {
  if (const auto verb = arguments.verb({"ls", "compare"}); verb.ok())
    return *verb == "ls" ? train_list_command(arguments) : train_compare_command(arguments);
  YUPU_ASSIGN_OR_RETURN(const TaskCommands* task, asked_task(arguments, "classify"));
  return task->train(arguments);
}

Status train_classify(Arguments& arguments) {
  const Telling telling = read_telling(arguments);
  const Files files = read_files(arguments);
  const training::TrainOptions options = read_options(arguments);
  const engine::MpiOptions rank_options = read_rank_options(arguments);
  YUPU_RETURN_IF_ERROR(arguments.finish(0, 0).status());
  YUPU_RETURN_IF_ERROR(check(telling));
  return on_ranks(rank_options, [&](engine::Collective& ranks) { return train_on(ranks, files, options, telling); });
}

}  // namespace yupu::app
