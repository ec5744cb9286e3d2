#include "training/training.h"

#include <algorithm>
#include <cmath>
#include <set>

#include <fmt/format.h>

#include "base/file.h"
#include "base/hash.h"
#include "model/checkpoint/huggingface.h"
#include "training/classify_learner.h"
#include "training/conclude.h"
#include "training/fresh_model.h"
#include "training/precision.h"
#include "training/ranks.h"
#include "training/row_checks.h"
#include "training/run_frame.h"
#include "training/trainer.h"

namespace yupu::training {
namespace {

// Bumped when the same options begin to give other weights.
constexpr std::int64_t kRecipe = 2;

// Texts with a label, then those of the background.
std::vector<std::string> learned_texts(const TrainOptions& options, const std::vector<std::string>& background) {
  std::vector<std::string> texts;
  for (const handoff::Row& row : options.train) {
    if (is_learned(options, row)) texts.push_back(row.text);
  }
  texts.insert(texts.end(), background.begin(), background.end());
  return texts;
}

Result<std::vector<std::string>> labels_of(const TrainOptions& options) {
  std::set<std::string> labels;
  for (const handoff::Row& row : options.train) {
    if (is_learned(options, row)) labels.insert(row.label);
  }
  if (labels.empty()) return invalid_argument("no training row with a label", "train");
  if (labels.size() < 2) {
    return invalid_argument(
        fmt::format("only one label (\"{}\") in the training rows: there is nothing to tell apart", *labels.begin()),
        "train");
  }
  const bool any_valid = std::any_of(options.valid.begin(), options.valid.end(),
                                     [&](const handoff::Row& row) { return labels.contains(row.label); });
  if (!options.valid.empty() && !any_valid)
    return invalid_argument("no validation row has a label of the training rows", "valid");
  return std::vector<std::string>(labels.begin(), labels.end());
}

Result<std::unique_ptr<tasks::Classifier>> fresh_classifier(const TrainOptions& options,
                                                            const tasks::Classifier::Fresh& fresh,
                                                            std::span<const std::string> texts) {
  YUPU_ASSIGN_OR_RETURN(FreshModel model, fresh_model(options, texts, false));
  return tasks::Classifier::create(model.config, std::move(model.tokenizer), fresh);
}

// `texts`: what it will learn from.
Result<std::unique_ptr<tasks::Classifier>> make_classifier(const TrainOptions& options,
                                                           std::span<const std::string> texts) {
  YUPU_RETURN_IF_ERROR(check_method(options));
  YUPU_ASSIGN_OR_RETURN(auto labels, labels_of(options));
  const tasks::Classifier::Fresh fresh{.labels = std::move(labels),
                                       .seed = options.seed,
                                       .max_length = options.max_length,
                                       .pooling = options.pooling,
                                       .background = options.background != Background::kOff};
  if (options.base.empty()) return fresh_classifier(options, fresh, texts);
  YUPU_ASSIGN_OR_RETURN(auto classifier, model_from_base<tasks::Classifier>(options, fresh));
  if (options.method != "full") YUPU_RETURN_IF_ERROR(classifier->adapt(adapter_config(options), options.seed));
  return classifier;
}

// Everything that decides the weights, hashed: options, precision in use, rows and the weights training begins from.
std::string fingerprint_of(const TrainOptions& options, engine::Precision precision,
                           const tasks::Classifier& classifier) {
  Json deciding = deciding_options(options);
  // Fitted when the weights stand: a run goes on under another promise without being trained again.
  for (const char* key : {"target_precision", "max_wrong", "confidence", "out_of_scope_share", "scope_gate"})
    deciding.erase(key);
  Sha256 hash;
  hash.field(to_text(deciding))
      .field(engine::precision_name(precision))
      .field(classifier.weights_sha256())
      .field(classifier.tokenizer().content_id());
  for (const auto* rows : {&options.train, &options.valid}) {
    hash.field(std::to_string(rows->size()));
    for (const handoff::Row& row : *rows) hash.field(row.text).field(row.label);
  }
  return hash.finish_hex();
}

std::string rows_sha256(const std::vector<handoff::Row>& rows) {
  Sha256 hash;
  for (const handoff::Row& row : rows) hash.field(row.text).field(row.label);
  return hash.finish_hex();
}

// Every rank must be about to do the same.
Status require_same_run(const TrainOptions& options, engine::Precision precision, const tasks::Classifier& classifier,
                        engine::Collective& collective) {
  if (collective.size() == 1) return ok_status();
  YUPU_ASSIGN_OR_RETURN(engine::Facts facts, program_facts());
  facts.emplace_back("options", to_text(deciding_options(options)));
  facts.emplace_back("precision in use", engine::precision_name(precision));
  facts.emplace_back("training rows", rows_sha256(options.train));
  facts.emplace_back("validation rows", rows_sha256(options.valid));
  facts.emplace_back("test rows", rows_sha256(options.test));
  facts.emplace_back("vocabulary", classifier.tokenizer().content_id());
  facts.emplace_back("weights to begin from", classifier.weights_sha256());
  return engine::require_equal(collective, facts);
}

Result<StateFolder> state_of(const TrainOptions& options, engine::Precision precision,
                             const tasks::Classifier& classifier, const engine::Collective& collective) {
  if (!collective.is_root()) return StateFolder::elsewhere(options.out);
  return StateFolder::open(options.out, fingerprint_of(options, precision, classifier));
}

Result<TrainResult> train_checked(const TrainOptions& options, engine::Collective& collective,
                                  handoff::Progress& progress) {
  YUPU_ASSIGN_OR_RETURN(const std::vector<std::string> background, background_texts(options.background, options.train));
  YUPU_RETURN_IF_ERROR(require_texts_that_differ(options));
  const std::int64_t conflicts = tell_conflicts(options, progress);
  const std::vector<std::string> texts = learned_texts(options, background);
  YUPU_ASSIGN_OR_RETURN(const auto classifier, make_classifier(options, texts));
  if (options.wide) classifier->add_wide(texts);
  tell_unknown_labels(options, *classifier, progress);
  const engine::Precision precision = usable_precision(options.precision, progress);
  YUPU_RETURN_IF_ERROR(require_same_run(options, precision, *classifier, collective));
  YUPU_ASSIGN_OR_RETURN(StateFolder state, state_of(options, precision, *classifier, collective));
  engine::ExecutionContext context(options.threads, precision);
  YUPU_ASSIGN_OR_RETURN(std::vector<float> weights,
                        weights_of(options.class_weights, classifier->labels(), options.train));
  if (!options.class_weights.any()) weights.clear();
  ClassifyLearner learner(options, *classifier, std::move(weights), background);
  Trainer trainer(options, learner, context, collective, state, progress);
  YUPU_RETURN_IF_ERROR(trainer.run());
  if (trainer.paused()) return paused_result(trainer);
  const Sources sources{.logits = logits_over(collective, *classifier, context),
                        .pooled = pooled_over(collective, *classifier, context)};
  YUPU_RETURN_IF_ERROR(calibrate(options, sources, *classifier, progress));
  YUPU_ASSIGN_OR_RETURN(TrainResult result, conclude(options, sources.logits, trainer, *classifier));
  if (conflicts > 0) result.figures["train.conflicting_rows"] = static_cast<double>(conflicts);
  if (!collective.is_root()) return result;
  classifier->set_lineage(lineage_of(options, deciding_options(options), result, !options.valid.empty()));
  YUPU_RETURN_IF_ERROR(classifier->save(options.out));
  // After a promise that cannot be kept another may be tried.
  if (result.broken_promise.empty()) YUPU_RETURN_IF_ERROR(state.remove());
  return result;
}

}  // namespace

bool is_learned(const TrainOptions& options, const handoff::Row& row) {
  return options.learn_out_of_scope || row.label != handoff::kOutOfScope;
}

Json deciding_options(const TrainOptions& options) {
  Json json = {{"recipe", kRecipe},
               {"config", options.base.empty() ? options.config : ""},
               {"base", options.base},
               {"epochs", options.epochs},
               {"batch_tokens", options.batch_tokens},
               {"batch_size", options.batch_size},
               {"grad_accumulation", options.grad_accumulation},
               {"lr", options.lr},
               {"warmup_ratio", options.warmup_ratio},
               {"weight_decay", options.weight_decay},
               {"dropout", options.dropout ? Json(*options.dropout) : Json()},
               {"token_dropout", options.token_dropout},
               {"label_smoothing", options.label_smoothing},
               {"wide", options.wide},
               {"wide_lr", options.wide ? options.wide_lr : 0.0},
               {"clip_norm", options.clip_norm},
               {"patience", options.patience},
               {"metric", options.metric},
               {"vocab_size", options.base.empty() ? options.vocab_size : 0},
               {"max_length", options.max_length},
               {"target_precision", options.target_precision},
               {"learn_out_of_scope", options.learn_out_of_scope},
               {"seed", options.seed}};
  if (options.precision != engine::Precision::kF32) json["precision"] = engine::precision_name(options.precision);
  if (options.pooling != tasks::Pooling::kCls) json["pooling"] = tasks::pooling_name(options.pooling);
  if (options.wide && options.wide_decay != 0.0) json["wide_decay"] = options.wide_decay;
  if (options.wide && options.branch_loss != 0.0) json["branch_loss"] = options.branch_loss;
  if (options.layer_decay != 1.0) json["layer_decay"] = options.layer_decay;
  if (options.background != Background::kOff) {
    json["background"] = kBackgrounds[static_cast<std::size_t>(options.background)];
    if (options.background != Background::kRows) json["general_sentences"] = general_sentences_id();
  }
  if (options.class_weights.balanced) json["class_weights"] = "balanced";
  for (const auto& [label, weight] : options.class_weights.given) json["class_weights"][label] = weight;
  if (options.max_wrong) {
    json["max_wrong"] = *options.max_wrong;
    json["confidence"] = options.confidence;
    json["out_of_scope_share"] = options.out_of_scope_share ? Json(*options.out_of_scope_share) : Json();
  } else if (options.out_of_scope_share) {
    json["out_of_scope_share"] = *options.out_of_scope_share;
  }
  if (options.scope_gate != tasks::GateChoice::kAuto)
    json["scope_gate"] = tasks::kGateChoices[static_cast<std::size_t>(options.scope_gate)];
  if (options.method == "full") return json;
  const model::AdapterConfig& adapter = options.adapter;
  json["method"] = options.method;
  json["adapter"] = {{"rank", adapter.rank},
                     {"alpha", adapter.alpha},
                     {"dropout", adapter.dropout},
                     {"rslora", adapter.rslora},
                     {"targets", adapter.targets},
                     {"bottleneck", adapter.bottleneck},
                     {"target_rank", adapter.target_rank},
                     {"interval", adapter.interval},
                     {"beta1", adapter.beta1},
                     {"beta2", adapter.beta2},
                     {"orthogonality", adapter.orthogonality},
                     {"prune_after_steps", options.prune_after_steps ? Json(*options.prune_after_steps) : Json()},
                     {"prune_final_steps", options.prune_final_steps ? Json(*options.prune_final_steps) : Json()}};
  return json;
}

Result<TrainResult> train(const TrainOptions& options, handoff::Progress& progress) {
  YUPU_RETURN_IF_ERROR(check_ranges(options));
  if (options.metric != "accuracy" && options.metric != "macro_f1") {
    return invalid_argument(fmt::format("metric \"{}\" is unknown (known: accuracy, macro_f1)", options.metric),
                            "metric");
  }
  if (options.background != Background::kOff && options.learn_out_of_scope)
    return invalid_argument("background: out_of_scope is a label already", "background");
  return framed(options, progress, [&](engine::Collective& collective, handoff::Progress& root_progress) {
    return train_checked(options, collective, root_progress);
  });
}

}  // namespace yupu::training
