// A source that has gone silent, and one that is back: in the audit log, and to every route that is told of all topics.
// Documents that do not come are no good news: this is how people learn that the counts say less than they seem to.
// Threads  any.        Outcomes  those of the store.
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "base/status.h"
#include "products/monitor/alarms/notices.h"
#include "store/store.h"

namespace yupu::monitor {

struct SourceNews {
  std::string source;
  bool silent = false;  // false: it is back
  std::string detail;   // for people
};
// Once for each change, however often it is called; a source that never was silent is not back.  Gives whether it was
// written. The notice has `source` and `status` "silent" or "back" instead of alarms.
Result<bool> tell_of_source(store::Store& store, const std::string& monitor, std::span<const Route> routes,
                            const SourceNews& news, std::int64_t now_ns);

}  // namespace yupu::monitor
