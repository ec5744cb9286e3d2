// yupu recommend train --type cross-encoder: a model of pairs from what users did, for the first of the ranker's
// candidates.
#include "app/commands/recommend_files.h"
#include "app/commands/train_options.h"
#include "app/ranks.h"
#include "products/recommend/methods/cross/cross_rows.h"
#include "training/pairs/pair_training.h"

namespace yupu::app {
namespace {

// A candidate is one of fifty, read while somebody waits: short texts, and few epochs of many pairs.
constexpr std::int64_t kMaxLength = 64, kEpochs = 5, kBatchTokens = 2048;
constexpr std::size_t kValidExamples = 300;

struct CrossFiles {
  RecommendFiles files;
  std::string impressions;
  BehaviourRule behaviour;
  recommend::CrossRowRule rows;
};

// Pairs of what was wanted before the validation, and in it.
Status read_pairs(const CrossFiles& from, training::PairOptions& options) {
  YUPU_ASSIGN_OR_RETURN(const recommend::Collection collection, open_collection(from.files, {}));
  YUPU_ASSIGN_OR_RETURN(const auto shown, read_shown(from.impressions, collection));
  YUPU_ASSIGN_OR_RETURN(const recommend::TimeSplit split,
                        recommend::split_by_time(collection.log, training_split(from.behaviour.split, collection)));
  recommend::CrossRowRule rule = from.rows;
  options.train.rows = recommend::cross_rows(collection, INT64_MIN, split.valid_ns, rule, shown);
  rule.examples_max = kValidExamples;
  options.valid.rows = recommend::cross_rows(collection, split.valid_ns, split.test_ns, rule, shown);
  options.train.path = options.valid.path = from.files.mind.empty() ? from.files.events : from.files.mind[0];
  options.train.label_column = options.valid.label_column = "label";
  options.end_ns = split.test_ns;
  return ok_status();
}

}  // namespace

Status train_cross_encoder(Arguments& arguments) {
  const Telling telling = read_telling(arguments);
  CrossFiles from{.files = read_recommend_files(arguments),
                  .impressions = arguments.text("--impressions"),
                  .behaviour = {},
                  .rows = {}};
  const BehaviourFlags behaviour = read_behaviour_flags(arguments);
  training::PairOptions options;
  options.loop.max_length = kMaxLength;
  options.loop.epochs = kEpochs;
  options.loop.batch_tokens = kBatchTokens;
  options.loop = read_loop_options(arguments, options.loop);
  read_adapter_options(arguments, options.loop);
  options.loop.metric = "mrr";
  options.target = tasks::PairTarget::kClasses;
  options.positive = "1";
  from.rows.negatives = static_cast<std::size_t>(
      arguments.integer("--negatives", static_cast<std::int64_t>(from.rows.negatives), 1, 100));
  from.rows.examples_max = static_cast<std::size_t>(
      arguments.integer("--examples", static_cast<std::int64_t>(from.rows.examples_max), 2, 100'000'000));
  from.rows.seed = options.loop.seed;
  const engine::MpiOptions rank_options = read_rank_options(arguments);
  YUPU_RETURN_IF_ERROR(arguments.finish(0, 0).status());
  YUPU_RETURN_IF_ERROR(check(telling));
  YUPU_RETURN_IF_ERROR(check_training_files(from.files));
  YUPU_ASSIGN_OR_RETURN(from.behaviour, check(behaviour));
  from.rows.examples.relevant = from.behaviour.relevant;
  from.rows.examples.weights = from.behaviour.weights;
  return on_ranks(rank_options, [&](engine::Collective& ranks) {
    return run_training(
        ranks, options.loop, from.files.mind.empty() ? from.files.events : from.files.mind[0] + "/behaviors.tsv",
        telling,
        {.read_files = [&] { return read_pairs(from, options); },
         .deciding = [&] { return training::deciding_options(options); },
         .train = [&](handoff::Progress& progress) { return training::train_pairs(options, progress); }});
  });
}

}  // namespace yupu::app
