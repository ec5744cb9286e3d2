#include "strategy/monitor_kafka.h"

#include <charconv>
#include <utility>

#include <fmt/format.h>

#include "base/json.h"
#include "base/log.h"
#include "products/monitor/documents/measured_intake.h"
#include "products/monitor/documents/push_row.h"
#include "text/unicode.h"

namespace yupu::strategy {
namespace {

Result<monitor::ReadyDocument> ready_of(const data::TopicMessage& message, const std::string& source,
                                        std::int64_t now_ns, const monitor::TopicDictionary& topics,
                                        monitor::SentimentFrom from) {
  if (message.value_bytes > monitor::kRowBytesMax)
    return invalid_argument(
        fmt::format("a message of {} bytes; {} are read at most", message.value_bytes, monitor::kRowBytesMax),
        "too_large");
  if (message.value.empty()) return invalid_argument("a message without a value", "empty");
  YUPU_ASSIGN_OR_RETURN(monitor::IncomingDocument document, monitor::read_push_row(message.value, source, now_ns));
  return monitor::make_ready(std::move(document), topics, from);
}

}  // namespace

Result<data::TopicOffsets> topic_offsets(const std::string& position, const std::string& topic) {
  data::TopicOffsets offsets;
  if (position.empty()) return offsets;
  const auto wrong = [&] { return internal_error(fmt::format("no position of a topic: '{}'", position)); };
  const auto json = parse_json(position);
  if (!json.ok() || !json->is_object() || !json->contains("topic") || !json->contains("offsets")) return wrong();
  if (json->at("topic") != topic) return offsets;
  if (!json->at("offsets").is_object()) return wrong();
  for (const auto& [name, offset] : json->at("offsets").items()) {
    std::int32_t partition = 0;
    const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), partition);
    if (error != std::errc() || end != name.data() + name.size() || !offset.is_number_integer()) return wrong();
    offsets[partition] = offset.get<std::int64_t>();
  }
  return offsets;
}

std::string topic_position(const data::TopicOffsets& offsets, const std::string& topic) {
  Json json = {{"topic", topic}, {"offsets", Json::object()}};
  for (const auto& [partition, offset] : offsets) json["offsets"][std::to_string(partition)] = offset;
  return to_text(json);
}

KafkaSource::KafkaSource(store::Store& store, const Clock& clock, const Strategy& strategy, const MonitorKafka& source,
                         monitor::ScoreDocuments score, OpenTopic open_topic, monitor::ScoreDocuments embed)
    : store_(store),
      clock_(clock),
      strategy_(strategy),
      source_(source),
      score_(std::move(score)),
      open_(std::move(open_topic)),
      embed_(std::move(embed)) {}

Status KafkaSource::open() {
  YUPU_ASSIGN_OR_RETURN(position_, monitor::source_position(store_, strategy_.name, source_.source));
  YUPU_ASSIGN_OR_RETURN(offsets_, topic_offsets(position_, source_.topic.topic));
  data::TopicOptions options = source_.topic;
  options.value_bytes_max = monitor::kRowBytesMax;
  if (!options.ca_file.empty()) options.ca_file = strategy_.resolve(options.ca_file);
  YUPU_ASSIGN_OR_RETURN(topic_, open_(options, offsets_));
  // It ends before where it was read up to: made anew, cut, or another cluster's. From its beginning, then; what is
  // known already is known by its content.
  for (const auto& [partition, end] : topic_->ends()) {
    const auto known = offsets_.find(partition);
    if (known == offsets_.end() || known->second <= end) continue;
    log::warn("monitor_topic_begins_anew", {{"source", source_.source}, {"partition", partition}, {"end", end}});
    offsets_.erase(known);
  }
  return ok_status();
}

Result<monitor::Outcomes> KafkaSource::take_some(int wait_ms) {
  const std::int64_t now_ns = clock_.now_ns();
  if (topic_ != nullptr && now_ns - opened_ns_ >= kReopenNs) topic_.reset();
  if (topic_ == nullptr) {
    if (now_ns < retry_ns_) return monitor::Outcomes();
    if (const Status opened = open(); !opened.ok()) return fail(opened);
    opened_ns_ = now_ns;
  }
  const auto messages = topic_->poll(kBatchMessages, wait_ms);
  if (!messages.ok()) return fail(messages.status());
  if (messages->empty()) return monitor::Outcomes();
  auto outcomes = take(*messages);
  // Its messages are behind the reader already: it begins again at what the store says.
  if (!outcomes.ok()) topic_.reset();
  return outcomes;
}

Result<monitor::Outcomes> KafkaSource::fail(const Status& why) {
  topic_.reset();
  retry_ns_ = clock_.now_ns() + kRetryNs;
  log::warn("monitor_source_failed", {{"source", source_.source}, {"error", why.message()}});
  monitor::Batch batch;
  batch.source = source_.source;
  YUPU_ASSIGN_OR_RETURN(batch.position_before, monitor::source_position(store_, strategy_.name, source_.source));
  batch.position = batch.position_before;
  batch.read_ns = clock_.now_ns();
  batch.counted["failed_connect"] = 1;
  batch.details["failed_connect"] = text::replace_invalid_utf8(why.message()).text;
  return monitor::take_batch(store_, strategy_.name, batch, strategy_.monitor->intake);
}

Result<monitor::Outcomes> KafkaSource::take(const std::vector<data::TopicMessage>& messages) {
  const auto from = score_ ? monitor::SentimentFrom::kScored : monitor::SentimentFrom::kDocument;
  data::TopicOffsets offsets = offsets_;
  monitor::Batch batch;
  batch.source = source_.source;
  batch.position_before = position_;
  batch.read_ns = clock_.now_ns();
  for (const data::TopicMessage& message : messages) {
    // Nothing twice, whatever the reader gives.
    const auto known = offsets.find(message.partition);
    if (known != offsets.end() && message.offset < known->second) continue;
    offsets[message.partition] = message.offset + 1;
    auto ready = ready_of(message, source_.source, batch.read_ns, strategy_.monitor->topics, from);
    if (ready.ok()) {
      batch.documents.push_back(std::move(ready).value());
      continue;
    }
    batch.refusals.push_back({.reason = ready.status().field(),
                              .detail = fmt::format("partition {}, offset {}: {}", message.partition, message.offset,
                                                    text::replace_invalid_utf8(ready.status().message()).text)});
  }
  batch.position = topic_position(offsets, source_.topic.topic);
  if (batch.position == position_) return monitor::Outcomes();
  if (score_) YUPU_RETURN_IF_ERROR(score_(batch.documents));
  if (embed_) YUPU_RETURN_IF_ERROR(embed_(batch.documents));
  YUPU_ASSIGN_OR_RETURN(auto outcomes,
                        monitor::take_measured_batch(store_, strategy_.name, batch, clock_, strategy_.monitor->intake));
  position_ = batch.position;
  offsets_ = std::move(offsets);
  return outcomes;
}

bool KafkaSource::is_caught_up() const {
  if (topic_ == nullptr) return false;
  for (const auto& [partition, end] : topic_->ends()) {
    const auto known = offsets_.find(partition);
    if (end > 0 && (known == offsets_.end() || known->second < end)) return false;
  }
  return true;
}

}  // namespace yupu::strategy
