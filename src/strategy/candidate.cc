#include "strategy/candidate.h"

#include <filesystem>

#include <fmt/format.h>

#include "base/file.h"
#include "base/hash.h"
#include "data/rows.h"
#include "engine/execution_context.h"
#include "handoff/live_release.h"
#include "handoff/types.h"
#include "improvement/release.h"
#include "promotion/content/report.h"
#include "tasks/classify/classifier.h"
#include "tasks/classify/evaluate.h"
#include "training/int8_run.h"
#include "training/track/tracker.h"
#include "training/training.h"

namespace yupu::strategy {
namespace {

Result<handoff::Dataset> dataset_of(const handoff::Record& record) { return handoff::Dataset::from_json(record.body); }

Result<std::vector<handoff::Row>> split_rows(const LoopContext& context, const handoff::Dataset& dataset,
                                             std::string_view split) {
  return data::read_rows(fmt::format("{}/{}/{}.jsonl", context.workdir, dataset.directory, split));
}

// A round goes on from the live weights. An adapter is small and begins as its base: each round trains it afresh.
bool continues(const LoopContext& context, const FurtherTraining& further) {
  return !further.base_directory.empty() && context.strategy.train.method == "full";
}

Result<training::TrainOptions> train_options(const LoopContext& context, const FurtherTraining& further) {
  const TrainPlan& plan = context.strategy.train;
  const bool is_round = continues(context, further);
  training::TrainOptions options;
  options.config = plan.config;
  if (!plan.base.empty()) options.base = context.strategy.resolve(plan.base);
  if (is_round) options.base = further.base_directory;
  options.epochs = is_round ? context.strategy.improve.epochs : plan.epochs;
  options.lr = is_round ? context.strategy.improve.lr : plan.lr;
  options.method = plan.method;
  options.adapter = plan.adapter;
  options.prune_after_steps = plan.prune_after_steps;
  options.prune_final_steps = plan.prune_final_steps;
  options.batch_tokens = plan.batch_tokens;
  options.warmup_ratio = plan.warmup_ratio;
  options.weight_decay = plan.weight_decay;
  options.dropout = plan.dropout;
  options.token_dropout = plan.token_dropout;
  options.label_smoothing = plan.label_smoothing;
  options.pooling = *tasks::find_pooling(plan.pooling);
  options.layer_decay = plan.layer_decay;
  options.background = training::find_background(plan.background).value_or(training::Background::kOff);
  const bool by_file = plan.class_weights != "off" && plan.class_weights != "balanced";
  YUPU_ASSIGN_OR_RETURN(
      options.class_weights,
      training::read_class_weights(by_file ? context.strategy.resolve(plan.class_weights) : plan.class_weights));
  options.wide = plan.wide;
  options.wide_lr = plan.wide_lr;
  options.patience = plan.patience;
  options.metric = plan.metric;
  options.vocab_size = plan.vocab_size;
  options.max_length = plan.max_length;
  const ReleasePlan& release = context.strategy.release;
  options.target_precision = release.target_precision;
  options.max_wrong = release.max_wrong;
  options.confidence = release.confidence;
  options.out_of_scope_share = release.out_of_scope_share;
  options.scope_gate = tasks::find_gate_choice(release.scope_gate).value_or(tasks::GateChoice::kAuto);
  options.seed = static_cast<std::uint64_t>(context.strategy.seed);
  options.threads = context.threads;
  if (plan.precision == engine::precision_name(engine::Precision::kBf16)) options.precision = engine::Precision::kBf16;
  return options;
}

// The run of this dataset and these settings, when it is stored already.
Result<std::optional<handoff::Record>> find_run(LoopContext& context, const std::string& dataset_id,
                                                const std::string& directory) {
  YUPU_ASSIGN_OR_RETURN(auto runs, handoff::list_records(context.store, "run", context.strategy.name, 1000));
  for (handoff::Record& run : runs) {
    if (run.body.value("dataset_id", "") == dataset_id && run.body.value("model_directory", "") == directory &&
        file_exists(context.workdir + "/" + directory + "/yupu.json")) {
      return std::optional<handoff::Record>(std::move(run));
    }
  }
  return std::optional<handoff::Record>();
}

// A relative folder of [train] track stands in the working folder, beside the runs it is about.
Result<std::unique_ptr<training::RunObserver>> open_observer(const LoopContext& context, const std::string& run_key) {
  std::vector<std::string> specs = context.strategy.train.track;
  for (std::string& spec : specs) {
    const std::size_t target = spec.find(':') + 1;
    if (!spec.starts_with("mlflow:") && spec[target] != '/') spec.insert(target, context.workdir + "/");
  }
  return training::open_trackers(specs, {.run_name = fmt::format("{}-{}", context.strategy.name, run_key.substr(0, 8)),
                                         .run_key = run_key,
                                         .version = context.version,
                                         .clock = context.clock,
                                         .progress = context.progress});
}

Json learning_curve(const training::TrainResult& result) {
  Json curve = Json::array();
  for (const auto& epoch : result.epochs) {
    curve.push_back({{"epoch", epoch.epoch}, {"loss", epoch.train_loss}, {"valid_accuracy", epoch.valid_figure}});
  }
  return curve;
}

Result<Json> measure(LoopContext& context, const std::string& model_directory, const std::vector<handoff::Row>& rows) {
  YUPU_ASSIGN_OR_RETURN(const auto classifier,
                        tasks::Classifier::load(model_directory, {.placement = model::Placement::kMapped}));
  engine::ExecutionContext engine(context.threads);
  YUPU_ASSIGN_OR_RETURN(const auto evaluation, tasks::evaluate(*classifier, engine, rows));
  return Json(evaluation.to_json());
}

// The live release measured on the candidate's rows, when it was measured on others.
Result<std::optional<Json>> live_report(LoopContext& context, const handoff::Run& candidate) {
  YUPU_ASSIGN_OR_RETURN(const auto live, handoff::live_release(context.store, context.strategy.name));
  if (!live) return std::optional<Json>();
  YUPU_ASSIGN_OR_RETURN(const auto release_record, handoff::get_record(context.store, live->release_id));
  YUPU_ASSIGN_OR_RETURN(const auto release, handoff::Release::from_json(release_record.body));
  YUPU_ASSIGN_OR_RETURN(const auto run_record, handoff::get_record(context.store, release.run_id));
  if (run_record.body["report"].value("rows_sha256", "") == candidate.report.value("rows_sha256", ""))
    return std::optional<Json>();
  YUPU_ASSIGN_OR_RETURN(const auto dataset_record, handoff::get_record(context.store, candidate.dataset_id));
  YUPU_ASSIGN_OR_RETURN(const auto dataset, dataset_of(dataset_record));
  YUPU_ASSIGN_OR_RETURN(const auto rows, split_rows(context, dataset, "test"));
  YUPU_ASSIGN_OR_RETURN(Json report, measure(context, context.workdir + "/" + release.model_directory, rows));
  return std::optional<Json>(std::move(report));
}

Result<improvement::Candidate> measured(LoopContext& context, const handoff::Record& run_record) {
  YUPU_ASSIGN_OR_RETURN(const auto run, handoff::Run::from_json(run_record.body));
  improvement::Candidate candidate;
  candidate.model = context.strategy.name;
  candidate.run = run_record;
  YUPU_ASSIGN_OR_RETURN(candidate.live_report, live_report(context, run));
  return candidate;
}

// The run is of the weights that are served: theirs are the figures, the report, the promise.  What was trained stays
// beside them, and its figures as "fp32.*".
Status put_int8(const LoopContext& context, const training::TrainOptions& options, const std::string& directory,
                handoff::Run& run) {
  YUPU_ASSIGN_OR_RETURN(auto int8,
                        training::quantise_run(options, context.workdir + "/" + directory, context.progress));
  if (!int8.broken_promise.empty()) {
    return conflict(fmt::format("release.max_wrong: {} (the model, in int8: {})", int8.broken_promise, directory));
  }
  for (auto& [name, figure] : int8.figures) {
    const auto trained = run.figures.find(name);
    if (trained != run.figures.end()) run.figures["fp32." + name] = trained->second;
    run.figures[name] = figure;
  }
  run.config["weights"] = "int8";
  run.config["trained_directory"] = run.model_directory;
  run.model_directory = directory;
  run.weights_sha256 = int8.weights_sha256;
  run.report = Json(int8.test.to_json());
  return ok_status();
}

}  // namespace

Json training_settings(const Strategy& strategy) {
  const TrainPlan& plan = strategy.train;
  Json settings{{"seed", strategy.seed},
                {"train",
                 {{"task", plan.task},
                  {"config", plan.config},
                  {"base", plan.base},
                  {"epochs", plan.epochs},
                  {"batch_tokens", plan.batch_tokens},
                  {"lr", plan.lr},
                  {"warmup_ratio", plan.warmup_ratio},
                  {"weight_decay", plan.weight_decay},
                  {"dropout", plan.dropout},
                  {"token_dropout", plan.token_dropout},
                  {"label_smoothing", plan.label_smoothing},
                  {"wide", plan.wide},
                  {"wide_lr", plan.wide_lr},
                  {"patience", plan.patience},
                  {"vocab_size", plan.vocab_size},
                  {"max_length", plan.max_length},
                  {"metric", plan.metric},
                  {"precision", plan.precision},
                  {"target_precision", strategy.release.target_precision}}}};
  if (const ReleasePlan& release = strategy.release;
      release.max_wrong || release.out_of_scope_share || release.scope_gate != "auto") {
    settings["train"]["promise"] = {{"max_wrong", release.max_wrong ? Json(*release.max_wrong) : Json()},
                                    {"confidence", release.confidence},
                                    {"out_of_scope_share", release.out_of_scope_share.value_or(-1.0)},
                                    {"scope_gate", release.scope_gate}};
  }
  if (strategy.release.weights != "fp32") settings["train"]["weights"] = strategy.release.weights;
  if (plan.pooling != "cls") settings["train"]["pooling"] = plan.pooling;
  if (plan.background != "off") settings["train"]["background"] = plan.background;
  if (plan.layer_decay != 1.0) settings["train"]["layer_decay"] = plan.layer_decay;
  if (plan.class_weights != "off") {
    const auto content = file_sha256(strategy.resolve(plan.class_weights));  // a file counts by what is in it
    settings["train"]["class_weights"] = content.ok() ? *content : plan.class_weights;
  }
  if (plan.method == "full") return settings;
  const model::AdapterConfig& adapter = plan.adapter;
  settings["train"]["adapter"] = {{"method", plan.method},
                                  {"rank", adapter.rank},
                                  {"alpha", adapter.alpha},
                                  {"dropout", adapter.dropout},
                                  {"rslora", adapter.rslora},
                                  {"targets", adapter.targets},
                                  {"bottleneck", adapter.bottleneck},
                                  {"target_rank", adapter.target_rank},
                                  {"deltaT", adapter.interval},
                                  {"orthogonality", adapter.orthogonality},
                                  {"tinit", plan.prune_after_steps.value_or(-1)},
                                  {"tfinal", plan.prune_final_steps.value_or(-1)}};
  return settings;
}

Result<handoff::Record> train_candidate(LoopContext& context, const handoff::Record& dataset_record,
                                        const FurtherTraining& further) {
  YUPU_ASSIGN_OR_RETURN(const auto dataset, dataset_of(dataset_record));
  YUPU_ASSIGN_OR_RETURN(training::TrainOptions options, train_options(context, further));
  Json config = training::deciding_options(options);
  if (continues(context, further)) {
    YUPU_ASSIGN_OR_RETURN(const std::string base_sha256, file_sha256(further.base_directory + "/model.safetensors"));
    config["base_sha256"] = base_sha256;
  }
  // The folder is named by what decides the result, so that a killed run finds its checkpoint again.
  const std::string key = Sha256().field(dataset_record.id).field(to_text(config)).finish_hex().substr(0, 20);
  const std::string directory = "runs/" + key + "/model";
  const bool int8 = context.strategy.release.weights == "int8";
  const std::string released_directory = int8 ? "runs/" + key + "/int8" : directory;
  YUPU_ASSIGN_OR_RETURN(auto known, find_run(context, dataset_record.id, released_directory));
  if (known) return std::move(*known);
  YUPU_ASSIGN_OR_RETURN(options.train, split_rows(context, dataset, "train"));
  YUPU_ASSIGN_OR_RETURN(options.valid, split_rows(context, dataset, "valid"));
  YUPU_ASSIGN_OR_RETURN(options.test, split_rows(context, dataset, "test"));
  if (options.test.empty()) {
    return invalid_argument(
        "the dataset has no test rows: give a source with split = \"test\", or data.test_fraction above 0",
        "data.test_fraction");
  }
  options.out = context.workdir + "/" + directory;
  options.lineage = {
      {"dataset_id", dataset_record.id}, {"strategy", context.strategy.name}, {"version", context.version}};
  YUPU_RETURN_IF_ERROR(make_directories(options.out));
  YUPU_ASSIGN_OR_RETURN(const auto observer, open_observer(context, key));
  options.observer = observer.get();
  YUPU_ASSIGN_OR_RETURN(const auto result, training::train(options, context.progress));
  if (!result.broken_promise.empty() && !int8)
    return conflict(fmt::format("release.max_wrong: {} (the model: {})", result.broken_promise, options.out));
  handoff::Run run;
  run.dataset_id = dataset_record.id;
  run.task = context.strategy.train.task;
  run.model_directory = directory;
  run.weights_sha256 = result.weights_sha256;
  config["encoder"] = result.encoder_config;
  config["precision"] = engine::precision_name(result.precision);  // the one really used
  run.config = std::move(config);
  run.version = context.version;
  run.figures = result.figures;
  CHECK(result.test.has_value(), "training was given test rows and judged none");
  run.report = Json(result.test->to_json());
  if (int8) YUPU_RETURN_IF_ERROR(put_int8(context, options, released_directory, run));
  run.report["learning_curve"] = learning_curve(result);
  const auto record =
      handoff::make_record("run", context.strategy.name, {dataset_record.id}, run.to_json(), context.clock.now_ns());
  YUPU_RETURN_IF_ERROR(handoff::put_record(context.store, record));
  return record;
}

improvement::GateRule gate_rule(const Strategy& strategy) {
  improvement::GateRule rule;
  rule.metric = strategy.release.metric;
  rule.min_gain = strategy.release.gain_min;
  rule.slice_drop_max = strategy.release.slice_drop_max;
  rule.first_accuracy_min = strategy.release.accuracy_min;
  return rule;
}

Result<improvement::GateDecision> judge_candidate(LoopContext& context, const handoff::Record& run_record) {
  YUPU_ASSIGN_OR_RETURN(const auto candidate, measured(context, run_record));
  return improvement::judge(candidate, gate_rule(context.strategy), context.store);
}

Result<Json> release_candidate(LoopContext& context, const handoff::Record& run_record) {
  YUPU_ASSIGN_OR_RETURN(const auto candidate, measured(context, run_record));
  const auto rule = gate_rule(context.strategy);
  YUPU_ASSIGN_OR_RETURN(const auto outcome, improvement::release(candidate, rule, context.store, context.clock));
  YUPU_ASSIGN_OR_RETURN(const auto live, handoff::live_release(context.store, context.strategy.name));
  if (!live) {
    return conflict(fmt::format("the gate refused the first release of '{}', so there is nothing to serve: {}",
                                context.strategy.name, outcome.decision.reason));
  }
  const std::string what = outcome.released ? fmt::format("released {}", live->release_id)
                                            : fmt::format("refused; {} stays live", live->release_id);
  return Json{{"released", outcome.released},
              {"release_id", live->release_id},
              {"run_id", run_record.id},
              {"reason", fmt::format("{}: {}", what, outcome.decision.reason)},
              {"gate", outcome.decision.to_json(rule)}};
}

Result<Json> write_reports(LoopContext& context) {
  promotion::ReportOptions options;
  options.model = context.strategy.name;
  YUPU_ASSIGN_OR_RETURN(const auto report,
                        promotion::write_report(context.store, context.workdir, options, context.clock));
  return Json{{"report_id", report.id}, {"pages", {"site/report.zh.html", "site/report.en.html"}}};
}

}  // namespace yupu::strategy
