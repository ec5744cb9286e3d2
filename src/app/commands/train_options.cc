#include "app/commands/train_options.h"

#include <algorithm>
#include <filesystem>

#include <fmt/format.h>

#include "app/ranks.h"
#include "app/workplace.h"
#include "base/builtin.h"
#include "base/file.h"
#include "base/hash.h"
#include "engine/collective/cpu_share.h"
#include "training/track/tracker.h"

namespace yupu::app {
namespace {

Json result_json(const training::TrainOptions& options, const training::TrainResult& result) {
  Json epochs = Json::array();
  for (const auto& epoch : result.epochs) {
    epochs.push_back({{"epoch", epoch.epoch}, {"train_loss", epoch.train_loss}, {"valid", epoch.valid_figure}});
  }
  return Json{{"out", options.out},
              {"figures", result.figures},
              {"steps", result.steps},
              {"best_epoch", result.best_epoch},
              {"resumed_at_step", result.resumed_at_step},
              {"parameters", result.parameter_count},
              {"weights_sha256", result.weights_sha256},
              {"seconds", result.seconds},
              {"precision", engine::precision_name(result.precision)},
              {"epochs", epochs}};
}

}  // namespace

training::TrainOptions read_loop_options(Arguments& arguments, training::TrainOptions options) {
  options.config = arguments.one_of("--config", "tiny", {"tiny", "mini", "small", "medium", "base"});
  options.base = directory_or_builtin(arguments.text("--base"));
  options.out = arguments.required_text("--out");
  options.epochs = arguments.integer("--epochs", options.epochs, 1, 100'000);
  options.batch_tokens = arguments.integer("--batch-tokens", options.batch_tokens, 16, 1 << 20);
  options.batch_size = arguments.integer("--batch-size", options.batch_size, 1, 1 << 20);
  options.grad_accumulation = arguments.integer("--grad-accumulation", 1, 1, 1 << 16);
  options.lr = arguments.number("--lr", options.lr, 1e-9, 10.0);
  options.warmup_ratio = arguments.number("--warmup", options.warmup_ratio, 0.0, 1.0);
  options.weight_decay = arguments.number("--weight-decay", options.weight_decay, 0.0, 10.0);
  const double dropout = arguments.number("--dropout", -1.0, 0.0, 0.95);
  if (dropout >= 0.0) options.dropout = dropout;
  options.token_dropout = arguments.number("--token-dropout", 0.0, 0.0, 0.9);
  options.label_smoothing = arguments.number("--label-smoothing", 0.0, 0.0, 0.9);
  options.layer_decay = arguments.number("--layer-decay", options.layer_decay, 0.01, 1.0);
  options.clip_norm = arguments.number("--clip-norm", options.clip_norm, 0.0, 1e6);
  options.best_on_divergence = arguments.one_of("--on-divergence", "stop", {"stop", "best"}) == "best";
  options.patience = arguments.integer("--patience", options.patience, 1, 100'000);
  options.vocab_size = arguments.integer("--vocab-size", options.vocab_size, 100, 1'000'000);
  options.max_length = arguments.integer("--max-length", options.max_length, 8, 8192);
  options.seed = static_cast<std::uint64_t>(arguments.integer("--seed", 1, 0, INT64_MAX));
  options.threads = static_cast<int>(arguments.integer("--threads", 0, 0, 1024));
  options.precision = read_precision(arguments);
  return options;
}

std::string read_valid_file(Arguments& arguments) {
  const std::string path = arguments.required_text("--valid");
  return path == "none" ? std::string() : path;
}

void read_head_options(Arguments& arguments, training::TrainOptions& options) {
  options.pooling = *tasks::find_pooling(arguments.one_of("--pooling", "cls", {"cls", "mean"}));
  read_wide_options(arguments, options);
}

void read_wide_options(Arguments& arguments, training::TrainOptions& options) {
  options.wide = arguments.one_of("--wide", options.wide ? "on" : "off", {"on", "off"}) == "on";
  options.wide_lr = arguments.number("--wide-lr", options.wide_lr, 1e-9, 10.0);
  options.wide_decay = arguments.number("--wide-decay", options.wide_decay, 0.0, 10.0);
}

void read_adapter_options(Arguments& arguments, training::TrainOptions& options) {
  constexpr std::int64_t kAdaLoraRank = 12;
  options.method = arguments.one_of("--method", "full", {"full", "lora", "adalora", "houlsby"});
  model::AdapterConfig& adapter = options.adapter;
  adapter.rank = arguments.integer("--rank", options.method == "adalora" ? kAdaLoraRank : adapter.rank, 1, 1024);
  adapter.alpha = arguments.number("--alpha", adapter.alpha, 1e-6, 1e6);
  adapter.dropout = arguments.number("--adapter-dropout", adapter.dropout, 0.0, 0.95);
  adapter.rslora = arguments.flag("--rslora");
  if (const std::string targets = arguments.text("--targets"); !targets.empty()) {
    adapter.targets.clear();
    for (std::size_t begin = 0; begin <= targets.size();) {
      const std::size_t end = std::min(targets.find(',', begin), targets.size());
      adapter.targets.push_back(targets.substr(begin, end - begin));
      begin = end + 1;
    }
  }
  adapter.bottleneck = arguments.integer("--bottleneck", adapter.bottleneck, 1, 4096);
  adapter.target_rank = arguments.integer("--target-rank", std::max<std::int64_t>(1, adapter.rank * 2 / 3), 1, 1024);
  adapter.interval = arguments.integer("--deltaT", adapter.interval, 1, 1'000'000);
  adapter.orthogonality = arguments.number("--orthogonality", adapter.orthogonality, 0.0, 100.0);
  if (const auto steps = arguments.integer("--tinit", -1, 0, INT64_MAX); steps >= 0) options.prune_after_steps = steps;
  if (const auto steps = arguments.integer("--tfinal", -1, 1, INT64_MAX); steps > 0) options.prune_final_steps = steps;
}

void read_calibration_options(Arguments& arguments, training::TrainOptions& options) {
  options.target_precision = arguments.number("--target-precision", options.target_precision, 0.01, 0.999);
  constexpr double kNotGiven = -1.0;
  if (const double share = arguments.number("--max-wrong", kNotGiven, 1e-6, 0.99); share > 0.0)
    options.max_wrong = share;
  options.confidence = arguments.number("--confidence", options.confidence, 0.5, 0.999999);
  if (const double share = arguments.number("--out-of-scope-share", kNotGiven, 0.0, 0.99); share >= 0.0)
    options.out_of_scope_share = share;
  const auto& gates = tasks::kGateChoices;
  const std::string gate = arguments.one_of("--scope-gate", gates[0],
                                            {gates[0], gates[1], gates[2], gates[3], gates[4], gates[5], gates[6]});
  options.scope_gate = *tasks::find_gate_choice(gate);
}

Telling read_telling(Arguments& arguments) {
  arguments.one_of("--device", "cpu", {"cpu"});
  return {.json = arguments.flag("--json"), .track = arguments.many("--track")};
}

Status check(const Telling& telling) {
  for (const std::string& spec : telling.track) YUPU_RETURN_IF_ERROR(training::check_track_spec(spec));
  return ok_status();
}

Result<std::unique_ptr<training::RunObserver>> open_observer(const std::vector<std::string>& track,
                                                             const training::TrainOptions& options,
                                                             const Json& deciding, const Clock& clock,
                                                             handoff::Progress& progress) {
  std::error_code error;
  std::filesystem::path out = std::filesystem::absolute(options.out, error).lexically_normal();
  if (out.filename().empty()) out = out.parent_path();
  const std::string key = Sha256().field(out.string()).field(to_text(deciding)).finish_hex().substr(0, 20);
  return training::open_trackers(
      track,
      {.run_name = out.filename().string(), .run_key = key, .version = kVersion, .clock = clock, .progress = progress});
}

void print_result(const training::TrainOptions& options, const training::TrainResult& result, const Telling& telling) {
  if (telling.json) return print_json(result_json(options, result));
  std::string text = fmt::format("{}: {} parameters, {} steps in {:.1f} s, best epoch {}", options.out,
                                 result.parameter_count, result.steps, result.seconds, result.best_epoch);
  for (const auto& [name, value] : result.figures) text += fmt::format("\n  {:<28} {:.4f}", name, value);
  print_text(text);
}

Status run_training(engine::Collective& ranks, training::TrainOptions& loop, const std::string& train_file,
                    const Telling& telling, const TaskTraining& task) {
  if (loop.threads == 0) {
    YUPU_ASSIGN_OR_RETURN(loop.threads, engine::share_cores(ranks));
  }
  loop.collective = &ranks;
  loop.stop_requested = stop_asked;
  YUPU_RETURN_IF_ERROR(task.read_files());
  YUPU_ASSIGN_OR_RETURN(const std::string train_sha256, file_sha256(train_file));
  loop.lineage = {{"train", train_file}, {"train_sha256", train_sha256}, {"version", kVersion}};
  if (ranks.is_root()) YUPU_RETURN_IF_ERROR(make_directories(loop.out));
  const auto progress = terminal_progress();
  const SystemClock clock;
  YUPU_ASSIGN_OR_RETURN(const auto observer, open_observer(telling.track, loop, task.deciding(), clock, *progress));
  loop.observer = observer.get();
  YUPU_ASSIGN_OR_RETURN(const auto result, task.train(*progress));
  if (ranks.is_root()) print_result(loop, result, telling);
  if (!result.broken_promise.empty())
    return conflict(fmt::format("{}: the model answers nothing: {}", loop.out, result.broken_promise));
  return ok_status();
}

}  // namespace yupu::app
