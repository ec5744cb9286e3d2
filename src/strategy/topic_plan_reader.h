// The keys that say where a topic of Kafka is, of every [[*.kafka]]: brokers, topic, group, format, security, ca_file,
// source. Only for .cc files of this room: it shows toml++'s types.
#pragma once

#include <string>

#include "data/acquire/kafka/message_topic.h"
#include "strategy/toml_reader.h"

namespace yupu::strategy {

// `source`: its name; "kafka:<topic>" where none is given. ca_file stays as it is written.
void read_topic_options(TomlReader& reader, data::TopicOptions& topic, std::string& source);

}  // namespace yupu::strategy
