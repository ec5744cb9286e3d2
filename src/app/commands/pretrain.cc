// yupu pretrain: a base model from raw text.
#include "training/pretrain/pretrain.h"

#include <fmt/format.h>

#include "app/commands/commands.h"
#include "app/ranks.h"
#include "app/workplace.h"
#include "base/builtin.h"
#include "base/file.h"
#include "engine/collective/cpu_share.h"

namespace yupu::app {
namespace {

training::PretrainOptions read_options(Arguments& arguments) {
  training::PretrainOptions options;
  options.corpus = arguments.many("--corpus");
  options.config = arguments.text("--config", options.config);
  options.base = directory_or_builtin(arguments.text("--base"));
  if (const std::string vocab = arguments.text("--vocab", "none"); vocab != "none") options.vocab = vocab;
  options.vocab_size = arguments.integer("--vocab-size", options.vocab_size, 16, 10'000'000);
  options.out = arguments.required_text("--out");
  options.steps = arguments.integer("--steps", 0, 1, INT64_MAX);
  options.epochs = arguments.integer("--epochs", options.epochs, 1, 100'000);
  options.batch_tokens = arguments.integer("--batch-tokens", options.batch_tokens, 16, 1 << 24);
  options.max_length = arguments.integer("--max-length", options.max_length, 4, 1'000'000);
  options.short_share = arguments.number("--short-share", options.short_share, 0.0, 1.0);
  options.mask_probability = arguments.number("--mask-probability", options.mask_probability, 0.01, 0.9);
  options.whole_word = arguments.flag("--whole-word");
  options.first_token_words = arguments.integer("--first-token-words", 0, 0, 1000);
  options.lr = arguments.number("--lr", options.lr, 1e-9, 10.0);
  options.schedule = arguments.one_of("--schedule", "linear", {"linear", "stable"}) == "stable"
                         ? training::PretrainSchedule::kStable
                         : training::PretrainSchedule::kLinear;
  options.warmup_steps = arguments.integer("--warmup", options.warmup_steps, 0, INT64_MAX);
  options.decay_steps = arguments.integer("--decay-steps", options.decay_steps, 0, INT64_MAX);
  options.decay_now = arguments.flag("--decay-now");
  options.weight_decay = arguments.number("--weight-decay", options.weight_decay, 0.0, 10.0);
  options.clip_norm = arguments.number("--clip-norm", options.clip_norm, 0.0, 1e6);
  options.dropout = arguments.number("--dropout", options.dropout, 0.0, 0.95);
  options.valid_share = arguments.number("--valid-share", options.valid_share, 0.0, 0.5);
  options.eval_steps = arguments.integer("--eval-steps", options.eval_steps, 1, INT64_MAX);
  options.checkpoint_seconds = arguments.number("--checkpoint-seconds", options.checkpoint_seconds, 0.0, 1e6);
  options.threads = static_cast<int>(arguments.integer("--threads", 0, 1, 1024));
  options.seed = static_cast<std::uint64_t>(arguments.integer("--seed", 1, 0, INT64_MAX));
  options.precision = read_precision(arguments);
  if (arguments.one_of("--dtype", "f32", {"f32", "f16"}) == "f16") options.floats = model::FloatFormat::kF16;
  return options;
}

Json result_json(const training::PretrainOptions& options, const training::PretrainResult& result) {
  Json valid;
  if (result.valid.masked > 0) {
    valid = {{"loss", result.valid.loss}, {"accuracy", result.valid.accuracy}, {"masked", result.valid.masked}};
  }
  return Json{{"out", options.out},
              {"steps", result.steps},
              {"resumed_at_step", result.resumed_at_step},
              {"tokens", result.tokens_seen},
              {"train_tokens", result.train_tokens},
              {"valid_tokens", result.valid_tokens},
              {"vocab_size", result.vocab_size},
              {"parameters", result.parameter_count},
              {"train_loss", result.train_loss},
              {"valid", valid},
              {"seconds", result.seconds},
              {"weights_sha256", result.weights_sha256}};
}

void print_result(const training::PretrainOptions& options, const training::PretrainResult& result) {
  std::string text =
      fmt::format("{}: {} parameters, {} updates ({:.1f} M tokens) in {:.1f} s", options.out, result.parameter_count,
                  result.steps, static_cast<double>(result.tokens_seen) * 1e-6, result.seconds);
  text += fmt::format("\n  train loss {:.4f}", result.train_loss);
  if (result.valid.masked > 0) {
    text += fmt::format("\n  held out   {:.4f}, {:.2f} % of {} masked tokens right", result.valid.loss,
                        100.0 * result.valid.accuracy, result.valid.masked);
  }
  print_text(text);
}

// On every rank; rank 0 writes and prints.
Status pretrain_on(engine::Collective& ranks, training::PretrainOptions options, bool json) {
  if (options.threads == 0) {
    YUPU_ASSIGN_OR_RETURN(options.threads, engine::share_cores(ranks));
  }
  options.collective = &ranks;
  options.stop_requested = stop_asked;
  Json files = Json::array();
  for (const std::string& file : options.corpus) {
    YUPU_ASSIGN_OR_RETURN(const std::string sha256, file_sha256(file));
    files.push_back({{"file", file}, {"sha256", sha256}});
  }
  options.lineage = {{"corpus", files}, {"version", kVersion}};
  if (ranks.is_root()) YUPU_RETURN_IF_ERROR(make_directories(options.out));
  const auto progress = terminal_progress();
  YUPU_ASSIGN_OR_RETURN(const auto result, training::pretrain(options, *progress));
  if (!ranks.is_root()) return ok_status();
  if (json) {
    print_json(result_json(options, result));
  } else {
    print_result(options, result);
  }
  return ok_status();
}

}  // namespace

Status pretrain_command(Arguments& arguments) {
  const bool json = arguments.flag("--json");
  training::PretrainOptions options = read_options(arguments);
  const engine::MpiOptions rank_options = read_rank_options(arguments);
  // `--corpus a.txt b.txt` and `--corpus a.txt --corpus b.txt` say the same.
  constexpr std::size_t kFilesMax = 100'000;
  YUPU_ASSIGN_OR_RETURN(const auto more, arguments.finish(0, kFilesMax, "corpus file"));
  options.corpus.insert(options.corpus.end(), more.begin(), more.end());
  heed_stop_signals();
  return on_ranks(rank_options, [&](engine::Collective& ranks) { return pretrain_on(ranks, options, json); });
}

}  // namespace yupu::app
