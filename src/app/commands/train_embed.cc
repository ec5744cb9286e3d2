// yupu train --task embed: a sentence embedder from pairs, scored pairs or labelled texts; its evaluate and predict.
#include "app/commands/task_commands.h"
#include "app/commands/text_set_files.h"
#include "app/commands/train_options.h"
#include "app/ranks.h"
#include "app/workplace.h"
#include "base/file.h"
#include "tasks/embed/evaluate.h"
#include "tasks/embed/evaluation_page.h"
#include "training/embed/embed_training.h"

namespace yupu::app {
namespace {

// Contrastive learning wants large batches; what does not fit the budget of tokens is computed in parts.
constexpr std::int64_t kBatchSize = 64, kBatchTokens = 4096;

struct Files {
  std::string train, valid, test;
  TextSetFlags flags;
};

Status read_sets(const Files& files, training::EmbedOptions& options) {
  YUPU_ASSIGN_OR_RETURN(options.train, read_text_set(files.train, files.flags));
  YUPU_ASSIGN_OR_RETURN(options.valid, read_text_set(files.valid, files.flags));
  if (files.test.empty()) return ok_status();
  YUPU_ASSIGN_OR_RETURN(options.test, read_text_set(files.test, files.flags));
  return ok_status();
}

Status train_on(engine::Collective& ranks, const Files& files, training::EmbedOptions options, const Telling& telling) {
  return run_training(
      ranks, options.loop, files.train, telling,
      {.read_files = [&] { return read_sets(files, options); },
       .deciding = [&] { return training::deciding_options(options); },
       .train = [&](handoff::Progress& progress) { return training::train_embedder(options, progress); }});
}

training::EmbedOptions read_options(Arguments& arguments) {
  training::EmbedOptions options;
  training::TrainOptions loop;
  loop.batch_size = kBatchSize;
  loop.batch_tokens = kBatchTokens;
  options.loop = read_loop_options(arguments, loop);
  arguments.one_of("--method", "full", {"full"});
  options.pooling = tasks::find_pooling(arguments.one_of("--pooling", "auto", {"auto", "mean", "cls"}));
  const std::string normalize = arguments.one_of("--normalize", "auto", {"auto", "on", "off"});
  if (normalize != "auto") options.normalize = normalize == "on";
  options.symmetric = arguments.one_of("--symmetric", "off", {"on", "off"}) == "on";
  options.scale = arguments.number("--scale", options.scale, 1e-3, 1e4);
  options.temperature = arguments.number("--temperature", options.temperature, 1e-3, 1e3);
  options.cased = arguments.one_of("--cased", "off", {"on", "off"}) == "on";
  return options;
}

}  // namespace

Status train_embed(Arguments& arguments) {
  const Telling telling = read_telling(arguments);
  const Files files{.train = arguments.required_text("--train"),
                    .valid = arguments.required_text("--valid"),
                    .test = arguments.text("--test"),
                    .flags = read_text_set_flags(arguments)};
  const training::EmbedOptions options = read_options(arguments);
  const engine::MpiOptions rank_options = read_rank_options(arguments);
  YUPU_RETURN_IF_ERROR(arguments.finish(0, 0).status());
  YUPU_RETURN_IF_ERROR(check(files.flags));
  YUPU_RETURN_IF_ERROR(check(telling));
  return on_ranks(rank_options, [&](engine::Collective& ranks) { return train_on(ranks, files, options, telling); });
}

Status evaluate_embed(Arguments& arguments, const std::string& model) {
  const bool json = arguments.flag("--json");
  const std::string data = arguments.required_text("--data");
  const TextSetFlags flags = read_text_set_flags(arguments);
  const std::string html = arguments.text("--html");
  const ModelRun run = read_model_run(arguments);
  YUPU_RETURN_IF_ERROR(arguments.finish(0, 0).status());
  YUPU_RETURN_IF_ERROR(check(flags));
  YUPU_ASSIGN_OR_RETURN(const auto embedder, tasks::Embedder::load(model, model::Placement::kMapped));
  YUPU_ASSIGN_OR_RETURN(const tasks::TextSet set, read_text_set(data, flags));
  engine::ExecutionContext context = open_context(run);
  YUPU_ASSIGN_OR_RETURN(auto evaluation, tasks::evaluate(*embedder, context, set));
  if (set.kind == tasks::TextSetKind::kPairs) evaluation.bm25 = tasks::bm25_retrieval(set);
  if (!html.empty()) {
    YUPU_RETURN_IF_ERROR(write_file_atomic(
        html,
        tasks::embed_evaluation_page(evaluation, {.model = model, .data = data, .lineage = embedder->lineage()})));
  }
  json ? print_json(evaluation.to_json()) : print_text(evaluation.to_text());
  return ok_status();
}

Status predict_embed(Arguments& arguments, const std::string& model) {
  constexpr std::size_t kBatch = 256;
  const auto given = arguments.many("--text");
  const ModelRun run = read_model_run(arguments);
  YUPU_ASSIGN_OR_RETURN(const auto words, arguments.finish(0, 1, "file"));
  YUPU_ASSIGN_OR_RETURN(const auto texts, texts_to_predict(given, words));
  YUPU_ASSIGN_OR_RETURN(const auto embedder, tasks::Embedder::load(model, model::Placement::kMapped));
  engine::ExecutionContext context = open_context(run);
  for (std::size_t begin = 0; begin < texts.size(); begin += kBatch) {
    const std::size_t end = std::min(begin + kBatch, texts.size());
    std::vector<text::Encoding> encodings;
    for (std::size_t i = begin; i < end; ++i) encodings.push_back(embedder->encode(texts[i]));
    YUPU_ASSIGN_OR_RETURN(const auto vectors, embedder->embed(context, encodings));
    for (std::size_t i = begin; i < end; ++i) print_text(tasks::embedding_line(texts[i], vectors[i - begin]));
  }
  return ok_status();
}

}  // namespace yupu::app
