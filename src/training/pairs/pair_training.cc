#include "training/pairs/pair_training.h"

#include <algorithm>
#include <array>
#include <set>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "tasks/pairs/evaluate.h"
#include "training/fresh_model.h"
#include "training/pairs/pair_learner.h"
#include "training/pairs/pair_lists.h"
#include "training/ranks.h"
#include "training/task_run.h"

namespace yupu::training {
namespace {

using tasks::PairModel;
using tasks::PairRow;
using tasks::PairSet;
using tasks::PairTarget;

// Bumped when the same options begin to give other weights.
constexpr std::int64_t kRecipe = 1;

constexpr std::int64_t kListSizeMax = 128;
constexpr std::string_view kRankingMetric = "mrr";  // needs groups
constexpr std::array<std::string_view, 6> kClassMetrics = {"accuracy", "macro_f1",          "f1",
                                                           "auroc",    "average_precision", kRankingMetric};
constexpr std::array<std::string_view, 3> kScoreMetrics = {"spearman", "pearson", kRankingMetric};

std::span<const std::string_view> metrics_of(PairTarget target) {
  if (target == PairTarget::kScore) return kScoreMetrics;
  return kClassMetrics;
}

std::set<std::string> label_set(const PairSet& set) {
  std::set<std::string> labels;
  for (const PairRow& row : set.rows) labels.insert(row.label);
  return labels;
}

Result<std::set<std::string>> labels_of(const PairSet& train) {
  std::set<std::string> labels = label_set(train);
  if (labels.size() >= 2) return labels;
  return invalid_argument(fmt::format("{}: only one label (\"{}\") in the training pairs: there is nothing to tell "
                                      "apart",
                                      train.path, *labels.begin()),
                          "train");
}

Status require_known(const PairSet& set, const std::set<std::string>& labels) {
  for (const PairRow& row : set.rows) {
    if (labels.contains(row.label)) continue;
    return tasks::label_error(
        set, row, fmt::format("\"{}\": no training pair has it (they have {})", row.label, fmt::join(labels, ", ")));
  }
  return ok_status();
}

Result<tasks::ScoreScale> scale_of(const PairSet& train) {
  const auto [low, high] = std::minmax_element(train.rows.begin(), train.rows.end(),
                                               [](const auto& a, const auto& b) { return a.score < b.score; });
  if (low->score < high->score) return tasks::ScoreScale{.low = low->score, .high = high->score};
  return invalid_argument(fmt::format("{}: every score is {}: there is nothing to tell apart", train.path, low->score),
                          "train");
}

Result<PairModel::Fresh> shape_of(const PairOptions& options) {
  PairModel::Fresh fresh{.target = *options.target,
                         .labels = {},
                         .positive = {},
                         .scale = {},
                         .seed = options.loop.seed,
                         .max_length = options.loop.max_length};
  if (fresh.target == PairTarget::kScore) {
    YUPU_ASSIGN_OR_RETURN(fresh.scale, scale_of(options.train));
    return fresh;
  }
  YUPU_ASSIGN_OR_RETURN(const std::set<std::string> labels, labels_of(options.train));
  YUPU_RETURN_IF_ERROR(require_known(options.valid, labels));
  YUPU_RETURN_IF_ERROR(require_known(options.test, labels));
  fresh.labels.assign(labels.begin(), labels.end());
  if (!options.positive.empty()) fresh.positive = options.positive;
  return fresh;
}

std::vector<std::string> texts_of(const PairSet& set) {
  std::vector<std::string> texts;
  for (const PairRow& row : set.rows) {
    texts.push_back(row.a);
    texts.push_back(row.b);
  }
  return texts;
}

Status require_pairs_that_differ(const PairSet& train) {
  for (const PairRow& row : train.rows) {
    if (row.a != train.rows.front().a || row.b != train.rows.front().b) return ok_status();
  }
  if (train.rows.size() < 2) return ok_status();
  return invalid_argument(train.path + ": every training pair is the same two texts: there is nothing to tell apart",
                          "train");
}

Result<std::unique_ptr<PairModel>> make_model(const PairOptions& options) {
  const TrainOptions& loop = options.loop;
  YUPU_RETURN_IF_ERROR(check_method(loop));
  YUPU_RETURN_IF_ERROR(require_pairs_that_differ(options.train));
  YUPU_ASSIGN_OR_RETURN(const PairModel::Fresh fresh, shape_of(options));
  if (loop.base.empty()) {
    YUPU_ASSIGN_OR_RETURN(FreshModel model, fresh_model(loop, texts_of(options.train), false));
    return PairModel::create(model.config, std::move(model.tokenizer), fresh);
  }
  YUPU_ASSIGN_OR_RETURN(auto model, model_from_base<PairModel>(loop, fresh));
  if (loop.method != "full") YUPU_RETURN_IF_ERROR(model->classifier().adapt(adapter_config(loop), loop.seed));
  return model;
}

engine::Facts deciding_facts(const PairOptions& options, engine::Precision precision, const PairModel& model) {
  return {{"options", to_text(deciding_options(options))},
          {"precision in use", std::string(engine::precision_name(precision))},
          {"training pairs", tasks::rows_sha256(options.train)},
          {"validation pairs", tasks::rows_sha256(options.valid)},
          {"vocabulary", std::string(model.classifier().tokenizer().content_id())},
          {"weights to begin from", model.classifier().weights_sha256()}};
}

Status add_figures(const std::string& prefix, const PairModel& model, const tasks::LogitsSource& logits,
                   const PairSet& set, std::map<std::string, double>& figures) {
  if (set.rows.empty()) return ok_status();
  YUPU_ASSIGN_OR_RETURN(const tasks::PairEvaluation evaluation,
                        tasks::evaluate(model, logits, set, tasks::encode_all(model, set)));
  for (const std::string_view name : metrics_of(model.target())) {
    const auto figure = evaluation.figure(name);
    if (figure && name != kRankingMetric) figures[fmt::format("{}{}", prefix, name)] = *figure;
  }
  if (!evaluation.ranking) return ok_status();
  const auto add_ranking = [&](const std::string& name, const tasks::RankingReport& report) {
    figures[fmt::format("{}mrr@{}", name, tasks::kRankingDepth)] = report.mrr;
    figures[fmt::format("{}ndcg@{}", name, tasks::kRankingDepth)] = report.ndcg;
    figures[name + "recall@1"] = report.recall.at(1);
  };
  add_ranking(prefix, *evaluation.ranking);
  add_ranking(prefix + "bm25.", tasks::bm25_ranking(model, set));
  return ok_status();
}

// What the loop sees as its rows: a pair each, or the lists.
Result<std::vector<std::vector<std::uint32_t>>> items_of(const PairOptions& options, const PairModel& model,
                                                         handoff::Progress& progress) {
  if (options.loss == PairLoss::kLists) {
    YUPU_ASSIGN_OR_RETURN(PairLists lists, pair_lists(options.train, model, options.list_size));
    progress.note(fmt::format("{} lists of candidates; {} groups without a right or a wrong one teach nothing",
                              lists.rows.size(), lists.idle_groups));
    return std::move(lists.rows);
  }
  std::vector<std::vector<std::uint32_t>> items;
  for (std::uint32_t row = 0; row < options.train.rows.size(); ++row) items.push_back({row});
  return items;
}

Result<TrainResult> train_checked(const PairOptions& options, engine::Collective& collective,
                                  handoff::Progress& progress) {
  YUPU_ASSIGN_OR_RETURN(const auto model, make_model(options));
  YUPU_ASSIGN_OR_RETURN(auto items, items_of(options, *model, progress));
  return run_task({.loop = options.loop,
                   .row_count = options.train.rows.size(),
                   .facts = [&](engine::Precision precision) { return deciding_facts(options, precision, *model); },
                   .learner = [&]() -> Result<std::unique_ptr<Learner>> {
                     return std::unique_ptr<Learner>(std::make_unique<PairLearner>(options, *model, std::move(items)));
                   },
                   .judge = [&](engine::ExecutionContext& context, std::map<std::string, double>& figures) -> Status {
                     const tasks::LogitsSource logits = logits_over(collective, model->classifier(), context);
                     YUPU_RETURN_IF_ERROR(add_figures("valid.", *model, logits, options.valid, figures));
                     return add_figures("test.", *model, logits, options.test, figures);
                   }},
                  collective, progress, model->classifier());
}

// A right and a wrong candidate are told apart by a score or a positive label alone.
Status check_lists(const PairOptions& options) {
  if (options.loss != PairLoss::kLists) return ok_status();
  if (options.list_size < 2 || options.list_size > kListSizeMax) {
    return invalid_argument(fmt::format("list_size is {}, must be 2 to {}", options.list_size, kListSizeMax),
                            "list_size");
  }
  if (*options.target == PairTarget::kScore || !options.positive.empty() || label_set(options.train).size() <= 2)
    return ok_status();
  return invalid_argument("loss \"lists\": of more than two labels say which is the right candidate's (positive)",
                          "positive");
}

std::string default_metric(const PairOptions& options) {
  if (options.loss == PairLoss::kLists && options.valid.has_groups()) return std::string(kRankingMetric);
  if (*options.target == PairTarget::kScore) return "spearman";
  const bool has_positive = label_set(options.train).size() == 2 || !options.positive.empty();
  return has_positive ? "average_precision" : "accuracy";
}

Status check_metric(const PairOptions& options) {
  const std::string& metric = options.loop.metric;
  const auto known = metrics_of(*options.target);
  if (std::find(known.begin(), known.end(), metric) == known.end()) {
    return invalid_argument(
        fmt::format("metric \"{}\" is none of a {} ({})", metric,
                    *options.target == PairTarget::kScore ? "score" : "class", fmt::join(known, ", ")),
        "metric");
  }
  if (metric == kRankingMetric && !options.valid.rows.empty() && !options.valid.has_groups()) {
    return invalid_argument(
        fmt::format("metric \"{}\": the validation pairs have no groups to rank in (group)", metric), "metric");
  }
  return ok_status();
}

// Fills in what was left to the rows: target, scores, metric.
Status decide(PairOptions& options) {
  if (options.train.rows.empty()) return invalid_argument("no training pair", "train");
  if (!options.target) {
    YUPU_ASSIGN_OR_RETURN(options.target, tasks::detect_target(options.train));
  }
  if (*options.target == PairTarget::kScore) {
    for (PairSet* set : {&options.train, &options.valid, &options.test}) YUPU_RETURN_IF_ERROR(tasks::take_scores(*set));
    if (!options.positive.empty())
      return invalid_argument("positive: a score has no labels, so none of them is positive", "positive");
  }
  YUPU_RETURN_IF_ERROR(check_lists(options));
  if (options.loop.metric == kAutoMetric) options.loop.metric = default_metric(options);
  return check_metric(options);
}

}  // namespace

Json deciding_options(const PairOptions& options) {
  Json json = deciding_options(options.loop);
  for (const char* unread : {"wide", "wide_lr", "target_precision", "learn_out_of_scope"}) json.erase(unread);
  json["task"] = "pairs";
  json["recipe"] = kRecipe;
  json["target"] = options.target ? Json(tasks::target_name(*options.target)) : Json();
  json["positive"] = options.positive;
  json["symmetric"] = options.symmetric;
  if (options.loss == PairLoss::kLists) {
    json["loss"] = "lists";
    json["list_size"] = options.list_size;
  }
  if (options.end_ns) json["end_ns"] = *options.end_ns;
  return json;
}

Result<TrainResult> train_pairs(const PairOptions& options, handoff::Progress& progress) {
  YUPU_RETURN_IF_ERROR(check_ranges(options.loop));
  PairOptions decided = options;
  YUPU_RETURN_IF_ERROR(decide(decided));
  return framed(decided.loop, progress, [&](engine::Collective& collective, handoff::Progress& root_progress) {
    return train_checked(decided, collective, root_progress);
  });
}

}  // namespace yupu::training
