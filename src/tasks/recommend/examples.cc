#include "tasks/recommend/examples.h"

#include <algorithm>
#include <cmath>

namespace yupu::tasks {
namespace {

constexpr double kDayNs = 86'400e9;

std::vector<std::uint32_t> items_of(std::span<const Behaviour> events) {
  std::vector<std::uint32_t> items;
  for (const Behaviour& event : events) items.push_back(event.item);
  std::sort(items.begin(), items.end());
  items.erase(std::unique(items.begin(), items.end()), items.end());
  return items;
}

}  // namespace

std::vector<Touch> touches_of(std::span<const Behaviour> history, std::int64_t time_ns, std::size_t history_max) {
  std::vector<Touch> touches;
  const std::size_t count = std::min(history_max, history.size());
  for (std::size_t rank = 0; rank < count; ++rank) {
    const Behaviour& event = history[history.size() - 1 - rank];
    touches.push_back({.item = event.item,
                       .kind = event.kind,
                       .log_age = std::log1p(static_cast<double>(time_ns - event.time_ns) / kDayNs),
                       .log_rank = std::log1p(static_cast<double>(rank))});
  }
  return touches;
}

std::vector<BehaviourExample> examples_of(const BehaviourLog& log, std::int64_t from_ns, std::int64_t to_ns,
                                          const ExampleRule& rule) {
  std::vector<BehaviourExample> examples;
  double weight = 0.0;
  for (std::uint32_t user = 0; user < log.user_count(); ++user) {
    for (const Behaviour& event : log.of_user_before(user, to_ns)) {
      if (event.time_ns < from_ns || event.kind < rule.relevant) continue;
      const auto history = log.of_user_before(user, event.time_ns);
      std::vector<std::uint32_t> touched = items_of(history);
      if (touched.empty() || std::binary_search(touched.begin(), touched.end(), event.item)) continue;
      weight += rule.weights.of(event.kind);
      examples.push_back({.history = touches_of(history, event.time_ns, rule.history_max),
                          .touched = std::move(touched),
                          .target = event.item,
                          .weight = rule.weights.of(event.kind)});
    }
  }
  for (BehaviourExample& example : examples) example.weight *= static_cast<double>(examples.size()) / weight;
  return examples;
}

}  // namespace yupu::tasks
