#include "training/multilabel/multilabel_training.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "tasks/multilabel/evaluate.h"
#include "training/fresh_model.h"
#include "training/multilabel/multilabel_learner.h"
#include "training/ranks.h"
#include "training/task_run.h"

namespace yupu::training {
namespace {

using tasks::MultilabelModel;
using tasks::MultilabelRow;
using tasks::MultilabelSet;

// Bumped when the same options begin to give other weights.
constexpr std::int64_t kRecipe = 1;
constexpr std::array<std::string_view, 4> kMetrics = {"average_precision", "micro_f1", "macro_f1", "exact_match"};

Result<std::vector<std::string>> labels_of(const MultilabelSet& train) {
  std::vector<std::string> labels = tasks::labels_in(train);
  if (labels.empty()) return invalid_argument(train.path + ": no training row has a label", "train");
  for (const std::string& label : labels) {
    const bool everywhere = std::all_of(train.rows.begin(), train.rows.end(), [&](const MultilabelRow& row) {
      return std::binary_search(row.labels.begin(), row.labels.end(), label);
    });
    if (everywhere) {
      return invalid_argument(
          fmt::format("{}: every training row has the label \"{}\": there is nothing to tell apart", train.path, label),
          "train");
    }
  }
  const bool alike = std::all_of(train.rows.begin(), train.rows.end(),
                                 [&](const MultilabelRow& row) { return row.text == train.rows.front().text; });
  if (alike && train.rows.size() > 1) {
    return invalid_argument(train.path + ": every training row has the same text: there is nothing to tell apart",
                            "train");
  }
  return labels;
}

Status require_known(const MultilabelSet& set, const std::vector<std::string>& labels) {
  for (const MultilabelRow& row : set.rows) {
    for (const std::string& label : row.labels) {
      if (std::binary_search(labels.begin(), labels.end(), label)) continue;
      return tasks::label_error(set, row, fmt::format("\"{}\": no training row has it", label));
    }
  }
  return ok_status();
}

std::vector<std::string> texts_of(const MultilabelSet& set) {
  std::vector<std::string> texts;
  texts.reserve(set.rows.size());
  for (const MultilabelRow& row : set.rows) texts.push_back(row.text);
  return texts;
}

Result<std::unique_ptr<MultilabelModel>> begun(const MultilabelOptions& options,
                                               const tasks::Classifier::Fresh& fresh) {
  const TrainOptions& loop = options.loop;
  if (loop.base.empty()) {
    YUPU_ASSIGN_OR_RETURN(FreshModel model, fresh_model(loop, texts_of(options.train), false));
    return MultilabelModel::create(model.config, std::move(model.tokenizer), fresh);
  }
  YUPU_ASSIGN_OR_RETURN(auto model, model_from_base<MultilabelModel>(loop, fresh));
  if (loop.method != "full") YUPU_RETURN_IF_ERROR(model->classifier().adapt(adapter_config(loop), loop.seed));
  return model;
}

Result<std::unique_ptr<MultilabelModel>> make_model(const MultilabelOptions& options) {
  YUPU_RETURN_IF_ERROR(check_method(options.loop));
  YUPU_ASSIGN_OR_RETURN(std::vector<std::string> labels, labels_of(options.train));
  YUPU_RETURN_IF_ERROR(require_known(options.valid, labels));
  YUPU_RETURN_IF_ERROR(require_known(options.test, labels));
  YUPU_ASSIGN_OR_RETURN(auto model, begun(options, {.labels = std::move(labels),
                                                    .seed = options.loop.seed,
                                                    .max_length = options.loop.max_length,
                                                    .pooling = options.loop.pooling}));
  if (options.loop.wide) model->classifier().add_wide(texts_of(options.train));
  return model;
}

// Thresholds are not among them: they are fitted when the weights stand.
engine::Facts deciding_facts(const MultilabelOptions& options, engine::Precision precision,
                             const MultilabelModel& model) {
  Json deciding = deciding_options(options);
  deciding.erase("thresholds");
  return {{"options", to_text(deciding)},
          {"precision in use", std::string(engine::precision_name(precision))},
          {"training rows", tasks::rows_sha256(options.train)},
          {"validation rows", tasks::rows_sha256(options.valid)},
          {"vocabulary", std::string(model.classifier().tokenizer().content_id())},
          {"weights to begin from", model.classifier().weights_sha256()}};
}

Status fit(const MultilabelOptions& options, const tasks::LogitsSource& logits, MultilabelModel& model) {
  if (options.valid.rows.empty()) return ok_status();
  YUPU_ASSIGN_OR_RETURN(const auto rows,
                        tasks::truths(model, logits, options.valid, tasks::encode_all(model, options.valid)));
  model.set_thresholds(tasks::fit_thresholds(rows, options.thresholds));
  return ok_status();
}

Status add_figures(const std::string& prefix, const MultilabelModel& model, const tasks::LogitsSource& logits,
                   const MultilabelSet& set, std::map<std::string, double>& figures) {
  if (set.rows.empty()) return ok_status();
  YUPU_ASSIGN_OR_RETURN(const tasks::MultilabelEvaluation evaluation,
                        tasks::evaluate(model, logits, set, tasks::encode_all(model, set)));
  for (const std::string_view name : kMetrics) {
    if (const auto figure = evaluation.figure(name)) figures[fmt::format("{}{}", prefix, name)] = *figure;
  }
  figures[prefix + "hamming_loss"] = evaluation.report.hamming_loss;
  figures[prefix + "calibration_error"] = evaluation.report.calibration_error;
  return ok_status();
}

Result<TrainResult> train_checked(const MultilabelOptions& options, engine::Collective& collective,
                                  handoff::Progress& progress) {
  YUPU_ASSIGN_OR_RETURN(const auto model, make_model(options));
  return run_task({.loop = options.loop,
                   .row_count = options.train.rows.size(),
                   .facts = [&](engine::Precision precision) { return deciding_facts(options, precision, *model); },
                   .learner = [&]() -> Result<std::unique_ptr<Learner>> {
                     return std::unique_ptr<Learner>(std::make_unique<MultilabelLearner>(options, *model));
                   },
                   .judge = [&](engine::ExecutionContext& context, std::map<std::string, double>& figures) -> Status {
                     const tasks::LogitsSource logits = logits_over(collective, model->classifier(), context);
                     YUPU_RETURN_IF_ERROR(fit(options, logits, *model));
                     YUPU_RETURN_IF_ERROR(add_figures("valid.", *model, logits, options.valid, figures));
                     return add_figures("test.", *model, logits, options.test, figures);
                   }},
                  collective, progress, model->classifier());
}

}  // namespace

Json deciding_options(const MultilabelOptions& options) {
  Json json = deciding_options(options.loop);
  for (const char* unread : {"target_precision", "learn_out_of_scope"}) json.erase(unread);
  json["task"] = "multilabel";
  json["recipe"] = kRecipe;
  json["thresholds"] = tasks::kThresholdRules[static_cast<std::size_t>(options.thresholds)];
  return json;
}

Result<TrainResult> train_multilabel(const MultilabelOptions& options, handoff::Progress& progress) {
  YUPU_RETURN_IF_ERROR(check_ranges(options.loop));
  if (options.train.rows.empty()) return invalid_argument("no training row", "train");
  if (std::find(kMetrics.begin(), kMetrics.end(), options.loop.metric) == kMetrics.end()) {
    return invalid_argument(
        fmt::format("metric \"{}\" is unknown (known: {})", options.loop.metric, fmt::join(kMetrics, ", ")), "metric");
  }
  return framed(options.loop, progress, [&](engine::Collective& collective, handoff::Progress& root_progress) {
    return train_checked(options, collective, root_progress);
  });
}

}  // namespace yupu::training
