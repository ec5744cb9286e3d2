// What a recommender learns from: somebody did something relevant, and what they had done before.
//   history   the last `history_max` events before it, the last one first
//   target    the item, new to the user then
//   weight    of its kind, over the mean weight of all targets
//   negatives what was shown beside it and passed over: items of the lists that held the target and were shown to the
//             user in the half hour before, but for those the user had touched or touched within that half hour
// Nobody learns from a user's first event: there is nothing to foretell it from.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
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
  std::vector<std::uint32_t> negatives = {};  // ascending, each once; neither touched nor the target
};

// A list a user was shown.
struct ShownList {
  std::uint32_t user = 0;
  std::int64_t time_ns = 0;
  std::vector<std::uint32_t> items = {};
};
inline constexpr std::int64_t kShownForNs = 1'800'000'000'000;  // how long a list explains what is touched

void sort_shown(std::vector<ShownList>& shown);  // by user and time, as examples_of reads them
std::string shown_sha256(std::span<const ShownList> shown);

struct ExampleRule {
  BehaviourKind relevant = BehaviourKind::kClick;
  KindWeights weights = {};
  std::size_t history_max = 20;
};

// Of the events in [from, to), in order of user and time.  Nothing at or after `to_ns` is read.
// REQUIRES: `shown` as sort_shown leaves it; users and items those of the log.
std::vector<BehaviourExample> examples_of(const BehaviourLog& log, std::int64_t from_ns, std::int64_t to_ns,
                                          const ExampleRule& rule, std::span<const ShownList> shown = {});

}  // namespace yupu::tasks
