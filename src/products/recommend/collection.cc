#include "products/recommend/collection.h"

#include <algorithm>

namespace yupu::recommend {
namespace {

std::vector<std::string> sorted_once(std::vector<std::string> names) {
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  return names;
}

std::uint32_t number_of(const std::vector<std::string>& names, const std::string& name) {
  return static_cast<std::uint32_t>(std::lower_bound(names.begin(), names.end(), name) - names.begin());
}

std::vector<std::uint32_t> tags_of(const std::vector<std::string>& tag_names, const Item& item) {
  std::vector<std::uint32_t> tags;
  for (const std::string& tag : item.tags) tags.push_back(number_of(tag_names, tag));
  std::sort(tags.begin(), tags.end());
  tags.erase(std::unique(tags.begin(), tags.end()), tags.end());
  return tags;
}

}  // namespace

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
  collection.texts.resize(collection.items.size());
  collection.created_ns.resize(collection.items.size());
  std::vector<std::string> tag_names;
  for (const Item& item : stored.items) tag_names.insert(tag_names.end(), item.tags.begin(), item.tags.end());
  collection.tag_names = sorted_once(std::move(tag_names));
  collection.tags.resize(collection.items.size());
  collection.prices.resize(collection.items.size());
  collection.authors.resize(collection.items.size());
  std::vector<std::string> authors;
  for (const Item& item : stored.items) authors.push_back(item.author);
  authors = sorted_once(std::move(authors));
  for (const Item& item : stored.items) {
    const std::uint32_t number = number_of(collection.items, item.id);
    collection.tags[number] = tags_of(collection.tag_names, item);
    collection.texts[number] = item.text();
    collection.created_ns[number] = item.created_ns;
    collection.prices[number] = item.price;
    if (!item.author.empty()) collection.authors[number] = number_of(authors, item.author);
  }
  collection.undescribed_items = static_cast<std::int64_t>(collection.items.size() - stored.items.size());
  std::vector<tasks::Behaviour> events;
  events.reserve(stored.events.size());
  for (const Event& event : stored.events) {
    events.push_back({.user = number_of(collection.users, event.user),
                      .item = number_of(collection.items, event.item),
                      .time_ns = event.time_ns,
                      .kind = event.kind});
  }
  collection.log = tasks::BehaviourLog(std::move(events), collection.users.size(), collection.items.size());
  return collection;
}

std::vector<tasks::ShownList> shown_lists(const Collection& collection, std::span<const Impression> impressions) {
  std::vector<tasks::ShownList> lists;
  for (const Impression& shown : impressions) {
    const std::uint32_t user = number_of(collection.users, shown.user);
    if (user == collection.users.size() || collection.users[user] != shown.user) continue;
    tasks::ShownList list{.user = user, .time_ns = shown.time_ns, .items = {}};
    for (const std::string& id : shown.items) {
      const std::uint32_t item = number_of(collection.items, id);
      if (item < collection.items.size() && collection.items[item] == id) list.items.push_back(item);
    }
    lists.push_back(std::move(list));
  }
  tasks::sort_shown(lists);
  return lists;
}

}  // namespace yupu::recommend
