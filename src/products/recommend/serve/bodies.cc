#include "products/recommend/serve/bodies.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "serving/body_fields.h"

namespace yupu::recommend {
namespace {

constexpr std::string_view kNdjson = "application/x-ndjson";

Status in_field(const Status& status, const std::string& where) {
  std::string field = status.field().empty() ? where : where + "." + status.field();
  return {status.code(), where + ": " + status.message(), std::move(field)};
}

Status too_many(std::size_t count) {
  return {Code::kTooLarge, fmt::format("{} events, {} are allowed at a time", count, kEventsMax), "events"};
}

Result<Event> event_in(const Json& object, const std::string& where, std::int64_t now_ns) {
  if (!object.is_object()) return invalid_argument(where + " is no object", where);
  for (const auto& [name, value] : object.items()) {
    if (name != "id" && name != "user" && name != "item" && name != "kind" && name != "time")
      return invalid_argument(fmt::format("{}: there is no member '{}'", where, name), where + "." + name);
  }
  const Result<Event> event = event_of(object, now_ns);
  if (!event.ok()) return in_field(event.status(), where);
  return event;
}

Result<std::vector<Event>> events_of_lines(std::string_view body, std::int64_t now_ns) {
  std::vector<Event> events;
  for (std::size_t line = 1; !body.empty(); ++line) {
    const std::size_t end = std::min(body.find('\n'), body.size());
    const std::string_view text = body.substr(0, end);
    body.remove_prefix(std::min(end + 1, body.size()));
    if (text.find_first_not_of(" \t\r") == std::string_view::npos) continue;
    const std::string where = fmt::format("line {}", line);
    const auto object = parse_json(text);
    if (!object.ok()) return in_field(object.status(), where);
    YUPU_ASSIGN_OR_RETURN(Event event, event_in(*object, where, now_ns));
    events.push_back(std::move(event));
    if (events.size() > kEventsMax) return too_many(events.size());
  }
  return events;
}

Result<std::vector<std::string>> ids_in(const Json& body, const char* field, std::size_t most) {
  std::vector<std::string> ids;
  const auto it = body.find(field);
  if (it == body.end()) return ids;
  if (!it->is_array()) return invalid_argument(fmt::format("{} is no array of ids", field), field);
  if (it->size() > most)
    return Status(Code::kTooLarge, fmt::format("{}: {} ids, {} are allowed", field, it->size(), most), field);
  for (std::size_t i = 0; i < it->size(); ++i) {
    const Json& id = it->at(i);
    const std::string where = fmt::format("{}[{}]", field, i);
    if (!id.is_string() && !id.is_number_integer()) return invalid_argument(where + " is no id", where);
    ids.push_back(id.is_string() ? id.get<std::string>() : to_text(id));
    if (ids.back().empty() || ids.back().size() > kIdBytesMax)
      return invalid_argument(fmt::format("{}: an id has 1 to {} bytes", where, kIdBytesMax), where);
  }
  return ids;
}

Result<std::string> user_in(const Json& body) {
  if (const auto it = body.find("user"); it != body.end() && it->is_number_integer()) return to_text(*it);
  return serving::required_string(body, "user", kIdBytesMax);
}

}  // namespace

Result<std::vector<Event>> parse_events(std::string_view body, std::string_view content_type, std::int64_t now_ns) {
  std::vector<Event> events;
  if (content_type.substr(0, kNdjson.size()) == kNdjson) {
    YUPU_ASSIGN_OR_RETURN(events, events_of_lines(body, now_ns));
  } else {
    YUPU_ASSIGN_OR_RETURN(const Json object, serving::parse_object(body));
    const auto batch = object.find("events");
    if (batch == object.end()) {
      const Result<Event> event = event_of(object, now_ns);
      if (!event.ok()) return event.status();
      YUPU_RETURN_IF_ERROR(serving::check_members(object, {"id", "user", "item", "kind", "time"}));
      return std::vector<Event>{*event};
    }
    YUPU_RETURN_IF_ERROR(serving::check_members(object, {"events"}));
    if (!batch->is_array()) return invalid_argument("events is no array", "events");
    if (batch->size() > kEventsMax) return too_many(batch->size());
    for (std::size_t i = 0; i < batch->size(); ++i) {
      YUPU_ASSIGN_OR_RETURN(Event event, event_in(batch->at(i), fmt::format("events[{}]", i), now_ns));
      events.push_back(std::move(event));
    }
  }
  if (events.empty()) return invalid_argument("there is no event in it", "events");
  return events;
}

Result<ListRequest> parse_list_request(std::string_view body) {
  YUPU_ASSIGN_OR_RETURN(const Json object, serving::parse_object(body, {"user", "count", "surface", "exclude",
                                                                        "context", "explain", "sponsored"}));
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
