#include "products/recommend/serve/board.h"

#include <algorithm>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "base/clock.h"

namespace yupu::recommend {
namespace {

char lower(char letter) { return letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter - 'A' + 'a') : letter; }

bool has(std::string_view text, std::string_view words) {
  const auto same = [](char a, char b) { return lower(a) == lower(b); };
  return std::search(text.begin(), text.end(), words.begin(), words.end(), same) != text.end();
}

// The places that `counts` is largest at, among `places`; of equal ones the lower.
std::vector<std::uint32_t> largest(std::vector<std::uint32_t> places, const std::vector<float>& counts,
                                   std::size_t limit) {
  std::stable_sort(places.begin(), places.end(),
                   [&](std::uint32_t a, std::uint32_t b) { return counts[a] > counts[b]; });
  if (places.size() > limit) places.resize(limit);
  return places;
}

}  // namespace

OrderedJson items_json(const Record& record, const ItemIds& hidden, std::string_view words, std::size_t limit) {
  const Collection& collection = *record.collection;
  std::vector<float> users(collection.items.size());
  collection.log.count_users(0, INT64_MAX, users);
  std::vector<std::uint32_t> found;
  for (std::uint32_t item = 0; item < collection.items.size(); ++item) {
    if (has(collection.items[item], words) || has(record.titles[item], words)) found.push_back(item);
  }
  OrderedJson json = {{"found", found.size()}, {"items", OrderedJson::array()}};
  for (const std::uint32_t item : largest(std::move(found), users, limit)) {
    OrderedJson tags = OrderedJson::array();
    for (const std::uint32_t tag : collection.tags[item]) tags.push_back(collection.tag_names[tag]);
    json["items"].push_back({{"id", collection.items[item]},
                             {"title", record.titles[item]},
                             {"tags", std::move(tags)},
                             {"users", static_cast<std::int64_t>(users[item])},
                             {"hidden", hidden.contains(collection.items[item])}});
  }
  return json;
}

OrderedJson users_json(const Record& record, std::string_view words, std::size_t limit) {
  const Collection& collection = *record.collection;
  std::vector<float> events(collection.users.size());
  std::vector<std::uint32_t> found;
  for (std::uint32_t user = 0; user < collection.users.size(); ++user) {
    events[user] = static_cast<float>(collection.log.of_user(user).size());
    if (has(collection.users[user], words)) found.push_back(user);
  }
  OrderedJson json = {{"found", found.size()}, {"users", OrderedJson::array()}};
  for (const std::uint32_t user : largest(std::move(found), events, limit)) {
    const auto history = collection.log.of_user(user);
    json["users"].push_back({{"id", collection.users[user]},
                             {"events", history.size()},
                             {"last", history.empty() ? "" : format_utc(history.back().time_ns)}});
  }
  return json;
}

Result<OrderedJson> history_json(const Record& record, const std::string& user, std::size_t limit) {
  const Collection& collection = *record.collection;
  const auto number = place_among(collection.users, user);
  if (!number) return Status(Code::kNotFound, fmt::format("there is no event of a user '{}'", user), "user");
  const auto history = collection.log.of_user(*number);
  OrderedJson json = {{"user", user}, {"events", OrderedJson::array()}};
  for (std::size_t i = history.size(); i > 0 && history.size() - i < limit; --i) {
    const tasks::Behaviour& event = history[i - 1];
    json["events"].push_back({{"item", collection.items[event.item]},
                              {"title", record.titles[event.item]},
                              {"kind", tasks::kind_name(event.kind)},
                              {"time", format_utc(event.time_ns)}});
  }
  return json;
}

}  // namespace yupu::recommend
