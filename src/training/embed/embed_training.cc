#include "training/embed/embed_training.h"

#include <fmt/format.h>

#include "tasks/embed/evaluate.h"
#include "training/embed/embed_learner.h"
#include "training/fresh_model.h"
#include "training/task_run.h"

namespace yupu::training {
namespace {

// Bumped when the same options begin to give other weights.
constexpr std::int64_t kRecipe = 1;

Status check_sets(const EmbedOptions& options) {
  YUPU_RETURN_IF_ERROR(tasks::check_distinct(options.train));
  for (const tasks::TextSet* set : {&options.valid, &options.test}) {
    if (set->rows.empty()) continue;
    YUPU_RETURN_IF_ERROR(tasks::check_distinct(*set));
    if (set->kind != options.train.kind) {
      return invalid_argument(fmt::format("{}: {}, but the training rows are {}", set->path, kind_name(set->kind),
                                          kind_name(options.train.kind)),
                              "valid");
    }
  }
  return ok_status();
}

Result<std::unique_ptr<tasks::Embedder>> make_embedder(const EmbedOptions& options) {
  const tasks::Embedder::Fresh fresh{.seed = options.loop.seed,
                                     .max_length = options.loop.max_length,
                                     .pooling = options.pooling,
                                     .normalize = options.normalize};
  if (options.loop.base.empty()) {
    std::vector<std::string> texts;
    for (const tasks::TextRow& row : options.train.rows) {
      for (const std::string* text : {&row.text, &row.other, &row.negative}) {
        if (!text->empty()) texts.push_back(*text);
      }
    }
    YUPU_ASSIGN_OR_RETURN(FreshModel model, fresh_model(options.loop, texts, options.cased));
    return tasks::Embedder::create(model.config, std::move(model.tokenizer), fresh);
  }
  return model_from_base<tasks::Embedder>(options.loop, fresh);
}

// What decides the weights: the state folder's mark, and what every rank must have alike.
engine::Facts deciding_facts(const EmbedOptions& options, engine::Precision precision,
                             const tasks::Embedder& embedder) {
  return {{"options", to_text(deciding_options(options))},
          {"precision in use", std::string(engine::precision_name(precision))},
          {"pooling", fmt::format("{}, {}", pooling_name(embedder.pooling()), embedder.normalizes())},
          {"training rows", tasks::rows_sha256(options.train)},
          {"validation rows", tasks::rows_sha256(options.valid)},
          {"vocabulary", std::string(embedder.tokenizer().content_id())},
          {"weights to begin from", embedder.weights_sha256()}};
}

Status check_updates(const EmbedOptions& options, const EmbedLearner& learner) {
  const PlanRule rule{.limits = {.tokens = options.loop.batch_tokens, .rows = options.loop.batch_size},
                      .seed = options.loop.seed};
  for (std::int64_t epoch = 0; epoch < options.loop.epochs; ++epoch) {
    if (learner.plan(rule, epoch).empty()) {
      return invalid_argument(
          fmt::format("{}: no two rows could be put into a batch without a text that stands in both",
                      options.train.path),
          "train");
    }
  }
  return ok_status();
}

Status add_figures(const std::string& prefix, const tasks::Embedder& embedder, engine::ExecutionContext& context,
                   const tasks::TextSet& set, std::map<std::string, double>& figures) {
  if (set.rows.empty()) return ok_status();
  YUPU_ASSIGN_OR_RETURN(const auto evaluation, tasks::evaluate(embedder, context, set));
  figures[prefix + std::string(tasks::figure_name(set.kind))] = evaluation.figure();
  if (set.kind == tasks::TextSetKind::kScored) figures[prefix + "pearson"] = evaluation.pearson;
  if (set.kind != tasks::TextSetKind::kPairs) return ok_status();
  for (const auto& [depth, recall] : evaluation.retrieval.recall)
    figures[fmt::format("{}recall@{}", prefix, depth)] = recall;
  return ok_status();
}

Result<TrainResult> train_checked(const EmbedOptions& options, engine::Collective& collective,
                                  handoff::Progress& progress) {
  YUPU_RETURN_IF_ERROR(check_sets(options));
  YUPU_ASSIGN_OR_RETURN(const auto embedder, make_embedder(options));
  return run_task({.loop = options.loop,
                   .row_count = options.train.rows.size(),
                   .facts = [&](engine::Precision precision) { return deciding_facts(options, precision, *embedder); },
                   .learner = [&]() -> Result<std::unique_ptr<Learner>> {
                     auto learner = std::make_unique<EmbedLearner>(options, *embedder);
                     YUPU_RETURN_IF_ERROR(check_updates(options, *learner));
                     return std::unique_ptr<Learner>(std::move(learner));
                   },
                   .judge = [&](engine::ExecutionContext& context, std::map<std::string, double>& figures) -> Status {
                     YUPU_RETURN_IF_ERROR(add_figures("valid.", *embedder, context, options.valid, figures));
                     return add_figures("test.", *embedder, context, options.test, figures);
                   }},
                  collective, progress, *embedder);
}

Status check_own(const EmbedOptions& options) {
  const TrainOptions& loop = options.loop;
  if (!(options.scale >= 1e-3 && options.scale <= 1e4))
    return invalid_argument(fmt::format("scale is {}, must be 0.001 to 10000", options.scale), "scale");
  if (!(options.temperature >= 1e-3 && options.temperature <= 1e3))
    return invalid_argument(fmt::format("temperature is {}, must be 0.001 to 1000", options.temperature),
                            "temperature");
  if (loop.method != "full")
    return invalid_argument(fmt::format("method \"{}\": embedders are trained whole (full)", loop.method), "method");
  if (loop.batch_size < 2)
    return invalid_argument(fmt::format("batch_size is {}: a batch needs two rows to tell apart", loop.batch_size),
                            "batch_size");
  if (loop.grad_accumulation != 1) {
    return invalid_argument(
        "grad_accumulation: the loss is over a whole batch; batch_size may be as large as you like, batch_tokens says "
        "how much of it is computed at a time",
        "grad_accumulation");
  }
  if (loop.label_smoothing != 0.0)
    return invalid_argument("label_smoothing: there are no labels to smooth", "label_smoothing");
  return ok_status();
}

}  // namespace

Json deciding_options(const EmbedOptions& options) {
  Json json = deciding_options(options.loop);
  for (const char* unread : {"wide", "wide_lr", "target_precision", "learn_out_of_scope", "label_smoothing"})
    json.erase(unread);
  const tasks::TextSetKind kind = options.train.kind;
  const bool by_labels = kind == tasks::TextSetKind::kLabels;
  json["task"] = "embed";
  json["recipe"] = kRecipe;
  json["metric"] = figure_name(kind);
  json["rows"] = kind_name(kind);
  json["negatives"] = options.train.has_negatives();
  json["pooling"] = options.pooling ? Json(pooling_name(*options.pooling)) : Json();
  json["normalize"] = options.normalize ? Json(*options.normalize) : Json();
  json["symmetric"] = options.symmetric && kind == tasks::TextSetKind::kPairs;
  json["scale"] = by_labels ? Json() : Json(options.scale);
  json["temperature"] = by_labels ? Json(options.temperature) : Json();
  json["cased"] = options.loop.base.empty() ? Json(options.cased) : Json();
  return json;
}

Result<TrainResult> train_embedder(const EmbedOptions& options, handoff::Progress& progress) {
  YUPU_RETURN_IF_ERROR(check_ranges(options.loop));
  YUPU_RETURN_IF_ERROR(check_own(options));
  EmbedOptions named = options;
  named.loop.metric = figure_name(options.train.kind);
  return framed(named.loop, progress, [&](engine::Collective& collective, handoff::Progress& root_progress) {
    return train_checked(named, collective, root_progress);
  });
}

}  // namespace yupu::training
