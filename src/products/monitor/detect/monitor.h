// Surge detection over all topics: documents in, changes of state out.
//
// One input log makes one output: documents and gaps in the order they were received, each with its received_ns, which
// is what the clock goes by. Whoever runs live may call advance() as often as it likes in between (it must, for an
// alarm to be raised while no document comes): the changes are those of a replay of the log, bit for bit, because a
// bucket is judged when its end has passed and before anything received later is counted.
//
//   replay(topics, log, end)  =  live: offer(...), advance(...), save() | load(), offer(...) ...
//
// A back-test is a replay of the stored log with another rule.
//
// State  one JSON text: {"format", "version", "sha256" of the body's text, "body"}.
// Threads  one owner.
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "products/monitor/detect/detector.h"

namespace yupu::monitor {

using TopicRules = std::map<std::string, SurgeRule, std::less<>>;  // by topic

struct Event {
  enum class Kind : std::uint8_t { kDocument, kGapBegin, kGapEnd };
  Kind kind = Kind::kDocument;
  // A gap uses topic, received_ns and, at its beginning, time_ns: since when nothing could be seen.
  Document document;
};

class SurgeMonitor {
 public:
  // Every topic's series begins at now_ns. Errors: kInvalidArgument naming the field of a rule; now_ns before 1970.
  static Result<SurgeMonitor> create(TopicRules rules, std::int64_t now_ns);

  // Judges every bucket that ended by now_ns, then counts the document: true when counted, false when its story was
  // counted before. Changes are appended.
  // Errors: kNotFound for a topic without a rule; kInvalidArgument, field time_ns, as TopicSeries::add, and field
  // received_ns before 1970 or further ahead of the last than kJumpMaxNs. An event that is refused counts nowhere.
  Result<bool> offer(const Document& document, std::vector<Change>* changes);
  Status begin_gap(std::string_view topic, std::int64_t since_ns, std::int64_t received_ns,
                   std::vector<Change>* changes);
  Status end_gap(std::string_view topic, std::int64_t received_ns, std::vector<Change>* changes);
  Result<bool> take(const Event& event, std::vector<Change>* changes);  // whichever of the three it is
  // Going back is nothing. Error: kInvalidArgument, field received_ns.
  Status advance(std::int64_t now_ns, std::vector<Change>* changes);

  static constexpr std::int64_t kJumpMaxNs = 31 * kDayNs;

  const TopicDetector* find(std::string_view topic) const;  // null without one
  std::int64_t now_ns() const { return now_ns_; }

  std::string save() const;
  // A topic of `rules` that the state does not know begins at the state's time; one that has no rule any more is let
  // go. Errors: kInvalidArgument; the field names what is damaged ("sha256", "version",
  // "body.topics[0].series.buckets").
  static Result<SurgeMonitor> load(std::string_view text, const TopicRules& rules);

 private:
  SurgeMonitor() = default;
  Result<TopicDetector*> at(std::string_view topic);
  void find_next();

  std::map<std::string, TopicDetector, std::less<>> topics_;
  std::int64_t now_ns_ = 0;
  std::int64_t next_ns_ = 0;  // the earliest end of an open bucket
};

struct Replay {
  std::vector<Change> changes;
  std::int64_t counted_count = 0;
  std::int64_t repeated_count = 0;  // of a story that was counted before
  std::int64_t refused_count = 0;
};

// From the log's first event to end_ns. Errors: as create; what is wrong with one event is counted, as it is live.
Result<Replay> replay(const TopicRules& rules, std::span<const Event> log, std::int64_t end_ns);

}  // namespace yupu::monitor
