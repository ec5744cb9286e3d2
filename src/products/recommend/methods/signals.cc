#include "products/recommend/methods/signals.h"

#include <algorithm>

namespace yupu::recommend {

std::vector<std::uint32_t> Signals::items_of(std::span<const tasks::Behaviour> history) const {
  std::vector<std::uint32_t> items;
  for (const tasks::Behaviour& event : history) {
    if (counts(event)) items.push_back(event.item);
  }
  std::sort(items.begin(), items.end());
  items.erase(std::unique(items.begin(), items.end()), items.end());
  return items;
}

std::vector<std::vector<std::uint32_t>> Signals::rows_of(const tasks::BehaviourLog& log) const {
  std::vector<std::vector<std::uint32_t>> rows;
  rows.reserve(log.user_count());
  for (std::uint32_t user = 0; user < log.user_count(); ++user) rows.push_back(items_of(log.of_user(user)));
  return rows;
}

Signal signal_of(const Settings& settings) {
  return settings.at("relevant_only") != 0.0 ? Signal::kRelevant : Signal::kAll;
}

}  // namespace yupu::recommend
