// yupu train --task generate: a language model from texts, or from prompts and answers; its evaluate and predict.
#include "app/commands/task_commands.h"
#include "app/commands/train_options.h"
#include "app/ranks.h"
#include "app/workplace.h"
#include "data/passage_set.h"
#include "tasks/generate/evaluate.h"
#include "tasks/generate/generation.h"
#include "training/generate/generate_training.h"

namespace yupu::app {
namespace {

constexpr std::int64_t kEpochs = 10, kBatchTokens = 1024, kMaxLength = 256, kVocabSize = 8000, kPatience = 3;
constexpr double kLearningRate = 1e-3;

// --prompt COL --completion COL, or --text COL.
data::PassageSource read_passage_columns(Arguments& arguments) {
  data::PassageSource source;
  source.prompt_column = arguments.text("--prompt");
  source.text_column = source.prompt_column.empty() ? arguments.text("--text", source.text_column)
                                                    : arguments.text("--completion", "completion");
  return source;
}

struct Files {
  std::string train, valid, test;
  data::PassageSource columns;
};

Result<tasks::PassageSet> read_set(const Files& files, const std::string& path) {
  if (path.empty()) return tasks::PassageSet{};
  data::PassageSource source = files.columns;
  source.path = path;
  return data::read_passage_set(source);
}

Status read_sets(const Files& files, training::GenerateTraining& options) {
  YUPU_ASSIGN_OR_RETURN(options.train, read_set(files, files.train));
  YUPU_ASSIGN_OR_RETURN(options.valid, read_set(files, files.valid));
  YUPU_ASSIGN_OR_RETURN(options.test, read_set(files, files.test));
  return ok_status();
}

Status train_on(engine::Collective& ranks, const Files& files, training::GenerateTraining options,
                const Telling& telling) {
  return run_training(
      ranks, options.loop, files.train, telling,
      {.read_files = [&] { return read_sets(files, options); },
       .deciding = [&] { return training::deciding_options(options); },
       .train = [&](handoff::Progress& progress) { return training::train_generator(options, progress); }});
}

}  // namespace

Status train_generate(Arguments& arguments) {
  const Telling telling = read_telling(arguments);
  const Files files{.train = arguments.required_text("--train"),
                    .valid = arguments.required_text("--valid"),
                    .test = arguments.text("--test"),
                    .columns = read_passage_columns(arguments)};
  training::GenerateTraining options;
  training::TrainOptions loop;
  loop.epochs = kEpochs;
  loop.batch_tokens = kBatchTokens;
  loop.max_length = kMaxLength;
  loop.vocab_size = kVocabSize;
  loop.patience = kPatience;
  loop.lr = kLearningRate;
  options.loop = read_loop_options(arguments, loop);
  arguments.one_of("--method", "full", {"full"});
  const engine::MpiOptions rank_options = read_rank_options(arguments);
  YUPU_RETURN_IF_ERROR(arguments.finish(0, 0).status());
  YUPU_RETURN_IF_ERROR(check(telling));
  return on_ranks(rank_options, [&](engine::Collective& ranks) { return train_on(ranks, files, options, telling); });
}

Status evaluate_generate(Arguments& arguments, const std::string& model) {
  const bool json = arguments.flag("--json");
  data::PassageSource source = read_passage_columns(arguments);
  source.path = arguments.required_text("--data");
  const ModelRun run = read_model_run(arguments);
  YUPU_RETURN_IF_ERROR(arguments.finish(0, 0).status());
  YUPU_ASSIGN_OR_RETURN(const auto writer, tasks::LanguageModel::load(model));
  YUPU_ASSIGN_OR_RETURN(const tasks::PassageSet set, data::read_passage_set(source));
  engine::ExecutionContext context = open_context(run);
  const tasks::WritingEvaluation evaluation = tasks::evaluate(*writer, context, set);
  json ? print_json(evaluation.to_json()) : print_text(evaluation.to_text());
  return ok_status();
}

}  // namespace yupu::app
