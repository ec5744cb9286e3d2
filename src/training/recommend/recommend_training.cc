#include "training/recommend/recommend_training.h"

#include <fmt/format.h>

#include "base/hash.h"
#include "training/fresh_model.h"
#include "training/precision.h"
#include "training/recommend/recommend_learner.h"
#include "training/run_to_model.h"

namespace yupu::training {
namespace {

// Bumped when the same options begin to give other weights.
constexpr std::int64_t kRecipe = 3;
constexpr std::string_view kFigure = "ndcg@10";

Result<std::unique_ptr<tasks::Embedder>> make_embedder(const RecommendOptions& options) {
  const tasks::Embedder::Fresh fresh{.seed = options.loop.seed, .max_length = options.loop.max_length};
  if (!options.loop.base.empty()) return model_from_base<tasks::Embedder>(options.loop, fresh);
  std::vector<std::string> texts;
  for (const std::string& text : options.item_texts) {
    if (!text.empty()) texts.push_back(text);
  }
  YUPU_ASSIGN_OR_RETURN(FreshModel model, fresh_model(options.loop, texts, false));
  return tasks::Embedder::create(model.config, std::move(model.tokenizer), fresh);
}

std::string texts_sha256(const std::vector<std::string>& texts) {
  Sha256 hash;
  for (const std::string& text : texts) hash.field(text);
  return hash.finish_hex();
}

// What decides the weights: the state folder's mark, and what every rank must have alike.
engine::Facts deciding_facts(const RecommendOptions& options, engine::Precision precision,
                             const tasks::Recommender& model) {
  return {{"options", to_text(deciding_options(options))},
          {"precision in use", std::string(engine::precision_name(precision))},
          {"behaviour", tasks::behaviour_sha256(options.log.cut_at(options.end_ns))},
          {"what was shown", tasks::shown_sha256(options.shown)},
          {"texts of the items", texts_sha256(options.item_texts)},
          {"vocabulary", std::string(model.embedder().tokenizer().content_id())},
          {"weights to begin from", model.weights_sha256()}};
}

Result<TrainResult> train_checked(const RecommendOptions& options, engine::Collective& collective,
                                  handoff::Progress& progress) {
  YUPU_ASSIGN_OR_RETURN(auto embedder, make_embedder(options));
  const auto model = tasks::Recommender::create(std::move(embedder), options.shape, options.loop.seed);
  const engine::Precision precision = usable_precision(options.loop.precision, progress);
  YUPU_ASSIGN_OR_RETURN(StateFolder state,
                        open_state(options.loop, deciding_facts(options, precision, *model), collective));
  engine::ExecutionContext context(options.loop.threads, precision);
  RecommendLearner learner(options, *model);
  if (learner.example_count() < 2)
    return invalid_argument("fewer than two things anybody did after something else, before the validation", "events");
  if (learner.valid_count() == 0) return invalid_argument("nobody did anything new in the validation", "valid-share");
  progress.note(fmt::format("{} examples, {} to choose the epoch by", learner.example_count(), learner.valid_count()));
  const RunPlace place{
      .options = options.loop, .context = context, .collective = collective, .state = state, .progress = progress};
  return run_to_model(place, learner, learner.example_count(), *model,
                      [&](std::map<std::string, double>& figures) -> Status {
                        YUPU_ASSIGN_OR_RETURN(const double figure, learner.validation_figure(collective, context));
                        figures[fmt::format("valid.{}", kFigure)] = figure;
                        return ok_status();
                      });
}

Status check_own(const RecommendOptions& options) {
  if (!(options.shape.scale >= 1e-3 && options.shape.scale <= 1e4))
    return invalid_argument(fmt::format("scale is {}, must be 0.001 to 10000", options.shape.scale), "scale");
  if (options.shape.width_max < 1) return invalid_argument("width must be above 0", "width");
  if (options.loop.method != "full")
    return invalid_argument(fmt::format("method \"{}\": recommenders are trained whole (full)", options.loop.method),
                            "method");
  if (options.loop.batch_size < 2)
    return invalid_argument(
        fmt::format("batch_size is {}: a batch needs two rows to tell apart", options.loop.batch_size), "batch_size");
  if (options.loop.grad_accumulation != 1)
    return invalid_argument("grad_accumulation: the loss is over a whole batch, as large as batch_size says",
                            "grad_accumulation");
  if (options.loop.label_smoothing != 0.0)
    return invalid_argument("label_smoothing: there are no labels to smooth", "label_smoothing");
  return ok_status();
}

}  // namespace

Json deciding_options(const RecommendOptions& options) {
  Json json = deciding_options(options.loop);
  for (const char* unread : {"wide", "wide_lr", "target_precision", "learn_out_of_scope", "label_smoothing"})
    json.erase(unread);
  json["task"] = "recommend";
  json["recipe"] = kRecipe;
  json["metric"] = kFigure;
  json["valid_ns"] = options.valid_ns;
  json["end_ns"] = options.end_ns;
  json["relevant"] = kind_name(options.examples.relevant);
  json["weights"] = options.examples.weights.values;
  json["history"] = options.examples.history_max;
  json["scale"] = options.shape.scale;
  json["width"] = options.shape.width_max;
  json["examples"] = options.examples_max == SIZE_MAX ? Json() : Json(options.examples_max);
  json["valid_examples"] = options.valid_examples_max;
  return json;
}

Result<TrainResult> train_recommender(const RecommendOptions& options, handoff::Progress& progress) {
  YUPU_RETURN_IF_ERROR(check_ranges(options.loop));
  YUPU_RETURN_IF_ERROR(check_own(options));
  RecommendOptions named = options;
  named.loop.metric = kFigure;
  named.shape.history_max = named.examples.history_max;
  return framed(named.loop, progress, [&](engine::Collective& collective, handoff::Progress& root_progress) {
    return train_checked(named, collective, root_progress);
  });
}

}  // namespace yupu::training
