// [[monitor.kafka]]: a topic whose messages are pushed rows (products/monitor/documents/push_row.h), into the monitor's
// store, each with its effect once (topic_reader.h).
//
// Outcomes   those of documents; "refused_<reason>" of a message that is no row: counted, and the topic goes on.
// Again      when no broker answers, "failed_connect" is counted and the topic opened anew after kRetryNs.
// Threads    one owner.
#pragma once

#include <cstdint>

#include "base/clock.h"
#include "base/status.h"
#include "data/acquire/kafka/message_topic.h"
#include "products/monitor/documents/document.h"
#include "products/monitor/documents/intake.h"
#include "store/store.h"
#include "strategy/strategy.h"
#include "strategy/topic_reader.h"

namespace yupu::strategy {

class KafkaSource {
 public:
  static constexpr std::int64_t kRetryNs = TopicReader::kRetryNs;

  // All outlive it. `score` gives documents a sentiment that come without one.
  KafkaSource(store::Store& store, const Clock& clock, const Strategy& strategy, const MonitorKafka& source,
              monitor::ScoreDocuments score = {}, OpenTopic open_topic = data::open_message_topic,
              monitor::ScoreDocuments embed = {});

  // One batch: opens the topic where it is not open, waits up to `wait_ms` for messages, takes them. Empty: none came,
  // or the topic cannot be read now.  Errors: those of the store; the same messages come again.
  Result<monitor::Outcomes> take_some(int wait_ms);
  // Whether all is read that was there when the topic was opened; false before.
  bool is_caught_up() const { return reader_.is_caught_up(); }
  const MonitorKafka& source() const { return source_; }

 private:
  Result<monitor::Outcomes> fail(const Status& why);
  Result<monitor::Outcomes> take(const TopicBatch& read);

  store::Store& store_;
  const Clock& clock_;
  const Strategy& strategy_;
  const MonitorKafka& source_;
  const monitor::ScoreDocuments score_;
  const monitor::ScoreDocuments embed_;
  TopicReader reader_;
};

}  // namespace yupu::strategy
