#include "data/acquire/kafka/rdkafka/rdkafka_topic.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <memory>
#include <utility>

#include <fmt/format.h>
#include <librdkafka/rdkafka.h>

namespace yupu::data {
namespace {

struct HandleEnd {
  void operator()(rd_kafka_t* handle) const { rd_kafka_destroy(handle); }
};
struct ConfEnd {
  void operator()(rd_kafka_conf_t* conf) const { rd_kafka_conf_destroy(conf); }
};
struct ListEnd {
  void operator()(rd_kafka_topic_partition_list_t* list) const { rd_kafka_topic_partition_list_destroy(list); }
};
struct MetadataEnd {
  void operator()(const rd_kafka_metadata_t* metadata) const { rd_kafka_metadata_destroy(metadata); }
};
struct TopicEnd {
  void operator()(rd_kafka_topic_t* topic) const { rd_kafka_topic_destroy(topic); }
};
struct MessageEnd {
  void operator()(rd_kafka_message_t* message) const { rd_kafka_message_destroy(message); }
};
using Handle = std::unique_ptr<rd_kafka_t, HandleEnd>;
using List = std::unique_ptr<rd_kafka_topic_partition_list_t, ListEnd>;

constexpr std::size_t kErrorBytes = 512;

Status set(rd_kafka_conf_t* conf, const std::string& name, const std::string& value) {
  std::array<char, kErrorBytes> error{};
  if (rd_kafka_conf_set(conf, name.c_str(), value.c_str(), error.data(), error.size()) == RD_KAFKA_CONF_OK)
    return ok_status();
  return invalid_argument(fmt::format("kafka: {}", error.data()), name);
}

void say_nothing(const rd_kafka_t*, int, const char*, const char*) {}  // what matters comes as an error of poll()

// Brokers come and go; that none is left is worth a word.
void take_error(rd_kafka_t*, int error, const char*, void* opaque) {
  if (error == RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN) static_cast<std::atomic<bool>*>(opaque)->store(true);
}

Result<Handle> make_handle(const TopicOptions& options, std::atomic<bool>* all_down) {
  std::unique_ptr<rd_kafka_conf_t, ConfEnd> conf(rd_kafka_conf_new());
  YUPU_RETURN_IF_ERROR(set(conf.get(), "bootstrap.servers", options.brokers));
  YUPU_RETURN_IF_ERROR(set(conf.get(), "client.id", options.group));
  YUPU_RETURN_IF_ERROR(set(conf.get(), "group.id", options.group));  // it must have one; nothing is committed to it
  YUPU_RETURN_IF_ERROR(set(conf.get(), "enable.auto.commit", "false"));
  YUPU_RETURN_IF_ERROR(set(conf.get(), "enable.auto.offset.store", "false"));
  // What the brokers have forgotten meanwhile cannot be read any more: on with the oldest that is there.
  YUPU_RETURN_IF_ERROR(set(conf.get(), "auto.offset.reset", "earliest"));
  YUPU_RETURN_IF_ERROR(set(conf.get(), "allow.auto.create.topics", "false"));
  YUPU_RETURN_IF_ERROR(set(conf.get(), "queued.max.messages.kbytes", "16384"));
  if (options.tls) YUPU_RETURN_IF_ERROR(set(conf.get(), "security.protocol", "ssl"));
  if (!options.ca_file.empty()) YUPU_RETURN_IF_ERROR(set(conf.get(), "ssl.ca.location", options.ca_file));
  rd_kafka_conf_set_log_cb(conf.get(), say_nothing);
  rd_kafka_conf_set_error_cb(conf.get(), take_error);
  rd_kafka_conf_set_opaque(conf.get(), all_down);
  std::array<char, kErrorBytes> error{};
  Handle handle(rd_kafka_new(RD_KAFKA_CONSUMER, conf.get(), error.data(), error.size()));
  if (handle == nullptr) return invalid_argument(fmt::format("kafka: {}", error.data()), "kafka");
  static_cast<void>(conf.release());  // the handle's own now
  rd_kafka_poll_set_consumer(handle.get());
  return handle;
}

Status failed(rd_kafka_resp_err_t error, const TopicOptions& options) {
  return unavailable(fmt::format("{}: topic {}: {}", options.brokers, options.topic, rd_kafka_err2str(error)));
}

Result<std::vector<std::int32_t>> partitions_of(rd_kafka_t* handle, const TopicOptions& options) {
  const std::unique_ptr<rd_kafka_topic_t, TopicEnd> topic(rd_kafka_topic_new(handle, options.topic.c_str(), nullptr));
  if (topic == nullptr) return failed(rd_kafka_last_error(), options);
  const rd_kafka_metadata_t* told = nullptr;
  const auto error = rd_kafka_metadata(handle, 0, topic.get(), &told, options.open_timeout_ms);
  if (error != RD_KAFKA_RESP_ERR_NO_ERROR) return failed(error, options);
  const std::unique_ptr<const rd_kafka_metadata_t, MetadataEnd> metadata(told);
  if (metadata->topic_cnt != 1 || metadata->topics[0].err != RD_KAFKA_RESP_ERR_NO_ERROR)
    return failed(metadata->topic_cnt == 1 ? metadata->topics[0].err : RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART,
                  options);
  std::vector<std::int32_t> partitions;
  for (int i = 0; i < metadata->topics[0].partition_cnt; ++i)
    partitions.push_back(metadata->topics[0].partitions[i].id);
  if (partitions.empty()) return failed(RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART, options);
  return partitions;
}

class RdkafkaTopic final : public MessageTopic {
 public:
  RdkafkaTopic(std::unique_ptr<std::atomic<bool>> all_down, Handle handle, TopicOptions options)
      : all_down_(std::move(all_down)), handle_(std::move(handle)), options_(std::move(options)) {}
  ~RdkafkaTopic() override { rd_kafka_consumer_close(handle_.get()); }

