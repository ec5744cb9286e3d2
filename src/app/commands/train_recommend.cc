// yupu recommend train: an encoder fine-tuned on what users did.
#include <fmt/format.h>

#include "app/commands/recommend_files.h"
#include "app/commands/train_options.h"
#include "app/ranks.h"
#include "training/recommend/recommend_training.h"

namespace yupu::app {
namespace {

// Many examples share their items: a large batch costs little more than a small one, and tells more apart.
constexpr std::int64_t kBatchSize = 256, kBatchTokens = 4096;

// Behaviour before the test, or all of it with --test-share 0.
Status read_behaviour(const RecommendFiles& files, const std::string& impressions, const BehaviourRule& rule,
                      training::RecommendOptions& options) {
  YUPU_ASSIGN_OR_RETURN(recommend::Collection collection, open_collection(files, {}));
  YUPU_ASSIGN_OR_RETURN(options.shown, read_shown(impressions, collection));
  YUPU_ASSIGN_OR_RETURN(const recommend::TimeSplit split,
                        recommend::split_by_time(collection.log, training_split(rule.split, collection)));
  options.valid_ns = split.valid_ns;
  options.end_ns = split.test_ns;
  options.item_texts = std::move(collection.texts);
  options.log = std::move(collection.log);
  return ok_status();
}

training::RecommendOptions read_options(Arguments& arguments) {
  training::RecommendOptions options;
  training::TrainOptions loop;
  loop.batch_size = kBatchSize;
  loop.batch_tokens = kBatchTokens;
  options.loop = read_loop_options(arguments, loop);
  options.shape.scale = arguments.number("--scale", options.shape.scale, 1e-3, 1e4);
  options.shape.width_max = arguments.integer("--width", options.shape.width_max, 1, 1 << 16);
  options.examples.history_max = static_cast<std::size_t>(
      arguments.integer("--history", static_cast<std::int64_t>(options.examples.history_max), 1, 1000));
  const std::int64_t examples = arguments.integer("--examples", 0, 2, INT64_MAX);
  if (examples > 0) options.examples_max = static_cast<std::size_t>(examples);
  return options;
}

}  // namespace

Status train_recommend(Arguments& arguments) {
  if (arguments.one_of("--type", "tower", {"tower", "cross-encoder"}) == "cross-encoder")
    return train_cross_encoder(arguments);
  const Telling telling = read_telling(arguments);
  const RecommendFiles files = read_recommend_files(arguments);
  const std::string impressions = arguments.text("--impressions");
  const BehaviourFlags behaviour = read_behaviour_flags(arguments);
  training::RecommendOptions options = read_options(arguments);
  const engine::MpiOptions rank_options = read_rank_options(arguments);
  YUPU_RETURN_IF_ERROR(arguments.finish(0, 0).status());
  YUPU_RETURN_IF_ERROR(check(telling));
  YUPU_RETURN_IF_ERROR(check_training_files(files));
  YUPU_ASSIGN_OR_RETURN(const BehaviourRule rule, check(behaviour));
  options.examples.relevant = rule.relevant;
  options.examples.weights = rule.weights;
  return on_ranks(rank_options, [&](engine::Collective& ranks) {
    return run_training(
        ranks, options.loop, files.mind.empty() ? files.events : files.mind[0] + "/behaviors.tsv", telling,
        {.read_files = [&] { return read_behaviour(files, impressions, rule, options); },
         .deciding = [&] { return training::deciding_options(options); },
         .train = [&](handoff::Progress& progress) { return training::train_recommender(options, progress); }});
  });
}

}  // namespace yupu::app
