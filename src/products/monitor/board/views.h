// What the monitor's pages show, as JSON. Read-only; every text is as it came: whoever shows it escapes it.
// Units    times as format_utc writes them.     Threads  any.     Outcomes  those of the store, and what stands there.
#pragma once

#include <cstdint>
#include <string>

#include "base/json.h"
#include "base/status.h"
#include "products/monitor/board/bands.h"
#include "products/monitor/documents/topics.h"
#include "store/store.h"

namespace yupu::monitor {

// Of one monitor, at one moment.
struct BoardView {
  store::Store& store;
  const std::string& monitor;
  const TopicDictionary& topics;
  std::int64_t now_ns = 0;
  Bands* bands = nullptr;  // null: charts have no band

  // Every topic: state, since when, its counts of the last `hours`; whose scores are counted; silences.
  Result<Json> overview(std::int64_t hours) const;

  struct SeriesQuery {
    std::string topic;
    std::int64_t hours = 24;
    std::int64_t step_ns = 0;  // 0: about kPointsWanted points; rounded up to whole buckets
  };
  // Points without a document too, from the first that anything is known of the monitor, with the band in which their
  // negatives were to be expected; what fired meanwhile, and when another model began to count.  Errors: kNotFound,
  // field "topic".
  Result<Json> series(const SeriesQuery& query) const;

  struct DocumentQuery {
    std::string topic;
    std::int64_t begin_ns = 0, end_ns = 0;  // published
    std::string sentiment = {};             // empty: any
    std::int64_t limit = 50;
  };
  // The newest first: what it is, how it was scored and by whom, and how many told the same story.  Errors: as series.
  Result<Json> documents(const DocumentQuery& query) const;

  struct UnsureQuery {
    std::string topic = {};  // empty: any
    std::int64_t days = 7;
    std::int64_t limit = 50;
  };
  // What was received in the last days and the model is unsure of, for the topic it names (drift/distribution.h), and
  // nobody has judged yet; the least sure first, a story once: what a person's judgement says most about.  Errors: as
  // series.
  Result<Json> unsure(const UnsureQuery& query) const;

  Result<Json> alarms(std::int64_t limit) const;
  // With its evidence: the series with the expected band, tests, publishers, and the stories' first documents.
  // Errors: kNotFound.
  Result<Json> alarm(const std::string& id) const;
  Result<Json> sources() const;
  Result<Json> audit(std::int64_t limit) const;

  static constexpr std::int64_t kPointsWanted = 144;

 private:
  Status check_topic(const std::string& topic) const;
};

}  // namespace yupu::monitor