  Status assign(const TopicOffsets& from) {
    YUPU_ASSIGN_OR_RETURN(const auto partitions, partitions_of(handle_.get(), options_));
    const List list(rd_kafka_topic_partition_list_new(static_cast<int>(partitions.size())));
    for (const std::int32_t partition : partitions) {
      std::int64_t low = 0, high = 0;
      const auto asked = rd_kafka_query_watermark_offsets(handle_.get(), options_.topic.c_str(), partition, &low, &high,
                                                          options_.open_timeout_ms);
      if (asked != RD_KAFKA_RESP_ERR_NO_ERROR) return failed(asked, options_);
      ends_[partition] = high;
      const auto known = from.find(partition);
      rd_kafka_topic_partition_list_add(list.get(), options_.topic.c_str(), partition)->offset =
          known == from.end() ? RD_KAFKA_OFFSET_BEGINNING : known->second;
    }
    const auto error = rd_kafka_assign(handle_.get(), list.get());
    return error == RD_KAFKA_RESP_ERR_NO_ERROR ? ok_status() : failed(error, options_);
  }

  Result<std::vector<TopicMessage>> poll(std::size_t most, int wait_ms) override {
    std::vector<TopicMessage> messages;
    while (messages.size() < most) {
      const std::unique_ptr<rd_kafka_message_t, MessageEnd> message(
          rd_kafka_consumer_poll(handle_.get(), messages.empty() ? wait_ms : 0));
      if (message == nullptr) break;
      if (message->err != RD_KAFKA_RESP_ERR_NO_ERROR) {
        // What came before the error is given first; a broker that stays away says so again.
        if (!messages.empty()) break;
        return failed(message->err, options_);
      }
      const std::size_t kept = std::min(message->len, options_.value_bytes_max + 1);
      messages.push_back(
          {.partition = message->partition,
           .offset = message->offset,
           .value = kept == 0 ? std::string() : std::string(static_cast<const char*>(message->payload), kept),
           .value_bytes = message->len});
    }
    if (all_down_->exchange(false) && messages.empty()) return failed(RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN, options_);
    return messages;
  }

  const TopicOffsets& ends() const override { return ends_; }

 private:
  const std::unique_ptr<std::atomic<bool>> all_down_;  // before the handle, whose callback writes there
  const Handle handle_;
  const TopicOptions options_;
  TopicOffsets ends_;
};

}  // namespace

Result<std::unique_ptr<MessageTopic>> open_rdkafka_topic(const TopicOptions& options, const TopicOffsets& from) {
  auto all_down = std::make_unique<std::atomic<bool>>(false);
  YUPU_ASSIGN_OR_RETURN(Handle handle, make_handle(options, all_down.get()));
  auto topic = std::make_unique<RdkafkaTopic>(std::move(all_down), std::move(handle), options);
  YUPU_RETURN_IF_ERROR(topic->assign(from));
  return std::unique_ptr<MessageTopic>(std::move(topic));
}

}  // namespace yupu::data
