// How long a document takes until it is counted, and a notice until its receiver has it: counts by the hour and by how
// long it took.
//
//   capture  published -> received   the source's own delay, and how often it is asked
//   intake   received -> counted     waiting, pages, sentiment, stories, the store
//   total    published -> counted
//   notice   written -> taken by its receiver; of notices that were sent
//
// Of documents that count when they come: one that came too late or whose story is counted already is not measured, a
// revision neither, and one whose source does not say when it was published is in `intake` alone. Written in the
// transaction that counts: once each.
//
// Figures  the upper bound of the bin that holds them, so "at most". What is before its beginning took nothing: clocks
//          of two machines differ.
// Units    milliseconds; times ns UTC.        Retention  as documents.
// Outcomes those of the store.                Threads    any.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "base/status.h"
#include "store/store.h"

namespace yupu::monitor {

// What took longer than the last is counted there.
inline constexpr std::array<std::int64_t, 36> kLatencyBoundsMs = {
    10,        20,        50,        100,       200,       300,        500,        700,        1'000,
    1'500,     2'000,     3'000,     5'000,     7'000,     10'000,     15'000,     20'000,     30'000,
    45'000,    60'000,    90'000,    120'000,   180'000,   300'000,    420'000,    600'000,    900'000,
    1'200'000, 1'800'000, 2'700'000, 3'600'000, 7'200'000, 14'400'000, 43'200'000, 86'400'000, 2'592'000'000};
std::size_t latency_bin(std::int64_t ms);

// Of the documents of one batch.
class LatencyTally {
 public:
  void add(std::optional<std::int64_t> published_ns, std::int64_t received_ns);
  // Forgets hours that are more than `retention_ns` old besides.
  Status keep(store::Transaction& transaction, const std::string& monitor, std::int64_t counted_ns,
              std::int64_t retention_ns) const;

 private:
  struct Times {
    std::optional<std::int64_t> published_ns;
    std::int64_t received_ns = 0;
  };
  std::vector<Times> documents_;
};

struct LatencySpan {
  std::string span = {};
  std::int64_t count = 0;
  std::int64_t mean_ms = 0;                                      // the figures mean nothing where count is 0
  std::int64_t p50_ms = 0, p95_ms = 0, p99_ms = 0, most_ms = 0;  // at most
  OrderedJson to_json() const;                                   // figures null where count is 0
  std::string to_text() const;                                   // for people: one line
};
// Every span, of what was counted or sent in the last `hours` whole hours and the one that runs.
Result<std::vector<LatencySpan>> latency_spans(store::Store& store, const std::string& monitor, std::int64_t hours,
                                               std::int64_t now_ns);

// The same in Prometheus' text format 0.0.4, as gauges.
std::string latency_metrics(const std::string& monitor, const std::vector<LatencySpan>& spans);

}  // namespace yupu::monitor
