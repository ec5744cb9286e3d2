// What became of the requests of a load: statuses, and how long each took.  Latencies are kept one by one, so
// percentiles are exact: four bytes a request.  Units: microseconds inside, milliseconds outside.
// Threads: one owner.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <vector>

#include "base/json.h"

namespace yupu::http {

// Nearest rank; 0 of nothing.  `share` in (0, 1].  Reorders.
double percentile_ms(std::vector<std::uint32_t>& latencies_us, double share);

struct Tally {
  std::vector<std::uint32_t> answered_us;  // statuses below 300
  std::vector<std::uint32_t> refused_us;   // 429
  std::map<int, std::int64_t> statuses;
  std::int64_t offered = 0;
  std::int64_t refused_with_retry_after = 0;
  std::int64_t broken = 0;      // no answer: the connection failed
  std::int64_t reopened = 0;    // connections that the server had closed while nobody asked: no failure
  std::int64_t unanswered = 0;  // at the end of everybody's patience
  double seconds = 0.0;         // from the begin to the last answer of a request that was offered in time

  void add(int status, bool retry_after, std::int64_t latency_ns);
  // {"offered", "offered_per_s", "answered", "answered_per_s", "ms_p50", "ms_p99", "ms_p999", "ms_max", "refused",
  //  "refused_share", "refused_with_retry_after", "refused_ms_p99", "other", "broken", "unanswered", "reopened"}
  OrderedJson to_json(double offered_seconds);
};

}  // namespace yupu::http
