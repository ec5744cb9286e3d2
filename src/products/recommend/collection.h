// Items and behaviour of one tenant, numbered: what methods learn from and evaluation runs on.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "products/recommend/event_store.h"
#include "tasks/recommend/behaviour.h"

namespace yupu::recommend {

struct Collection {
  std::vector<std::string> users, items;  // ids, sorted: a number is a place in here
  std::vector<std::string> texts;         // of each item; empty where events name an item nobody has described
  std::vector<std::optional<std::int64_t>> created_ns;  // of each item
  tasks::BehaviourLog log;
  std::int64_t undescribed_items = 0;
};

// REQUIRES: no id stands twice among the items (load() gives them so).
Collection collect(const Stored& stored);

}  // namespace yupu::recommend
