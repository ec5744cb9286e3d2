// What a recommender learns from: somebody did something relevant, and what they had done before.
//   history   the last `history_max` events before it, the last one first
//   target    the item, new to the user then
//   weight    of its kind, over the mean weight of all targets
// Nobody learns from a user's first event: there is nothing to foretell it from.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "tasks/recommend/behaviour.h"

namespace yupu::tasks {

struct Touch {
  std::uint32_t item = 0;
  BehaviourKind kind = BehaviourKind::kView;
  double log_age = 0.0;   // ln(1 + days since)
  double log_rank = 0.0;  // ln(1 + events since)
};

// Of the events before `time_ns`, the last one first.
std::vector<Touch> touches_of(std::span<const Behaviour> history, std::int64_t time_ns, std::size_t history_max);

struct BehaviourExample {
  std::vector<Touch> history;
  std::vector<std::uint32_t> touched;  // every item the user had touched by then, ascending
  std::uint32_t target = 0;
  double weight = 1.0;
};

struct ExampleRule {
  BehaviourKind relevant = BehaviourKind::kClick;
  KindWeights weights = {};
  std::size_t history_max = 20;
};

// Of the events in [from, to), in order of user and time.
std::vector<BehaviourExample> examples_of(const BehaviourLog& log, std::int64_t from_ns, std::int64_t to_ns,
                                          const ExampleRule& rule);

}  // namespace yupu::tasks
