#include "products/recommend/mind.h"

#include <algorithm>
#include <charconv>
#include <functional>
#include <map>
#include <optional>
#include <unordered_map>
#include <utility>

#include <fmt/format.h>

#include "base/file.h"
#include "base/utc.h"

namespace yupu::recommend {
namespace {

constexpr std::int64_t kMinuteNs = 60'000'000'000;
constexpr std::size_t kNewsColumns = 5, kBehaviorColumns = 5;

std::vector<std::string_view> parts_of(std::string_view text, char between) {
  std::vector<std::string_view> parts;
  while (true) {
    const std::size_t at = text.find(between);
    parts.push_back(text.substr(0, at));
    if (at == std::string_view::npos) return parts;
    text.remove_prefix(at + 1);
  }
}

std::vector<std::string_view> words_of(std::string_view text) {
  std::vector<std::string_view> words = parts_of(text, ' ');
  std::erase_if(words, [](std::string_view word) { return word.empty(); });
  return words;
}

Status wrong(std::string_view field, const std::string& why) {
  return invalid_argument(fmt::format("field '{}': {}", field, why), std::string(field));
}

// "11/11/2019 9:05:58 AM" as ns since 1970.
std::optional<std::int64_t> time_of(std::string_view text) {
  const std::vector<std::string_view> words = words_of(text);
  if (words.size() != 3 || (words[2] != "AM" && words[2] != "PM")) return std::nullopt;
  const auto date = parts_of(words[0], '/'), clock = parts_of(words[1], ':');
  if (date.size() != 3 || clock.size() != 3) return std::nullopt;
  int numbers[6] = {};
  for (std::size_t i = 0; i < 6; ++i) {
    const std::string_view part = i < 3 ? date[i] : clock[i - 3];
    const auto [end, error] = std::from_chars(part.data(), part.data() + part.size(), numbers[i]);
    if (error != std::errc() || end != part.data() + part.size()) return std::nullopt;
  }
  if (numbers[3] < 1 || numbers[3] > 12) return std::nullopt;
  const int hour = numbers[3] % 12 + (words[2] == "PM" ? 12 : 0);
  return parse_utc(fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}Z", numbers[2], numbers[0], numbers[1], hour,
                               numbers[4], numbers[5]));
}

// What an object of the JSON files would be refused for is refused here too.
Result<Item> news_item(const std::vector<std::string_view>& cells) {
  Json object = {{"id", std::string(cells[0])}, {"title", std::string(cells[3])}};
  if (!cells[4].empty()) object["description"] = std::string(cells[4]);
  object["tags"] = Json::array();
  for (const std::string_view tag : {cells[1], cells[2]}) {
    if (!tag.empty()) object["tags"].push_back(std::string(tag));
  }
  return item_of(object);
}

Result<MarkedList> marked_list(const std::vector<std::string_view>& cells) {
  MarkedList list;
  list.user = cells[1];
  if (list.user.empty() || list.user.size() > kIdBytesMax) return wrong("user", "1 to 256 bytes were expected");
  const auto time_ns = time_of(cells[2]);
  if (!time_ns || *time_ns < 0) return wrong("time", fmt::format("'{}' is none like 11/11/2019 9:05:58 AM", cells[2]));
  list.time_ns = *time_ns;
  for (const std::string_view word : words_of(cells[4])) {
    const std::size_t dash = word.rfind('-');
    const std::string_view mark = dash == std::string_view::npos ? std::string_view() : word.substr(dash + 1);
    if (dash == 0 || (mark != "0" && mark != "1"))
      return wrong("impressions", fmt::format("'{}' is none like N1-0 or N1-1", word));
    list.items.emplace_back(word.substr(0, dash));
    list.clicked.push_back(mark == "1" ? 1 : 0);
  }
  if (list.items.empty()) return wrong("impressions", "nothing was shown");
  return list;
}

Event click(const std::string& user, std::string_view item, std::int64_t time_ns) {
  Event event;
  event.user = user;
  event.item = item;
  event.kind = tasks::BehaviourKind::kClick;
  event.time_ns = time_ns;
  event.id = fmt::format("{}/{}/{}", user, item, time_ns);
  return event;
}

