// Behaviour in, a recommender out (tasks/recommend/recommender.h): an encoder fine-tuned on what users did, with a
// tower for users.  The loop, checkpoints and ranks are those of training.h; the loss is over the whole of every batch
// (tasks/recommend/user_tower.h), and what does not fit loop.batch_tokens at once is encoded in parts, each item of a
// batch once, as training/embed does it.
//   train    examples before valid_ns;   valid   those in [valid_ns, end_ns), to choose the epoch by: nDCG@10 over the
//   whole catalogue but for what the user had touched.  Nothing at or after end_ns is read.
//   p_c of the loss's correction: item c's share of the training targets, each counted once more than it occurs.
// Threads  one owner.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "tasks/recommend/examples.h"
#include "tasks/recommend/recommender.h"
#include "training/training.h"

namespace yupu::training {

struct RecommendOptions {
  TrainOptions loop;                    // as EmbedOptions::loop; batch_size: examples of an update
  std::vector<std::string> item_texts;  // of each item of the log
  tasks::BehaviourLog log;
  std::vector<tasks::ShownList> shown = {};  // what users were shown, sorted (sort_shown); may be empty
  std::int64_t valid_ns = 0, end_ns = 0;
  tasks::ExampleRule examples;
  tasks::TowerShape shape;               // history_max is examples.history_max
  std::size_t examples_max = SIZE_MAX;   // of an epoch: another draw every epoch
  std::size_t valid_examples_max = 500;  // drawn once
};

Json deciding_options(const RecommendOptions& options);

// TrainResult::figures has "valid.ndcg@10".
// Outcomes  those of train(), and kInvalidArgument: no example before valid_ns, or none after it.
Result<TrainResult> train_recommender(const RecommendOptions& options, handoff::Progress& progress);

}  // namespace yupu::training
