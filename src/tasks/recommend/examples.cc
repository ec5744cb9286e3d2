#include "tasks/recommend/examples.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <tuple>
#include <utility>

#include <fmt/format.h>

#include "base/hash.h"

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

// What was passed over where the target was touched.  `events`: of the user, before the end of what may be read.
std::vector<std::uint32_t> passed_over(std::span<const ShownList> shown, const Behaviour& event,
                                       std::span<const Behaviour> events) {
  std::vector<std::uint32_t> items;
  const auto key = [](const ShownList& list) { return std::pair(list.user, list.time_ns); };
  const auto from = std::lower_bound(shown.begin(), shown.end(), std::pair(event.user, event.time_ns - kShownForNs),
                                     [&](const ShownList& list, const auto& wanted) { return key(list) < wanted; });
  for (auto list = from; list != shown.end() && list->user == event.user && list->time_ns <= event.time_ns; ++list) {
    if (std::find(list->items.begin(), list->items.end(), event.item) == list->items.end()) continue;
    std::vector<Behaviour> until;
    std::copy_if(events.begin(), events.end(), std::back_inserter(until),
                 [&](const Behaviour& other) { return other.time_ns <= list->time_ns + kShownForNs; });
    const std::vector<std::uint32_t> touched = items_of(until);
    for (const std::uint32_t item : list->items) {
      if (item != event.item && !std::binary_search(touched.begin(), touched.end(), item)) items.push_back(item);
    }
  }
  std::sort(items.begin(), items.end());
  items.erase(std::unique(items.begin(), items.end()), items.end());
  return items;
}

}  // namespace

void sort_shown(std::vector<ShownList>& shown) {
  std::stable_sort(shown.begin(), shown.end(), [](const ShownList& a, const ShownList& b) {
    return std::tie(a.user, a.time_ns, a.items) < std::tie(b.user, b.time_ns, b.items);
  });
}

std::string shown_sha256(std::span<const ShownList> shown) {
  Sha256 hash;
  for (const ShownList& list : shown) {
    hash.update(fmt::format("{} {}", list.user, list.time_ns));
    for (const std::uint32_t item : list.items) hash.update(fmt::format(" {}", item));
    hash.update("\n");
  }
  return hash.finish_hex();
}

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
                                          const ExampleRule& rule, std::span<const ShownList> shown) {
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
                          .weight = rule.weights.of(event.kind),
                          .negatives = passed_over(shown, event, log.of_user_before(user, to_ns))});
    }
  }
  for (BehaviourExample& example : examples) example.weight *= static_cast<double>(examples.size()) / weight;
  return examples;
}

}  // namespace yupu::tasks
