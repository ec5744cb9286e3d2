// Items and behaviour of one tenant, numbered: what methods learn from and evaluation runs on.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "products/recommend/event_store.h"
#include "tasks/recommend/behaviour.h"
#include "tasks/recommend/examples.h"

namespace yupu::recommend {

struct Collection {
  std::vector<std::string> users, items;  // ids, sorted: a number is a place in here
  std::vector<std::string> texts;         // of each item; empty where events name an item nobody has described
  std::vector<std::optional<std::int64_t>> created_ns;  // of each item
  std::vector<std::optional<double>> prices;            // of each item
  std::vector<std::optional<std::uint32_t>> authors;    // of each item: a place among all authors, sorted
  std::vector<std::string> tag_names;                   // sorted
  std::vector<std::vector<std::uint32_t>> tags;         // of each item, ascending, each once
  tasks::BehaviourLog log;
  std::int64_t undescribed_items = 0;
};

// REQUIRES: no id stands twice among the items (load() gives them so).
Collection collect(const Stored& stored);

// All that is said of items, anew.  REQUIRES: collection.items has the id of each.
void describe(std::span<const Item> items, Collection& collection);
// The items without users and behaviour.
Collection catalogue_of(const Collection& collection);
// Where a name stands among sorted ones; nothing: it does not.
std::optional<std::uint32_t> place_among(const std::vector<std::string>& names, const std::string& name);

// Lists that were shown, in the collection's numbers and sorted (tasks::sort_shown).  What it does not know is left
// out.
std::vector<tasks::ShownList> shown_lists(const Collection& collection, std::span<const Impression> impressions);

}  // namespace yupu::recommend
