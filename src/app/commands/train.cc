// yupu train: fine-tunes a model from files.
#include <algorithm>
#include <filesystem>

#include <fmt/format.h>

#include "app/commands/commands.h"
#include "app/ranks.h"
#include "app/workplace.h"
#include "base/builtin.h"
#include "base/file.h"
#include "base/hash.h"
#include "data/rows.h"
#include "engine/collective/cpu_share.h"
#include "training/track/tracker.h"
#include "training/training.h"

namespace yupu::app {
namespace {

struct Files {
  std::string train;
  std::string valid;
  std::string test;
  data::ImportSource shape;
};

Files read_files(Arguments& arguments) {
  Files files;
  files.train = arguments.required_text("--train");
  files.valid = arguments.required_text("--valid");
  files.test = arguments.text("--test");
  files.shape.text_column = arguments.text("--text", "text");
  files.shape.label_column = arguments.text("--label", "label");
  files.shape.lang_column = arguments.text("--lang", "lang");
  return files;
}

// The flags of --method lora, adalora and houlsby.
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

training::TrainOptions read_options(Arguments& arguments) {
  training::TrainOptions options;
  options.config = arguments.one_of("--config", "tiny", {"tiny", "mini", "small", "medium", "base"});
  options.base = directory_or_builtin(arguments.text("--base"));
  options.out = arguments.required_text("--out");
  options.epochs = arguments.integer("--epochs", options.epochs, 1, 100'000);
  options.batch_tokens = arguments.integer("--batch-tokens", options.batch_tokens, 16, 1 << 20);
  options.batch_size = arguments.integer("--batch-size", 0, 1, 1 << 20);
  options.grad_accumulation = arguments.integer("--grad-accumulation", 1, 1, 1 << 16);
  options.lr = arguments.number("--lr", options.lr, 1e-9, 10.0);
  options.warmup_ratio = arguments.number("--warmup", options.warmup_ratio, 0.0, 1.0);
  options.weight_decay = arguments.number("--weight-decay", options.weight_decay, 0.0, 10.0);
  const double dropout = arguments.number("--dropout", -1.0, 0.0, 0.95);
  if (dropout >= 0.0) options.dropout = dropout;
  options.token_dropout = arguments.number("--token-dropout", 0.0, 0.0, 0.9);
  options.label_smoothing = arguments.number("--label-smoothing", 0.0, 0.0, 0.9);
  options.wide = arguments.one_of("--wide", "on", {"on", "off"}) == "on";
  options.wide_lr = arguments.number("--wide-lr", options.wide_lr, 1e-9, 10.0);
  options.clip_norm = arguments.number("--clip-norm", options.clip_norm, 0.0, 1e6);
  options.patience = arguments.integer("--patience", options.patience, 1, 100'000);
  options.metric = arguments.one_of("--metric", options.metric, {"accuracy", "macro_f1"});
  options.vocab_size = arguments.integer("--vocab-size", options.vocab_size, 100, 1'000'000);
  options.max_length = arguments.integer("--max-length", options.max_length, 8, 512);
  options.target_precision = arguments.number("--target-precision", options.target_precision, 0.01, 0.999);
  options.seed = static_cast<std::uint64_t>(arguments.integer("--seed", 1, 0, INT64_MAX));
  options.threads = static_cast<int>(arguments.integer("--threads", 0, 0, 1024));
  options.precision = read_precision(arguments);
  read_adapter_options(arguments, options);
  return options;
}

Result<std::vector<handoff::Row>> read_rows(const Files& files, const std::string& path) {
  if (path.empty()) return std::vector<handoff::Row>();
  data::ImportSource source = files.shape;
  source.path = path;
  return data::read_labelled_file(source);
}

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

// How the result and the way to it are told.
struct Telling {
  bool json = false;
  std::vector<std::string> track;
};

// The run is called by its folder's name, and known again by where it is and what decides it.
Result<std::unique_ptr<training::RunObserver>> open_observer(const std::vector<std::string>& track,
                                                             const training::TrainOptions& options, const Clock& clock,
                                                             handoff::Progress& progress) {
  std::error_code error;
  std::filesystem::path out = std::filesystem::absolute(options.out, error).lexically_normal();
  if (out.filename().empty()) out = out.parent_path();
  const std::string key =
      Sha256().field(out.string()).field(to_text(training::deciding_options(options))).finish_hex().substr(0, 20);
  return training::open_trackers(
      track,
      {.run_name = out.filename().string(), .run_key = key, .version = kVersion, .clock = clock, .progress = progress});
}

void print_result(const training::TrainOptions& options, const training::TrainResult& result) {
  std::string text = fmt::format("{}: {} parameters, {} steps in {:.1f} s, best epoch {}", options.out,
                                 result.parameter_count, result.steps, result.seconds, result.best_epoch);
  for (const auto& [name, value] : result.figures) text += fmt::format("\n  {:<28} {:.4f}", name, value);
  print_text(text);
}

// On every rank; rank 0 writes and prints.
Status train_on(engine::Collective& ranks, const Files& files, training::TrainOptions options, const Telling& telling) {
  if (options.threads == 0) {
    YUPU_ASSIGN_OR_RETURN(options.threads, engine::share_cores(ranks));
  }
  options.collective = &ranks;
  options.stop_requested = stop_asked;
  YUPU_ASSIGN_OR_RETURN(options.train, read_rows(files, files.train));
  YUPU_ASSIGN_OR_RETURN(options.valid, read_rows(files, files.valid));
  YUPU_ASSIGN_OR_RETURN(options.test, read_rows(files, files.test));
  YUPU_ASSIGN_OR_RETURN(const std::string train_sha256, file_sha256(files.train));
  options.lineage = {{"train", files.train}, {"train_sha256", train_sha256}, {"version", kVersion}};
  if (ranks.is_root()) YUPU_RETURN_IF_ERROR(make_directories(options.out));
  const auto progress = terminal_progress();
  const SystemClock clock;
  YUPU_ASSIGN_OR_RETURN(const auto observer, open_observer(telling.track, options, clock, *progress));
  options.observer = observer.get();
  YUPU_ASSIGN_OR_RETURN(const auto result, training::train(options, *progress));
  if (!ranks.is_root()) return ok_status();
  if (telling.json) {
    print_json(result_json(options, result));
  } else {
    print_result(options, result);
  }
  return ok_status();
}

}  // namespace

Status train_command(Arguments& arguments) {
  if (const auto verb = arguments.verb({"ls", "compare"}); verb.ok())
    return *verb == "ls" ? train_list_command(arguments) : train_compare_command(arguments);
  arguments.one_of("--task", "classify", {"classify"});
  arguments.one_of("--device", "cpu", {"cpu"});
  const bool json = arguments.flag("--json");
  const Files files = read_files(arguments);
  const training::TrainOptions options = read_options(arguments);
  const Telling telling{.json = json, .track = arguments.many("--track")};
  const engine::MpiOptions rank_options = read_rank_options(arguments);
  YUPU_RETURN_IF_ERROR(arguments.finish(0, 0).status());
  for (const std::string& spec : telling.track) YUPU_RETURN_IF_ERROR(training::check_track_spec(spec));
  return on_ranks(rank_options, [&](engine::Collective& ranks) { return train_on(ranks, files, options, telling); });
}

}  // namespace yupu::app
