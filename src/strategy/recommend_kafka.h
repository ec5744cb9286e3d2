// [[recommend.kafka]]: a topic whose messages are events (products/recommend/serve/bodies.h), into a tenant's record,
// each with its effect once (topic_reader.h, products/recommend/event_intake.h).
//
// Outcomes   those of event_intake.h; a message that is no event is counted, and the topic goes on.
// Again      when no broker answers, "failed_connect" is counted and the topic opened anew after TopicReader::kRetryNs.
// Threads    one owner.
#pragma once

#include <string>

#include "base/clock.h"
#include "base/status.h"
#include "products/recommend/event_intake.h"
#include "store/store.h"
#include "strategy/recommend_plan.h"
#include "strategy/topic_reader.h"

namespace yupu::strategy {

class EventTopic {
 public:
  // Store and clock outlive it.
  EventTopic(store::Store& store, const Clock& clock, std::string tenant_id, RecommendKafka topic,
             OpenTopic open_topic = data::open_message_topic);
  EventTopic(const EventTopic&) = delete;
  EventTopic& operator=(const EventTopic&) = delete;

  // One batch: waits up to `wait_ms` for messages, takes them. Empty: none came, or the topic is not asked now.
  // Errors: those of the store, kConflict when another process has read on; the same messages come again.
  Result<recommend::IntakeOutcomes> take_some(int wait_ms);
  bool is_caught_up() const { return reader_.is_caught_up(); }

 private:
  Result<recommend::IntakeOutcomes> fail(const Status& why);

  store::Store& store_;
  const Clock& clock_;
  const std::string tenant_id_;
  const RecommendKafka topic_;
  TopicReader reader_;
};

}  // namespace yupu::strategy
