#include "strategy/monitor_kafka.h"

#include <utility>

#include <fmt/format.h>

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

data::TopicOptions options_of(const Strategy& strategy, const MonitorKafka& source) {
  data::TopicOptions options = source.topic;
  options.value_bytes_max = monitor::kRowBytesMax;
  if (!options.ca_file.empty()) options.ca_file = strategy.resolve(options.ca_file);
  return options;
}

}  // namespace

KafkaSource::KafkaSource(store::Store& store, const Clock& clock, const Strategy& strategy, const MonitorKafka& source,
                         monitor::ScoreDocuments score, OpenTopic open_topic, monitor::ScoreDocuments embed)
    : store_(store),
      clock_(clock),
      strategy_(strategy),
      source_(source),
      score_(std::move(score)),
      embed_(std::move(embed)),
      reader_(
          clock, options_of(strategy, source),
          [this] { return monitor::source_position(store_, strategy_.name, source_.source); }, std::move(open_topic)) {}

Result<monitor::Outcomes> KafkaSource::take_some(int wait_ms) {
  const auto read = reader_.read(wait_ms);
  if (!read.ok()) return fail(read.status());
  if (read->messages.empty()) return monitor::Outcomes();
  auto outcomes = take(*read);
  outcomes.ok() ? reader_.keep(*read) : reader_.give_up();
  return outcomes;
}

Result<monitor::Outcomes> KafkaSource::fail(const Status& why) {
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

Result<monitor::Outcomes> KafkaSource::take(const TopicBatch& read) {
  const auto from = score_ ? monitor::SentimentFrom::kScored : monitor::SentimentFrom::kDocument;
  monitor::Batch batch;
  batch.source = source_.source;
  batch.position_before = read.position_before;
  batch.position = read.position;
  batch.read_ns = clock_.now_ns();
  for (const data::TopicMessage& message : read.messages) {
    auto ready = ready_of(message, source_.source, batch.read_ns, strategy_.monitor->topics, from);
    if (ready.ok()) {
      batch.documents.push_back(std::move(ready).value());
      continue;
    }
    batch.refusals.push_back({.reason = ready.status().field(),
                              .detail = fmt::format("partition {}, offset {}: {}", message.partition, message.offset,
                                                    text::replace_invalid_utf8(ready.status().message()).text)});
  }
  if (score_) YUPU_RETURN_IF_ERROR(score_(batch.documents));
  if (embed_) YUPU_RETURN_IF_ERROR(embed_(batch.documents));
  return monitor::take_measured_batch(store_, strategy_.name, batch, clock_, strategy_.monitor->intake);
}

}  // namespace yupu::strategy
