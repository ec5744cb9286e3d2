// The bodies of the two routes, typed at once.
//   events   {"user", "item", "kind", "time", "id"}; {"events": [...]}; or a line each (NDJSON), told by its media type
//            or by more than one line.  At most kEventsMax.
//   list     {"user", "count", "surface", "exclude", "context", "explain"}
// Outcomes  kInvalidArgument, kTooLarge, the field as the caller wrote it: "events[3].time", "line 4.time".
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "products/recommend/records.h"
#include "products/recommend/serve/lists.h"

namespace yupu::recommend {

inline constexpr std::size_t kEventsMax = 1000;

Result<std::vector<Event>> parse_events(std::string_view body, std::string_view content_type, std::int64_t now_ns);
Result<ListRequest> parse_list_request(std::string_view body);

}  // namespace yupu::recommend
