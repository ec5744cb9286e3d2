// A Kafka topic by librdkafka: partitions are assigned with the offsets that are given, and never by a group.
#pragma once

#include <memory>

#include "data/acquire/kafka/message_topic.h"

namespace yupu::data {

Result<std::unique_ptr<MessageTopic>> open_rdkafka_topic(const TopicOptions& options, const TopicOffsets& from);

}  // namespace yupu::data
