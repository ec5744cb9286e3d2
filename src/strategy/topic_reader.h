// A topic of Kafka in batches, for whoever takes messages into a store with where the topic has been read up to, in one
// transaction; the broker is told of nothing. Killed at any moment, it reads on from what the store says: every message
// has its effect once.
//
//   read() -> a batch -> the messages' effect and `position` in one transaction -> keep(), or give_up() where it failed
//
// Position   {"topic": name, "offsets": {"partition": next}}; of another topic: from the beginning.
// Again      when no broker answers the topic is opened anew after kRetryNs; every kReopenNs besides: by then it may
//            have more partitions.
// Threads    one owner.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/status.h"
#include "data/acquire/kafka/message_topic.h"

namespace yupu::strategy {

using OpenTopic = std::function<Result<std::unique_ptr<data::MessageTopic>>(const data::TopicOptions& options,
                                                                            const data::TopicOffsets& from)>;

struct TopicBatch {
  std::vector<data::TopicMessage> messages;  // none that was kept before; none: nothing came
  std::string position_before, position;
};

class TopicReader {
 public:
  static constexpr std::int64_t kRetryNs = 30'000'000'000;
  static constexpr std::int64_t kReopenNs = 300'000'000'000;
  static constexpr std::size_t kBatchMessages = 200;

  // `stored`: the position that the store has. `clock` outlives it.
  TopicReader(const Clock& clock, data::TopicOptions options, std::function<Result<std::string>()> stored,
              OpenTopic open_topic)
      : clock_(clock), options_(std::move(options)), stored_(std::move(stored)), open_(std::move(open_topic)) {}

  // What came since the last batch; waits up to `wait_ms` for the first. Errors: kUnavailable: the topic cannot be read
  // now, and is not asked before kRetryNs are over (until then nothing comes); those of `stored`.
  Result<TopicBatch> read(int wait_ms);
  void keep(const TopicBatch& batch);  // it is in the store
  void give_up() { topic_.reset(); }   // it is not: its messages come again
  // Whether all is kept that was there when the topic was opened; false before.
  bool is_caught_up() const;

 private:
  Status open();
  Status fail(Status why);
  TopicBatch batch_of(std::vector<data::TopicMessage> messages);

  const Clock& clock_;
  const data::TopicOptions options_;
  const std::function<Result<std::string>()> stored_;
  const OpenTopic open_;
  std::unique_ptr<data::MessageTopic> topic_;
  data::TopicOffsets offsets_;  // what is kept
  data::TopicOffsets read_;     // with the last batch
  std::string position_;        // of offsets_
  std::int64_t retry_ns_ = 0;
  std::int64_t opened_ns_ = 0;
};

// What a position means for a topic.  Error: kInternal: it is none.
Result<data::TopicOffsets> topic_offsets(const std::string& position, const std::string& topic);
std::string topic_position(const data::TopicOffsets& offsets, const std::string& topic);

}  // namespace yupu::strategy
