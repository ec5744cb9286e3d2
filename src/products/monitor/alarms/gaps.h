// When nothing was watched: no judgement, no baseline, no alarm that fires or resolves (detect/series.h), and no calm
// on the chart.
//
// A gap begins and ends for every topic alike, and is part of the log of mentions: a replay meets it at the same place.
// Threads: whoever holds the transaction, or any.      Outcomes  those of the store.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/status.h"
#include "products/monitor/detect/monitor.h"
#include "store/store.h"

namespace yupu::monitor {

// A beginning or an end, as it stands in the log.
struct GapEvent {
  std::int64_t after_sequence = 0;  // of the last mention before it
  Event event;                      // kGapBegin or kGapEnd
};
// In the order of the log.
Result<std::vector<GapEvent>> gap_events(store::Transaction& transaction, const std::string& monitor);
Status write_gap(store::Transaction& transaction, const std::string& monitor, const GapEvent& gap);
// Whether one has begun and not ended.
Result<bool> is_in_gap(store::Transaction& transaction, const std::string& monitor);

struct Gap {
  std::int64_t begin_ns = 0;
  std::optional<std::int64_t> end_ns;  // absent: it is not over
};
// Of a topic, those that are not over before `since_ns`, the oldest first.
Result<std::vector<Gap>> gaps_of(store::Store& store, const std::string& monitor, const std::string& topic,
                                 std::int64_t since_ns);

}  // namespace yupu::monitor
