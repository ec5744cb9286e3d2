#include "data/acquire/kafka/message_topic.h"

#ifdef YUPU_KAFKA
#include "data/acquire/kafka/rdkafka/rdkafka_topic.h"
#endif

namespace yupu::data {

Result<std::unique_ptr<MessageTopic>> open_message_topic(const TopicOptions& options, const TopicOffsets& from) {
#ifdef YUPU_KAFKA
  return open_rdkafka_topic(options, from);
#else
  static_cast<void>(options);
  static_cast<void>(from);
  return Status(Code::kUnavailable, "this yupu was built without Kafka (librdkafka-dev brings it)", "kafka");
#endif
}

}  // namespace yupu::data
