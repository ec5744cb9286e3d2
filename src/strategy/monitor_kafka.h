// [[monitor.kafka]]: a topic whose messages are pushed rows (products/monitor/documents/push_row.h), into the monitor's
// store. Where it has been read up to stands in the store, written with the documents in one transaction; the broker is
// told of nothing. Killed at any moment, it reads on from there: every message has its effect once.
//
// Position   {"topic": name, "offsets": {"partition": next}}; of another topic: from the beginning.
// Outcomes   those of documents; "refused_<reason>" of a message that is no row: counted, and the topic goes on.
// Again      when no broker answers, "failed_connect" is counted and the topic opened anew after kRetryNs.
// Threads    one owner.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "base/clock.h"
#include "base/status.h"
#include "data/acquire/kafka/message_topic.h"
#include "products/monitor/documents/document.h"
#include "products/monitor/documents/intake.h"
#include "store/store.h"
#include "strategy/strategy.h"

namespace yupu::strategy {

using OpenTopic = std::function<Result<std::unique_ptr<data::MessageTopic>>(const data::TopicOptions& options,
                                                                            const data::TopicOffsets& from)>;

class KafkaSource {
 public:
  static constexpr std::int64_t kRetryNs = 30'000'000'000;
  static constexpr std::int64_t kReopenNs = 300'000'000'000;  // by then a topic may have more partitions
  static constexpr std::size_t kBatchMessages = 200;

  // All outlive it. `score` gives documents a sentiment that come without one.
  KafkaSource(store::Store& store, const Clock& clock, const Strategy& strategy, const MonitorKafka& source,
              monitor::ScoreDocuments score = {}, OpenTopic open_topic = data::open_message_topic,
              monitor::ScoreDocuments embed = {});

  // One batch: opens the topic where it is not open, waits up to `wait_ms` for messages, takes them. Empty: none came,
  // or the topic cannot be read now.  Errors: those of the store; the same messages come again.
  Result<monitor::Outcomes> take_some(int wait_ms);
  // Whether all is read that was there when the topic was opened; false before.
  bool is_caught_up() const;
  const MonitorKafka& source() const { return source_; }

 private:
  Status open();
  Result<monitor::Outcomes> fail(const Status& why);
  Result<monitor::Outcomes> take(const std::vector<data::TopicMessage>& messages);

  store::Store& store_;
  const Clock& clock_;
  const Strategy& strategy_;
  const MonitorKafka& source_;
  const monitor::ScoreDocuments score_;
  const OpenTopic open_;
  const monitor::ScoreDocuments embed_;
  std::unique_ptr<data::MessageTopic> topic_;
  data::TopicOffsets offsets_;
  std::string position_;
  std::int64_t retry_ns_ = 0;
  std::int64_t opened_ns_ = 0;
};

// What a position means for a topic.  Error: kInternal: it is none.
Result<data::TopicOffsets> topic_offsets(const std::string& position, const std::string& topic);
std::string topic_position(const data::TopicOffsets& offsets, const std::string& topic);

}  // namespace yupu::strategy
