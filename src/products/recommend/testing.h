// For tests only: a small shop whose users follow tastes that its texts tell of.
#pragma once

#include <string>
#include <vector>

#include "base/rng.h"
#include "products/recommend/collection.h"

namespace yupu::recommend::testing {

inline constexpr std::int64_t kDayNs = 86'400'000'000'000;
inline constexpr std::int64_t kBeginNs = 1'700'000'000'000'000'000;

inline Event event(const std::string& user, const std::string& item, std::int64_t time_ns,
                   tasks::BehaviourKind kind = tasks::BehaviourKind::kClick) {
  return {.id = user + "/" + item + "/" + std::to_string(time_ns) + "/" + std::string(kind_name(kind)),
          .user = user,
          .item = item,
          .kind = kind,
          .time_ns = time_ns};
}

inline Item item(const std::string& id, const std::string& title) {
  Item item;
  item.id = id;
  item.title = title;
  return item;
}

// `topics` topics of `items` items each; every user clicks items of one topic, now and then another's.  The last
// kNewItems items of each topic are touched in the last tenth of the time alone.
inline constexpr std::size_t kNewItems = 3;
inline Collection shop(std::uint64_t seed = 1, std::size_t users = 40, std::size_t topics = 4, std::size_t items = 12) {
  Rng rng(seed);
  Stored stored;
  const auto name = [](std::size_t topic, std::size_t number) {
    return "t" + std::to_string(topic) + "-" + std::to_string(100 + number);
  };
  for (std::size_t topic = 0; topic < topics; ++topic) {
    for (std::size_t number = 0; number < items; ++number) {
      stored.items.push_back(item(
          name(topic, number), "topic" + std::string(topic + 1, 'x') + " number " + std::to_string(rng.below(1000))));
    }
  }
  constexpr std::size_t kEventsOfUser = 9;
  for (std::size_t user = 0; user < users; ++user) {
    for (std::size_t i = 0; i < kEventsOfUser; ++i) {
      const std::size_t topic = rng.below(10) == 0 ? rng.below(topics) : user % topics;
      const bool late = i + 1 == kEventsOfUser;
      const std::size_t number =
          late && user % 3 == 0 ? items - kNewItems + rng.below(kNewItems) : rng.below(items - kNewItems);
      const std::int64_t day = static_cast<std::int64_t>(late ? 91 + rng.below(9) : i * 11 + rng.below(10));
      stored.events.push_back(event("u" + std::to_string(100 + user), name(topic, number),
                                    kBeginNs + day * kDayNs + static_cast<std::int64_t>(user)));
    }
  }
  return collect(stored);
}

}  // namespace yupu::recommend::testing
