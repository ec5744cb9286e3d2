#include "strategy/recommend_kafka.h"

#include <utility>

#include <fmt/format.h>

#include "base/log.h"
#include "products/recommend/serve/bodies.h"
#include "text/unicode.h"

namespace yupu::strategy {
namespace {

data::TopicOptions options_of(const RecommendKafka& topic) {
  data::TopicOptions options = topic.topic;
  options.value_bytes_max = recommend::kMessageBytesMax;  // one byte more is kept, and refused
  return options;
}

recommend::EventBatch events_of(const std::string& source, const TopicBatch& read, std::int64_t now_ns) {
  recommend::EventBatch batch{.source = source, .position_before = read.position_before, .position = read.position};
  for (const data::TopicMessage& message : read.messages) {
    std::string where = fmt::format("partition {}, offset {}", message.partition, message.offset);
    auto event = recommend::parse_event_message(message.value, now_ns);
    if (event.ok())
      batch.events.push_back({.event = std::move(event).value(), .where = std::move(where)});
    else
      batch.refusals.push_back({.reason = event.status().field(), .where = std::move(where)});
  }
  return batch;
}

}  // namespace

EventTopic::EventTopic(store::Store& store, const Clock& clock, std::string tenant_id, RecommendKafka topic,
                       OpenTopic open_topic)
    : store_(store),
      clock_(clock),
      tenant_id_(std::move(tenant_id)),
      topic_(std::move(topic)),
      reader_(
          clock, options_of(topic_), [this] { return recommend::event_position(store_, tenant_id_, topic_.source); },
          std::move(open_topic)) {}

Result<recommend::IntakeOutcomes> EventTopic::take_some(int wait_ms) {
  const auto read = reader_.read(wait_ms);
  if (!read.ok()) return fail(read.status());
  if (read->messages.empty()) return recommend::IntakeOutcomes();
  auto outcomes = recommend::take_events(store_, clock_, tenant_id_, events_of(topic_.source, *read, clock_.now_ns()));
  outcomes.ok() ? reader_.keep(*read) : reader_.give_up();
  return outcomes;
}

Result<recommend::IntakeOutcomes> EventTopic::fail(const Status& why) {
  log::warn("recommend_source_failed", {{"source", topic_.source}, {"error", why.message()}});
  YUPU_RETURN_IF_ERROR(recommend::count_failure(store_, clock_, tenant_id_, topic_.source, "failed_connect",
                                                text::replace_invalid_utf8(why.message()).text));
  return recommend::IntakeOutcomes{{"failed_connect", 1}};
}

}  // namespace yupu::strategy