// Lines of a file, its cells given to `take`.
Status for_each_line(std::string_view text, std::size_t columns, const std::string& file,
                     const std::function<Status(const std::vector<std::string_view>&)>& take) {
  std::int64_t number = 0;
  for (std::string_view line : parts_of(text, '\n')) {
    ++number;
    if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
    if (line.empty()) continue;
    const std::vector<std::string_view> cells = parts_of(line, '\t');
    Status status = cells.size() < columns
                        ? invalid_argument(fmt::format("{} columns, at least {} were expected", cells.size(), columns))
                        : take(cells);
    if (!status.ok()) return status.with_context(fmt::format("{}: line {}", file, number));
  }
  return ok_status();
}

// The history of each user's first list as events, and the clicks of all lists.
void add_events(const std::vector<std::vector<std::string>>& histories, Mind& mind) {
  std::unordered_map<std::string, std::size_t> first;
  for (std::size_t i = 0; i < mind.lists.size(); ++i) {
    const auto [at, is_new] = first.emplace(mind.lists[i].user, i);
    if (!is_new && mind.lists[i].time_ns < mind.lists[at->second].time_ns) at->second = i;
  }
  for (std::size_t i = 0; i < mind.lists.size(); ++i) {
    const MarkedList& list = mind.lists[i];
    if (first.at(list.user) == i) {
      const std::vector<std::string>& history = histories[i];
      for (std::size_t h = 0; h < history.size(); ++h) {
        const auto back = static_cast<std::int64_t>(history.size() - h) * kMinuteNs;
        mind.events.push_back(click(list.user, history[h], std::max<std::int64_t>(0, list.time_ns - back)));
      }
    }
    for (std::size_t n = 0; n < list.items.size(); ++n) {
      if (list.clicked[n] != 0) mind.events.push_back(click(list.user, list.items[n], list.time_ns));
    }
  }
}

// Each id once, the last told.
void once_by_id(std::vector<Item>& items) {
  std::map<std::string, Item> by_id;
  for (Item& item : items) {
    std::string id = item.id;
    by_id.insert_or_assign(std::move(id), std::move(item));
  }
  items.clear();
  for (auto& [id, item] : by_id) items.push_back(std::move(item));
}

void once_by_id(std::vector<Event>& events) {
  std::sort(events.begin(), events.end(), [](const Event& a, const Event& b) { return a.id < b.id; });
  events.erase(std::unique(events.begin(), events.end(), [](const Event& a, const Event& b) { return a.id == b.id; }),
               events.end());
}

Status add(std::string_view news, std::string_view behaviors, const std::string& where, Mind& mind,
           std::vector<std::vector<std::string>>& histories) {
  YUPU_RETURN_IF_ERROR(for_each_line(news, kNewsColumns, where + "/news.tsv", [&](const auto& cells) -> Status {
    YUPU_ASSIGN_OR_RETURN(Item item, news_item(cells));
    mind.items.push_back(std::move(item));
    return ok_status();
  }));
  return for_each_line(behaviors, kBehaviorColumns, where + "/behaviors.tsv", [&](const auto& cells) -> Status {
    YUPU_ASSIGN_OR_RETURN(MarkedList list, marked_list(cells));
    mind.lists.push_back(std::move(list));
    std::vector<std::string>& history = histories.emplace_back();
    for (const std::string_view id : words_of(cells[3])) history.emplace_back(id);
    return ok_status();
  });
}

Mind finished(Mind mind, const std::vector<std::vector<std::string>>& histories) {
  add_events(histories, mind);
  once_by_id(mind.items);
  once_by_id(mind.events);
  return mind;
}

}  // namespace

Result<Mind> mind_of(std::string_view news, std::string_view behaviors, const std::string& where) {
  Mind mind;
  std::vector<std::vector<std::string>> histories;
  YUPU_RETURN_IF_ERROR(add(news, behaviors, where, mind, histories));
  return finished(std::move(mind), histories);
}

Result<Mind> read_mind(const std::vector<std::string>& folders) {
  Mind mind;
  std::vector<std::vector<std::string>> histories;
  for (const std::string& folder : folders) {
    YUPU_ASSIGN_OR_RETURN(const std::string news, read_file(folder + "/news.tsv"));
    YUPU_ASSIGN_OR_RETURN(const std::string behaviors, read_file(folder + "/behaviors.tsv"));
    YUPU_RETURN_IF_ERROR(add(news, behaviors, folder, mind, histories));
  }
  return finished(std::move(mind), histories);
}

}  // namespace yupu::recommend
