#include "training/generate/generate_training.h"

#include <fmt/format.h>

#include "tasks/generate/evaluate.h"
#include "text/tokenizers/bpe/train.h"
#include "training/fresh_model.h"
#include "training/generate/generate_learner.h"
#include "training/task_run.h"

namespace yupu::training {
namespace {

using tasks::LanguageModel;

// Bumped when the same options begin to give other weights.
constexpr std::int64_t kRecipe = 1;

Result<std::unique_ptr<LanguageModel>> fresh_model(const GenerateTraining& options) {
  YUPU_ASSIGN_OR_RETURN(model::DecoderConfig config, model::decoder_preset(options.loop.config));
  std::vector<std::string> texts;
  for (const tasks::Passage& passage : options.train.rows) {
    if (!passage.prompt.empty()) texts.push_back(passage.prompt);
    texts.push_back(passage.text);
  }
  YUPU_ASSIGN_OR_RETURN(
      text::BpeParts parts,
      text::train_bpe(text::source_of(texts), {.vocab_size = static_cast<std::int32_t>(options.loop.vocab_size)}));
  YUPU_ASSIGN_OR_RETURN(auto tokenizer, text::make_bpe(std::move(parts)));
  config.vocab_size = tokenizer->vocab_size();
  config.position_count = options.loop.max_length;
  if (options.loop.dropout) {
    config.embedding_dropout = config.residual_dropout = config.attention_dropout =
        static_cast<float>(*options.loop.dropout);
  }
  return LanguageModel::create(config, std::move(tokenizer), options.loop.seed, options.loop.max_length);
}

Result<std::unique_ptr<LanguageModel>> make_model(const GenerateTraining& options) {
  if (options.loop.base.empty()) return fresh_model(options);
  return model_from_base<LanguageModel>(options.loop, options.loop.max_length);
}

engine::Facts deciding_facts(const GenerateTraining& options, engine::Precision precision, const LanguageModel& model) {
  return {{"options", to_text(deciding_options(options))},
          {"precision in use", std::string(engine::precision_name(precision))},
          {"training texts", tasks::rows_sha256(options.train)},
          {"validation texts", tasks::rows_sha256(options.valid)},
          {"vocabulary", std::string(model.tokenizer().content_id())},
          {"weights to begin from", model.weights_sha256()}};
}

void add_figures(const std::string& prefix, const LanguageModel& model, engine::ExecutionContext& context,
                 const tasks::PassageSet& set, std::map<std::string, double>& figures) {
  if (set.rows.empty()) return;
  const tasks::WritingEvaluation evaluation = tasks::evaluate(model, context, set);
  figures[prefix + std::string(kLogLikelihood)] = -evaluation.loss();
  figures[prefix + "loss"] = evaluation.loss();
  figures[prefix + "perplexity"] = evaluation.perplexity();
  figures[prefix + "accuracy"] = evaluation.accuracy();
  if (const auto bits = evaluation.bits_per_byte()) figures[prefix + "bits_per_byte"] = *bits;
}

// Tells of texts that were cut.
Result<std::unique_ptr<Learner>> make_learner(const GenerateTraining& options, LanguageModel& model,
                                              handoff::Progress& progress) {
  auto learner = std::make_unique<GenerateLearner>(options, model);
  if (learner->cut_count() > 0) {
    progress.note(fmt::format("{} of {} training texts are longer than {} tokens with their prompt and were cut",
                              learner->cut_count(), options.train.rows.size(), model.max_length()));
  }
  return std::unique_ptr<Learner>(std::move(learner));
}

Result<TrainResult> train_checked(const GenerateTraining& options, engine::Collective& collective,
                                  handoff::Progress& progress) {
  YUPU_ASSIGN_OR_RETURN(const auto model, make_model(options));
  return run_task({.loop = options.loop,
                   .row_count = options.train.rows.size(),
                   .facts = [&](engine::Precision precision) { return deciding_facts(options, precision, *model); },
                   .learner = [&] { return make_learner(options, *model, progress); },
                   .judge = [&](engine::ExecutionContext& context, std::map<std::string, double>& figures) -> Status {
                     add_figures("valid.", *model, context, options.valid, figures);
                     add_figures("test.", *model, context, options.test, figures);
                     return ok_status();
                   }},
                  collective, progress, *model);
}

Status check_own(const GenerateTraining& options) {
  const TrainOptions& loop = options.loop;
  if (options.train.rows.empty()) return invalid_argument("no training text", "train");
  if (loop.method != "full")
    return invalid_argument(fmt::format("method \"{}\": decoders are trained whole (full)", loop.method), "method");
  if (loop.token_dropout != 0.0)
    return invalid_argument("token_dropout: what is read is what is to be guessed; it stays whole", "token_dropout");
  if (loop.label_smoothing != 0.0)
    return invalid_argument("label_smoothing: perplexity is of the model's own probabilities", "label_smoothing");
  return ok_status();
}

}  // namespace

Json deciding_options(const GenerateTraining& options) {
  Json json = deciding_options(options.loop);
  for (const char* unread :
       {"wide", "wide_lr", "target_precision", "learn_out_of_scope", "label_smoothing", "token_dropout"})
    json.erase(unread);
  json["task"] = "generate";
  json["recipe"] = kRecipe;
  json["metric"] = kLogLikelihood;
  json["prompted"] = options.train.prompted;
  return json;
}

Result<TrainResult> train_generator(const GenerateTraining& options, handoff::Progress& progress) {
  YUPU_RETURN_IF_ERROR(check_ranges(options.loop));
  YUPU_RETURN_IF_ERROR(check_own(options));
  GenerateTraining named = options;
  named.loop.metric = kLogLikelihood;
  return framed(named.loop, progress, [&](engine::Collective& collective, handoff::Progress& root_progress) {
    return train_checked(named, collective, root_progress);
  });
}

}  // namespace yupu::training
