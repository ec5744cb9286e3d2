#include "products/recommend/serve/bodies.h"

#include <algorithm>
#include <initializer_list>
#include <set>
#include <utility>

#include <fmt/format.h>

#include "serving/body_fields.h"

namespace yupu::recommend {
namespace {

constexpr std::string_view kNdjson = "application/x-ndjson";
const std::initializer_list<std::string_view> kEventMembers = {"id",    "user",       "item",     "kind",   "time",
                                                               "value", "impression", "position", "surface"};

const std::initializer_list<std::string_view> kItemMembers = {"id",      "title", "description", "tags",
                                                              "created", "price", "author"};

// `where`: of what is wrong; empty: the body itself.
Status in_field(const Status& status, const std::string& where) {
  if (where.empty()) return status;
  std::string field = status.field().empty() ? where : where + "." + status.field();
  return {status.code(), where + ": " + status.message(), std::move(field)};
}

Status too_many(const char* name, std::size_t count) {
  return {Code::kTooLarge, fmt::format("{} {}, {} are allowed at a time", count, name, kEventsMax), name};
}

// One object, with what reads it (records.h).
template <class Read>
auto record_in(const Json& object, const std::string& where, std::initializer_list<std::string_view> members,
               const Read& read) -> decltype(read(object)) {
  if (!object.is_object()) return invalid_argument(where + " is no object", where);
  auto record = read(object);
  if (!record.ok()) return in_field(record.status(), where);
  YUPU_RETURN_IF_ERROR(serving::check_members(object, members, where.empty() ? where : where + "."));
  return record;
}

// One, an array in the member `name`, or a line each.
template <class Record, class Read>
Result<std::vector<Record>> records_in(std::string_view body, std::string_view content_type, const char* name,
                                       std::initializer_list<std::string_view> members, const Read& read) {
  std::vector<Record> records;
  const auto take = [&](const Json& object, const std::string& where) -> Status {
    YUPU_ASSIGN_OR_RETURN(Record record, record_in(object, where, members, read));
    records.push_back(std::move(record));
    return records.size() > kEventsMax ? too_many(name, records.size()) : ok_status();
  };
  if (content_type.substr(0, kNdjson.size()) == kNdjson) {
    for (std::size_t line = 1; !body.empty(); ++line) {
      const std::size_t end = std::min(body.find('\n'), body.size());
      const std::string_view text = body.substr(0, end);
      body.remove_prefix(std::min(end + 1, body.size()));
      if (text.find_first_not_of(" \t\r") == std::string_view::npos) continue;
      const std::string where = fmt::format("line {}", line);
      const auto object = parse_json(text);
      if (!object.ok()) return in_field(object.status(), where);
      YUPU_RETURN_IF_ERROR(take(*object, where));
    }
  } else {
    YUPU_ASSIGN_OR_RETURN(const Json object, serving::parse_object(body));
    const auto batch = object.find(name);
    if (batch == object.end()) {
      YUPU_RETURN_IF_ERROR(take(object, {}));
      return records;
    }
    YUPU_RETURN_IF_ERROR(serving::check_members(object, {name}));
    if (!batch->is_array()) return invalid_argument(fmt::format("{} is no array", name), name);
    if (batch->size() > kEventsMax) return too_many(name, batch->size());
    for (std::size_t i = 0; i < batch->size(); ++i)
      YUPU_RETURN_IF_ERROR(take(batch->at(i), fmt::format("{}[{}]", name, i)));
  }
  if (records.empty()) return invalid_argument("there is nothing in it", name);
  return records;
}

Result<std::vector<std::string>> ids_in(const Json& body, const char* field, std::size_t most) {
  std::vector<std::string> ids;
  const auto it = body.find(field);
  if (it == body.end()) return ids;
  if (!it->is_array()) return invalid_argument(fmt::format("{} is no array of ids", field), field);
  if (it->size() > most)
    return Status(Code::kTooLarge, fmt::format("{}: {} ids, {} are allowed", field, it->size(), most), field);
  for (std::size_t i = 0; i < it->size(); ++i) {
    YUPU_ASSIGN_OR_RETURN(std::string id, id_in(it->at(i), fmt::format("{}[{}]", field, i)));
    ids.push_back(std::move(id));
  }
  return ids;
}

Result<std::string> user_in(const Json& body) {
  if (const auto it = body.find("user"); it != body.end() && it->is_number_integer()) return to_text(*it);
  return serving::required_string(body, "user", kIdBytesMax);
}

}  // namespace

Result<std::string> id_in(const Json& id, const std::string& where) {
  if (!id.is_string() && !id.is_number_integer()) return invalid_argument(where + " is no id", where);
  std::string text = id.is_string() ? id.get<std::string>() : to_text(id);
  if (text.empty() || text.size() > kIdBytesMax)
    return invalid_argument(fmt::format("{}: an id has 1 to {} bytes", where, kIdBytesMax), where);
  return text;
}

Result<std::vector<Event>> parse_events(std::string_view body, std::string_view content_type, std::int64_t now_ns) {
  return records_in<Event>(body, content_type, "events", kEventMembers,
                           [now_ns](const Json& object) { return event_of(object, now_ns); });
}

Result<Event> parse_event_message(std::string_view message, std::int64_t now_ns) {
  if (message.empty()) return invalid_argument("a message without a value", "empty");
  if (message.size() > kMessageBytesMax)
    return Status(Code::kTooLarge, fmt::format("more than {} bytes", kMessageBytesMax), "too_large");
  const auto object = serving::parse_object(message);
  if (!object.ok()) return invalid_argument(object.status().message(), "malformed");
  YUPU_ASSIGN_OR_RETURN(Event event, event_of(*object, now_ns));
  const Status members = serving::check_members(*object, kEventMembers);
  if (!members.ok()) return invalid_argument(members.message(), "malformed");
  return event;
}

Result<std::vector<Item>> parse_items(std::string_view body, std::string_view content_type) {
  YUPU_ASSIGN_OR_RETURN(std::vector<Item> items, records_in<Item>(body, content_type, "items", kItemMembers,
                                                                  [](const Json& object) { return item_of(object); }));
  std::set<std::string_view> ids;
  for (std::size_t i = 0; i < items.size(); ++i) {
    if (ids.insert(items[i].id).second) continue;
    return invalid_argument(fmt::format("items[{}]: '{}' stands twice", i, items[i].id),
                            fmt::format("items[{}].id", i));
  }
  return items;
}

Result<ListRequest> parse_list_request(std::string_view body) {
  YUPU_ASSIGN_OR_RETURN(const Json object, serving::parse_object(body, {"user", "count", "surface", "exclude",
                                                                        "context", "explain", "sponsored"}));
  return list_request_of(object);
}

Result<ListRequest> list_request_of(const Json& object) {
  ListRequest request;
  YUPU_ASSIGN_OR_RETURN(request.user, user_in(object));
  YUPU_ASSIGN_OR_RETURN(request.surface, serving::optional_string(object, "surface", serving::kNameBytesMax));
  if (const auto it = object.find("count"); it != object.end()) {
    const std::int64_t count = it->is_number_integer() ? it->get<std::int64_t>() : 0;
    if (count < 1 || count > static_cast<std::int64_t>(kListCountMax))
      return invalid_argument(fmt::format("count is a whole number from 1 to {}", kListCountMax), "count");
    request.count = static_cast<std::size_t>(count);
  }
  YUPU_ASSIGN_OR_RETURN(request.exclude, ids_in(object, "exclude", kExcludedMax));
  YUPU_ASSIGN_OR_RETURN(request.context, ids_in(object, "context", kContextMax));
  if (object.contains("explain")) {
    YUPU_ASSIGN_OR_RETURN(request.explain, serving::optional_flag(object, "explain"));
  }
  if (object.contains("sponsored")) {
    YUPU_ASSIGN_OR_RETURN(request.sponsored, serving::optional_flag(object, "sponsored"));
  }
  return request;
}

}  // namespace yupu::recommend
