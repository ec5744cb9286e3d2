// A topic of messages, read from where somebody says: for whoever keeps the offsets with what the messages did, in one
// transaction, so that each has its effect once. The broker is told of no offset and asked for none.
//
//   offsets   of a partition: of the next message to read; one that is not named is read from its beginning
//
// Threads  one owner.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/status.h"

namespace yupu::data {

using TopicOffsets = std::map<std::int32_t, std::int64_t>;  // by partition

struct TopicMessage {
  std::int32_t partition = 0;
  std::int64_t offset = 0;
  std::string value;            // empty where there is none
  std::size_t value_bytes = 0;  // of the whole; value holds at most TopicOptions::value_bytes_max + 1
};

struct TopicOptions {
  std::string brokers;  // host:port,host:port
  std::string topic;
  std::string group;  // what brokers know the reader by (client.id, group.id)
  bool tls = false;   // with the system's certificates, or those of ca_file
  std::string ca_file = {};
  std::size_t value_bytes_max = 2 << 20;
  int open_timeout_ms = 10'000;  // for the topic's partitions to be known
};

class MessageTopic {
 public:
  virtual ~MessageTopic() = default;
  // What is there, `most` at most; waits for the first up to `wait_ms`. Empty: nothing came.
  // Errors: kUnavailable: no broker can be reached now, or the topic is gone; the next call may succeed.
  virtual Result<std::vector<TopicMessage>> poll(std::size_t most, int wait_ms) = 0;
  // Where each partition ended when it was opened: who has read that far has read all there was.
  virtual const TopicOffsets& ends() const = 0;
};

// Errors: kUnavailable: no broker answers, or has no such topic; kInvalidArgument: an option that librdkafka refuses;
// kUnavailable, field "kafka": built without it.
Result<std::unique_ptr<MessageTopic>> open_message_topic(const TopicOptions& options, const TopicOffsets& from);

}  // namespace yupu::data
