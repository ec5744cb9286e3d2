// The bodies of the routes, typed at once.
//   events   {"user", "item", "kind", "time", "id", "value", "impression", "position", "surface"}; {"events": [...]};
//            or a line each (NDJSON), told by its media type.  At most kEventsMax.
//   list     {"user", "count", "surface", "exclude", "context", "explain"}
// Outcomes  kInvalidArgument, kTooLarge, the field as the caller wrote it: "events[3].time", "line 4.time".
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "products/recommend/records.h"
#include "products/recommend/serve/lists.h"

namespace yupu::recommend {

inline constexpr std::size_t kEventsMax = 1000;
inline constexpr std::size_t kMessageBytesMax = 64 << 10;

Result<std::vector<Event>> parse_events(std::string_view body, std::string_view content_type, std::int64_t now_ns);
// A message of a topic: one event.  Errors: the field is the reason, a member's name (records.h), "empty", "too_large"
// or "malformed": no object, or with a member that is none of an event's.
Result<Event> parse_event_message(std::string_view message, std::int64_t now_ns);
// As events, of items; an id that stands twice is refused.
Result<std::vector<Item>> parse_items(std::string_view body, std::string_view content_type);
Result<ListRequest> parse_list_request(std::string_view body);
// The same of an object whose members are known to be none but these.
Result<ListRequest> list_request_of(const Json& object);
// A text or a whole number, as an id; `where` is its field.
Result<std::string> id_in(const Json& id, const std::string& where);

}  // namespace yupu::recommend
