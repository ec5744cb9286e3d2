#include "strategy/topic_plan_reader.h"

namespace yupu::strategy {

void read_topic_options(TomlReader& reader, data::TopicOptions& topic, std::string& source) {
  topic.group = "yupu";
  std::string security = "plaintext", format = "json";
  reader.text("brokers", topic.brokers, true);
  reader.text("topic", topic.topic, true);
  reader.text("group", topic.group);
  reader.one_of("format", format, {"json"});
  reader.one_of("security", security, {"plaintext", "tls"});
  topic.tls = security == "tls";
  reader.text("ca_file", topic.ca_file);
  source = "kafka:" + topic.topic;
  reader.text("source", source);
  if (topic.group.empty()) reader.fail("group", "must not be empty: it is what brokers know the reader by");
  if (!topic.tls && !topic.ca_file.empty()) reader.fail("ca_file", "is of security = \"tls\"");
}

}  // namespace yupu::strategy
