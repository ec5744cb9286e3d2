#include "products/recommend/collection.h"

#include <algorithm>

namespace yupu::recommend {
namespace {

std::vector<std::string> sorted_once(std::vector<std::string> names) {
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  return names;
}

// REQUIRES: it stands there.
std::uint32_t place_of(const std::vector<std::string>& names, const std::string& name) {
  return static_cast<std::uint32_t>(std::lower_bound(names.begin(), names.end(), name) - names.begin());
}

std::vector<std::uint32_t> tags_of(const std::vector<std::string>& tag_names, const Item& item) {
  std::vector<std::uint32_t> tags;
  for (const std::string& tag : item.tags) tags.push_back(place_of(tag_names, tag));
  std::sort(tags.begin(), tags.end());
  tags.erase(std::unique(tags.begin(), tags.end()), tags.end());
  return tags;
}

}  // namespace

void describe(std::span<const Item> items, Collection& collection) {
  const std::size_t count = collection.items.size();
  collection.texts.assign(count, {});
  collection.created_ns.assign(count, {});
  collection.prices.assign(count, {});
  collection.authors.assign(count, {});
  collection.tags.assign(count, {});
  std::vector<std::string> tag_names, authors;
  for (const Item& item : items) {
    tag_names.insert(tag_names.end(), item.tags.begin(), item.tags.end());
    authors.push_back(item.author);
  }
  collection.tag_names = sorted_once(std::move(tag_names));
  authors = sorted_once(std::move(authors));
  for (const Item& item : items) {
    const std::uint32_t number = place_of(collection.items, item.id);
    collection.tags[number] = tags_of(collection.tag_names, item);
    collection.texts[number] = item.text();
    collection.created_ns[number] = item.created_ns;
    collection.prices[number] = item.price;
    if (!item.author.empty()) collection.authors[number] = place_of(authors, item.author);
  }
  collection.undescribed_items = static_cast<std::int64_t>(count - items.size());
}

Collection collect(const Stored& stored) {
  Collection collection;
  std::vector<std::string> users, items;
  for (const Event& event : stored.events) {
    users.push_back(event.user);
    items.push_back(event.item);
  }
  for (const Item& item : stored.items) items.push_back(item.id);
  collection.users = sorted_once(std::move(users));
  collection.items = sorted_once(std::move(items));
  describe(stored.items, collection);
  std::vector<tasks::Behaviour> events;
  events.reserve(stored.events.size());
  for (const Event& event : stored.events) {
    events.push_back({.user = place_of(collection.users, event.user),
                      .item = place_of(collection.items, event.item),
                      .time_ns = event.time_ns,
                      .kind = event.kind});
  }
  collection.log = tasks::BehaviourLog(std::move(events), collection.users.size(), collection.items.size());
  return collection;
}

Collection catalogue_of(const Collection& collection) {
  return {.users = {},
          .items = collection.items,
          .texts = collection.texts,
          .created_ns = collection.created_ns,
          .prices = collection.prices,
          .authors = collection.authors,
          .tag_names = collection.tag_names,
          .tags = collection.tags,
          .log = {},
          .undescribed_items = collection.undescribed_items};
}

std::optional<std::uint32_t> place_among(const std::vector<std::string>& names, const std::string& name) {
  const auto at = std::lower_bound(names.begin(), names.end(), name);
  if (at == names.end() || *at != name) return std::nullopt;
  return static_cast<std::uint32_t>(at - names.begin());
}

std::vector<tasks::ShownList> shown_lists(const Collection& collection, std::span<const Impression> impressions) {
  std::vector<tasks::ShownList> lists;
  for (const Impression& shown : impressions) {
    const auto user = place_among(collection.users, shown.user);
    if (!user) continue;
    tasks::ShownList list{.user = *user, .time_ns = shown.time_ns, .items = {}};
    for (const std::string& id : shown.items) {
      if (const auto item = place_among(collection.items, id)) list.items.push_back(*item);
    }
    lists.push_back(std::move(list));
  }
  tasks::sort_shown(lists);
  return lists;
}

}  // namespace yupu::recommend
