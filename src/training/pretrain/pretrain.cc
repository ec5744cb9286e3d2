#include "training/pretrain/pretrain.h"

#include <fmt/format.h>

#include "base/file.h"
#include "base/hash.h"
#include "engine/error.h"
#include "model/encoder/encoder_config.h"
#include "text/tokenizers/wordpiece/train.h"
#include "text/tokenizers/wordpiece/wordpiece.h"
#include "training/precision.h"
#include "training/pretrain/pretrainer.h"
#include "training/ranks.h"

namespace yupu::training {
namespace {

// Bumped when the same options begin to give other weights.
constexpr std::int64_t kRecipe = 1;
constexpr std::size_t kVocabularyBytesMax = std::size_t{256} << 20;

struct Range {
  const char* name;
  double value;
  double min;
  double max;
};

Status check_options(const PretrainOptions& options) {
  if (options.out.empty()) return invalid_argument("out: a directory for the model is needed", "out");
  if (options.corpus.empty()) return invalid_argument("corpus: at least one text file is needed", "corpus");
  const Range ranges[] = {
      {"vocab_size", static_cast<double>(options.vocab_size), 16, 10'000'000},
      {"steps", static_cast<double>(options.steps), 0, 1e12},
      {"epochs", static_cast<double>(options.epochs), 1, 100'000},
      {"batch_tokens", static_cast<double>(options.batch_tokens), 16, 1 << 24},
      {"max_length", static_cast<double>(options.max_length), 4, 1'000'000},
      {"short_share", options.short_share, 0.0, 1.0},
      {"mask_probability", options.mask_probability, 0.01, 0.9},
      {"first_token_words", static_cast<double>(options.first_token_words), 0, 1000},
      {"lr", options.lr, 1e-9, 10.0},
      {"warmup_steps", static_cast<double>(options.warmup_steps), -1, 1e12},
      {"decay_steps", static_cast<double>(options.decay_steps), -1, 1e12},
      {"weight_decay", options.weight_decay, 0.0, 10.0},
      {"clip_norm", options.clip_norm, 0.0, 1e9},
      {"dropout", options.dropout, 0.0, 0.95},
      {"valid_share", options.valid_share, 0.0, 0.5},
      {"valid_tokens_max", static_cast<double>(options.valid_tokens_max), 0, 1e9},
      {"eval_steps", static_cast<double>(options.eval_steps), 1, 1e12},
      {"threads", static_cast<double>(options.threads), 0, 1024},
      {"checkpoint_seconds", options.checkpoint_seconds, 0.0, 1e9},
  };
  for (const Range& range : ranges) {
    if (!(range.value >= range.min && range.value <= range.max)) {
      return invalid_argument(fmt::format("{} is {}, must be {} to {}", range.name, range.value, range.min, range.max),
                              range.name);
    }
  }
  if (options.decay_now && options.schedule != PretrainSchedule::kStable) {
    return invalid_argument("only the stable schedule has a decay that can be begun at any time", "decay_now");
  }
  return ok_status();
}

Result<std::vector<std::string>> vocabulary(const PretrainOptions& options, handoff::Progress& progress) {
  if (!options.vocab.empty()) {
    YUPU_ASSIGN_OR_RETURN(const std::string bytes, read_file(options.vocab, kVocabularyBytesMax));
    return text::parse_vocabulary(bytes, options.vocab);
  }
  progress.note(fmt::format("training a vocabulary of {} tokens", options.vocab_size));
  text::TrainVocabularyOptions training;
  training.vocab_size = static_cast<std::int32_t>(options.vocab_size);
  CorpusLines lines(options.corpus);
  return text::train_vocabulary(
      [&lines](std::string& line) -> Result<bool> {
        std::string_view view;
        YUPU_ASSIGN_OR_RETURN(const bool more, lines.next(view));
        line.assign(view);
        return more;
      },
      training);
}

// A size's name, or a file of HuggingFace's config.json layout whose vocab_size gives way to the vocabulary's.
Result<model::EncoderConfig> encoder_config(const PretrainOptions& options, std::int64_t vocab_size) {
  if (!options.config.ends_with(".json")) {
    YUPU_ASSIGN_OR_RETURN(model::EncoderConfig config, model::preset_config(options.config));
    config.vocab_size = vocab_size;
    config.position_count = options.max_length;
    return config;
  }
  YUPU_ASSIGN_OR_RETURN(const std::string text, read_file(options.config, kVocabularyBytesMax));
  auto json = parse_json(text);
  if (!json.ok()) return json.status().with_context(options.config);
  if (!json->is_object()) return invalid_argument(options.config + ": must be a JSON object", "config");
  const bool fits = !json->contains("vocab_size") || (*json)["vocab_size"] == vocab_size || options.vocab.empty();
  if (!fits) {
    return invalid_argument(fmt::format("{}: 'vocab_size' is {}, {} has {} tokens", options.config,
                                        to_text((*json)["vocab_size"]), options.vocab, vocab_size),
                            "vocab_size");
  }
  (*json)["vocab_size"] = vocab_size;
  return model::EncoderConfig::from_json(*json, options.config);
}

Result<std::unique_ptr<tasks::MaskedModel>> make_model(const PretrainOptions& options, handoff::Progress& progress) {
  const auto dropout = static_cast<float>(options.dropout);
  if (!options.base.empty()) return tasks::MaskedModel::load(options.base, options.seed, dropout);
  YUPU_ASSIGN_OR_RETURN(auto tokens, vocabulary(options, progress));
  YUPU_ASSIGN_OR_RETURN(const model::EncoderConfig config,
                        encoder_config(options, static_cast<std::int64_t>(tokens.size())));
  YUPU_ASSIGN_OR_RETURN(auto tokenizer, text::make_wordpiece(std::move(tokens)));
  return tasks::MaskedModel::create(config, std::move(tokenizer), options.seed, dropout);
}

Json deciding_options(const PretrainOptions& options) {
  Json json = {{"recipe", kRecipe},
               {"config", options.base.empty() ? options.config : ""},
               {"base", options.base},
               {"batch_tokens", options.batch_tokens},
               {"max_length", options.max_length},
               {"short_share", options.short_share},
               {"mask_probability", options.mask_probability},
               {"whole_word", options.whole_word},
               {"lr", options.lr},
               {"schedule", options.schedule == PretrainSchedule::kStable ? "stable" : "linear"},
               {"warmup_steps", options.warmup_steps},
               {"weight_decay", options.weight_decay},
               {"clip_norm", options.clip_norm},
               {"dropout", options.dropout},
               {"valid_share", options.valid_share},
               {"valid_tokens_max", options.valid_tokens_max},
               {"seed", options.seed}};
  if (options.first_token_words > 0) json["first_token_words"] = options.first_token_words;
  if (options.schedule == PretrainSchedule::kStable) return json;  // length and precision may change on the way
  json["precision"] = engine::precision_name(options.precision);
  json["steps"] = options.steps;
  json["epochs"] = options.epochs;
  return json;
}

std::string fingerprint_of(const PretrainOptions& options, const tasks::MaskedModel& model, const Corpora& corpora) {
  Sha256 hash;
  hash.field(to_text(deciding_options(options)))
      .field(model.weights_sha256())
      .field(model.tokenizer().content_id())
      .field(corpora.train.content_id())
      .field(corpora.valid.content_id());
  return hash.finish_hex();
}

// Every rank must be about to do the same.
Status require_same_run(const std::string& fingerprint, engine::Precision precision, engine::Collective& collective) {
  if (collective.size() == 1) return ok_status();
  YUPU_ASSIGN_OR_RETURN(engine::Facts facts, program_facts());
  facts.emplace_back("options, corpus or weights to begin from", fingerprint);
  facts.emplace_back("precision", engine::precision_name(precision));
  return engine::require_equal(collective, facts);
}

Result<StateFolder> state_of(const PretrainOptions& options, const std::string& fingerprint,
                             const engine::Collective& collective) {
  if (!collective.is_root()) return StateFolder::elsewhere(options.out);
  return StateFolder::open(options.out, fingerprint);
}

Result<PretrainResult> pretrain_checked(const PretrainOptions& options, engine::Collective& collective,
                                        handoff::Progress& progress) {
  YUPU_ASSIGN_OR_RETURN(const auto model, make_model(options, progress));
  if (options.max_length > model->config().position_count) {
    return invalid_argument(fmt::format("max_length {} is more than the model's positions, {}", options.max_length,
                                        model->config().position_count),
                            "max_length");
  }
  YUPU_ASSIGN_OR_RETURN(const Corpora corpora, read_corpora(options.corpus, model->tokenizer(), options.valid_share,
                                                            options.valid_tokens_max));
  progress.note(fmt::format("{} tokens in {} documents, {} sentences; {} tokens held out; vocabulary {}",
                            corpora.train.token_count(), corpora.train.document_count(), corpora.train.segment_count(),
                            corpora.valid.token_count(), model->tokenizer().vocab_size()));
  const engine::Precision precision = usable_precision(options.precision, progress);
  const std::string fingerprint = fingerprint_of(options, *model, corpora);
  YUPU_RETURN_IF_ERROR(require_same_run(fingerprint, precision, collective));
  YUPU_ASSIGN_OR_RETURN(StateFolder state, state_of(options, fingerprint, collective));
  engine::ExecutionContext context(options.threads, precision);
  PretrainOptions with_lineage = options;
  with_lineage.lineage["options"] = deciding_options(options);
  with_lineage.lineage["train_tokens"] = corpora.train.token_count();
  with_lineage.lineage["corpus_sha256"] = corpora.train.content_id();
  Pretrainer pretrainer(with_lineage, *model, corpora, context, collective, std::move(state), progress);
  YUPU_RETURN_IF_ERROR(pretrainer.run());

  const Position& position = pretrainer.position();
  PretrainResult result{.steps = position.step,
                        .resumed_at_step = pretrainer.resumed_at_step(),
                        .tokens_seen = position.tokens,
                        .train_tokens = corpora.train.token_count(),
                        .valid_tokens = corpora.valid.token_count(),
                        .vocab_size = model->tokenizer().vocab_size(),
                        .parameter_count = 0,
                        .seconds = position.seconds,
                        .train_loss = 0.0,
                        .valid = pretrainer.valid(),
                        .weights_sha256 = model->weights_sha256()};
  if (position.loss_count > 0) result.train_loss = position.loss_sum / static_cast<double>(position.loss_count);
  for (const engine::Parameter* parameter : model->parameters()) {
    result.parameter_count += parameter->value.element_count();
  }
  return result;
}

}  // namespace

Result<PretrainResult> pretrain(const PretrainOptions& options, handoff::Progress& progress) {
  YUPU_RETURN_IF_ERROR(check_options(options));
  const auto alone = engine::single();
  engine::Collective& collective = options.collective != nullptr ? *options.collective : *alone;
  handoff::SilentProgress silent;
  try {
    return pretrain_checked(options, collective, collective.is_root() ? progress : silent);
  } catch (const engine::EngineError& error) {
    return Status(Code::kResourceExhausted,
                  fmt::format("pre-training: {} (smaller batch_tokens need less memory; the last checkpoint is kept)",
                              error.what()));
  }
}

}  // namespace yupu::training
