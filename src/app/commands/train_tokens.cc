// yupu train --task tokens: a tagger from column files.
#include "app/commands/tag_files.h"
#include "app/commands/task_commands.h"
#include "app/commands/train_options.h"
#include "app/ranks.h"
#include "training/tokens/tag_training.h"

namespace yupu::app {
namespace {

struct Files {
  std::string train, valid, test;
  TagFlags flags;
};

// All files are in the scheme of the training file, which is read first.
Status read_sets(const Files& files, training::TagOptions& options) {
  YUPU_ASSIGN_OR_RETURN(options.train, read_tags(files.train, files.flags));
  TagFlags as_train = files.flags;
  as_train.scheme = std::string(tasks::scheme_name(options.train.scheme));
  YUPU_ASSIGN_OR_RETURN(options.valid, read_tags(files.valid, as_train));
  if (files.test.empty()) return ok_status();
  YUPU_ASSIGN_OR_RETURN(options.test, read_tags(files.test, as_train));
  return ok_status();
}

Status train_on(engine::Collective& ranks, const Files& files, training::TagOptions options, const Telling& telling) {
  return run_training(
      ranks, options.loop, files.train, telling,
      {.read_files = [&] { return read_sets(files, options); },
       .deciding = [&] { return training::deciding_options(options); },
       .train = [&](handoff::Progress& progress) { return training::train_tagger(options, progress); }});
}

}  // namespace

Status train_tokens(Arguments& arguments) {
  const Telling telling = read_telling(arguments);
  const Files files{.train = arguments.required_text("--train"),
                    .valid = arguments.required_text("--valid"),
                    .test = arguments.text("--test"),
                    .flags = read_tag_flags(arguments)};
  training::TagOptions options;
  options.loop = read_loop_options(arguments);
  arguments.one_of("--method", "full", {"full"});
  read_wide_options(arguments, options.loop);
  options.crf = arguments.one_of("--crf", "off", {"on", "off"}) == "on";
  options.crf_lr = arguments.number("--crf-lr", options.crf_lr, 1e-9, 10.0);
  options.cased = arguments.one_of("--cased", "on", {"on", "off"}) == "on";
  const engine::MpiOptions rank_options = read_rank_options(arguments);
  YUPU_RETURN_IF_ERROR(arguments.finish(0, 0).status());
  YUPU_RETURN_IF_ERROR(check(telling));
  return on_ranks(rank_options, [&](engine::Collective& ranks) { return train_on(ranks, files, options, telling); });
}

}  // namespace yupu::app
