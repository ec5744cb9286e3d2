// The detection over the documents in the store: what is new in the log of mentions is judged, and what that changes is
// written: states of topics, alarms, the audit log.
//
// One look is one transaction: mentions read, buckets judged, changes, the detection's state and the clock. A process
// killed at any moment has looked or it has not; an alarm is there once. Between two ends of buckets there is nothing
// to judge and look() does nothing.
//
// The monitor's clock is set to when it looked, so that what comes later counts as received later: replay() of the log
// gives the same changes (detect/monitor.h).
// Outcomes     those of the store.      Threads  any.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/status.h"
#include "products/monitor/detect/monitor.h"
#include "store/store.h"

namespace yupu::monitor {

// What whoever looks knows of the time in between: gaps.h.
struct Watching {
  // It looks all the time: when it has not for kAwayNs and nothing came meanwhile, nobody was watching.
  bool always = false;
  // Since when nothing can be seen; absent: something can. Asked only when there is something to judge.
  std::function<Result<std::optional<std::int64_t>>()> blind_since = {};
};
inline constexpr std::int64_t kAwayNs = 15 * kMinuteNs;

// REQUIRES: every rule valid.
Result<std::vector<Change>> look(store::Store& store, const std::string& monitor, const TopicRules& rules,
                                 std::int64_t now_ns, const Watching& watching = {});

// The log that a look reads, from its beginning: counted mentions received in [begin_ns, end_ns), and gaps told then.
Result<std::vector<Event>> mention_log(store::Store& store, const std::string& monitor, std::int64_t begin_ns,
                                       std::int64_t end_ns);
// The same of one topic, as it is judged without the others.
struct TopicLog {
  std::int64_t begin_ns = 0;  // when the first mention of any topic was received in that time; end_ns without one
  std::vector<Event> events;
};
// Error: kTooLarge, field "days": more than `mentions_max`.
Result<TopicLog> topic_log(store::Store& store, const std::string& monitor, const std::string& topic,
                           std::int64_t begin_ns, std::int64_t end_ns, std::int64_t mentions_max);

}  // namespace yupu::monitor
