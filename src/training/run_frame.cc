#include "training/run_frame.h"

#include <fmt/format.h>

#include "base/hash.h"
#include "engine/error.h"
#include "training/ranks.h"
#include "training/trainer.h"

namespace yupu::training {
namespace {

struct Range {
  const char* name;
  double value;
  double min;
  double max;
};

RunEnd end_of(const Result<TrainResult>& result) {
  if (result.ok()) return {.outcome = RunEnd::Outcome::kFinished, .message = {}, .figures = result.value().figures};
  const bool stopped = result.status().code() == Code::kUnavailable;
  return {.outcome = stopped ? RunEnd::Outcome::kStopped : RunEnd::Outcome::kFailed,
          .message = result.status().message(),
          .figures = {}};
}

}  // namespace

Status check_ranges(const TrainOptions& options) {
  if (options.out.empty()) return invalid_argument("out: a directory for the model is needed", "out");
  const Range ranges[] = {
      {"epochs", static_cast<double>(options.epochs), 1, 100'000},
      {"batch_tokens", static_cast<double>(options.batch_tokens), 1, 1 << 24},
      {"batch_size", static_cast<double>(options.batch_size), 0, 1 << 24},
      {"grad_accumulation", static_cast<double>(options.grad_accumulation), 1, 1 << 16},
      {"lr", options.lr, 1e-9, 10.0},
      {"wide_lr", options.wide_lr, 1e-9, 10.0},
      {"wide_decay", options.wide_decay, 0.0, 10.0},
      {"branch_loss", options.branch_loss, 0.0, 100.0},
      {"warmup_ratio", options.warmup_ratio, 0.0, 1.0},
      {"weight_decay", options.weight_decay, 0.0, 10.0},
      {"dropout", options.dropout.value_or(0.0), 0.0, 0.95},
      {"token_dropout", options.token_dropout, 0.0, 0.95},
      {"label_smoothing", options.label_smoothing, 0.0, 0.95},
      {"layer_decay", options.layer_decay, 0.01, 1.0},
      {"clip_norm", options.clip_norm, 0.0, 1e9},
      {"patience", static_cast<double>(options.patience), 0, 100'000},
      {"vocab_size", static_cast<double>(options.vocab_size), 16, 10'000'000},
      {"max_length", static_cast<double>(options.max_length), 3, 1'000'000},
      {"target_precision", options.target_precision, 0.01, 1.0},
      {"max_wrong", options.max_wrong.value_or(0.5), 1e-6, 0.99},
      {"confidence", options.confidence, 0.5, 0.999999},
      {"out_of_scope_share", options.out_of_scope_share.value_or(0.0), 0.0, 0.99},
      {"threads", static_cast<double>(options.threads), 0, 1024},
      {"pause_after_epoch", static_cast<double>(options.pause_after_epoch), 0, 100'000},
      {"checkpoint_seconds", options.checkpoint_seconds, 0.0, 1e9},
      {"checkpoint_steps", static_cast<double>(options.checkpoint_steps), 0, 1e12},
  };
  for (const Range& range : ranges) {
    if (!(range.value >= range.min && range.value <= range.max)) {
      return invalid_argument(fmt::format("{} is {}, must be {} to {}", range.name, range.value, range.min, range.max),
                              range.name);
    }
  }
  return ok_status();
}

model::AdapterConfig adapter_config(const TrainOptions& options) {
  model::AdapterConfig config = options.adapter;
  config.method = options.method;
  config.base = options.base;
  return config;
}

Status check_method(const TrainOptions& options) {
  if (options.method == "full") return ok_status();
  YUPU_RETURN_IF_ERROR(adapter_config(options).validate("adapter"));
  if (!options.base.empty()) return ok_status();
  return invalid_argument(fmt::format("method \"{}\" adapts a trained base: name one (base)", options.method), "base");
}

Json curve_json(const std::vector<EpochFigures>& epochs, bool validated) {
  Json curve = Json::array();
  for (const EpochFigures& epoch : epochs) {
    curve.push_back({{"epoch", epoch.epoch}, {"loss", epoch.train_loss}});
    if (validated) curve.back()["valid"] = epoch.valid_figure;
  }
  return curve;
}

TrainResult paused_result(const Trainer& trainer) {
  TrainResult result;
  result.epochs = trainer.position().history;
  result.paused = true;
  result.steps = trainer.position().step;
  result.resumed_at_step = trainer.resumed_at_step();
  result.seconds = trainer.position().seconds;
  return result;
}

TrainResult finished_result(const Trainer& trainer, std::size_t row_count) {
  TrainResult result = paused_result(trainer);
  const Position& position = trainer.position();
  result.paused = false;
  result.best_epoch = position.best_epoch;
  result.precision = trainer.precision();
  result.figures["train.seconds"] = result.seconds;
  result.figures["train.steps"] = static_cast<double>(result.steps);
  result.figures["train.epochs"] = static_cast<double>(position.epoch);
  result.figures["train.best_epoch"] = static_cast<double>(result.best_epoch);
  result.figures["train.rows"] = static_cast<double>(row_count);
  if (const auto step = trainer.diverged_at_step())
    result.figures["train.diverged_at_step"] = static_cast<double>(*step);
  if (!position.history.empty()) result.figures["train.loss"] = position.history.back().train_loss;
  return result;
}

Result<StateFolder> open_state(const TrainOptions& options, const engine::Facts& facts,
                               engine::Collective& collective) {
  if (collective.size() > 1) {
    YUPU_ASSIGN_OR_RETURN(engine::Facts all, program_facts());
    all.insert(all.end(), facts.begin(), facts.end());
    YUPU_RETURN_IF_ERROR(engine::require_equal(collective, all));
  }
  if (!collective.is_root()) return StateFolder::elsewhere(options.out);
  Sha256 hash;
  for (const auto& [name, value] : facts) hash.field(value);
  return StateFolder::open(options.out, hash.finish_hex());
}

Json lineage_of(const TrainOptions& options, const Json& deciding, const TrainResult& result, bool validated) {
  Json lineage = options.lineage;
  lineage["options"] = deciding;
  lineage["precision"] = engine::precision_name(result.precision);
  lineage["weights_sha256"] = result.weights_sha256;
  lineage["figures"] = result.figures;
  lineage["learning_curve"] = curve_json(result.epochs, validated);
  return lineage;
}

Result<TrainResult> framed(const TrainOptions& options, handoff::Progress& progress, const RunBody& body) {
  const auto alone = engine::single();
  engine::Collective& collective = options.collective != nullptr ? *options.collective : *alone;
  handoff::SilentProgress silent;
  const auto guarded = [&]() -> Result<TrainResult> {
    try {
      return body(collective, collective.is_root() ? progress : silent);
    } catch (const engine::EngineError& error) {
      return Status(Code::kResourceExhausted,
                    fmt::format("training: {} (smaller batch_tokens need less memory; the last checkpoint is kept)",
                                error.what()));
    }
  };
  Result<TrainResult> result = guarded();
  if (options.observer != nullptr && collective.is_root()) options.observer->run_ended(end_of(result));
  return result;
}

}  // namespace yupu::training
