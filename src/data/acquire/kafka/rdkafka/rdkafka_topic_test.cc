// Against librdkafka's own mock of a cluster, in this process.
#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <librdkafka/rdkafka.h>
#include <librdkafka/rdkafka_mock.h>

#include "data/acquire/kafka/message_topic.h"

namespace yupu::data {
namespace {

class Kafka : public ::testing::Test {
 protected:
  void SetUp() override {
    std::array<char, 512> error{};
    rd_kafka_conf_t* const conf = rd_kafka_conf_new();
    rd_kafka_conf_set(conf, "bootstrap.servers", "none:1", error.data(), error.size());
    rd_kafka_conf_set(conf, "log_level", "0", error.data(), error.size());
    producer_ = rd_kafka_new(RD_KAFKA_PRODUCER, conf, error.data(), error.size());
    ASSERT_NE(producer_, nullptr) << error.data();
    cluster_ = rd_kafka_mock_cluster_new(producer_, 1);
    ASSERT_EQ(rd_kafka_mock_topic_create(cluster_, "news", 2, 1), RD_KAFKA_RESP_ERR_NO_ERROR);
    options_.brokers = rd_kafka_mock_cluster_bootstraps(cluster_);
    rd_kafka_brokers_add(producer_, options_.brokers.c_str());
  }
  void TearDown() override {
    rd_kafka_mock_cluster_destroy(cluster_);
    rd_kafka_destroy(producer_);
  }
  void produce(std::int32_t partition, const std::string& value) {
    ASSERT_EQ(rd_kafka_producev(producer_, RD_KAFKA_V_TOPIC("news"), RD_KAFKA_V_PARTITION(partition),
                                RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY),
                                RD_KAFKA_V_VALUE(const_cast<char*>(value.data()), value.size()), RD_KAFKA_V_END),
              RD_KAFKA_RESP_ERR_NO_ERROR);
    ASSERT_EQ(rd_kafka_flush(producer_, 10'000), RD_KAFKA_RESP_ERR_NO_ERROR);
  }
  // "partition:offset=value" of all that is there.
  std::vector<std::string> read(MessageTopic& topic, std::size_t wanted) {
    std::vector<std::string> all;
    for (int tries = 0; all.size() < wanted && tries < 40; ++tries) {
      const auto some = topic.poll(1, 250);
      if (!some.ok()) continue;
      for (const TopicMessage& message : *some)
        all.push_back(std::to_string(message.partition) + ":" + std::to_string(message.offset) + "=" + message.value);
    }
    std::sort(all.begin(), all.end());
    return all;
  }

  rd_kafka_t* producer_ = nullptr;
  rd_kafka_mock_cluster_t* cluster_ = nullptr;
  TopicOptions options_{.brokers = {}, .topic = "news", .group = "yupu", .value_bytes_max = 8, .open_timeout_ms = 5000};
};

TEST_F(Kafka, ReadsOnFromTheOffsetsItIsGivenAndCommitsNone) {
  produce(0, "a");
  produce(1, "b");
  produce(1, "c");
  {
    const auto topic = open_message_topic(options_, {}).value();
    EXPECT_EQ(topic->ends(), (TopicOffsets{{0, 1}, {1, 2}}));
    EXPECT_EQ(read(*topic, 3), (std::vector<std::string>{"0:0=a", "1:0=b", "1:1=c"}));
    EXPECT_TRUE(topic->poll(1, 10).value().empty());
  }
  produce(0, "much too long");
  const auto topic = open_message_topic(options_, {{0, 1}, {1, 1}}).value();
  EXPECT_EQ(read(*topic, 2), (std::vector<std::string>{"0:1=much too ", "1:1=c"}));  // one byte more than the limit
}

TEST_F(Kafka, WhatCannotBeOpenedIsSaid) {
  // The mock makes a topic of whatever is asked for; a broker that was told not to says this.
  rd_kafka_mock_topic_set_error(cluster_, "olds", RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART);
  options_.topic = "olds";
  EXPECT_EQ(open_message_topic(options_, {}).status().code(), Code::kUnavailable);
  options_.brokers = "127.0.0.1:1";
  options_.open_timeout_ms = 100;
  EXPECT_EQ(open_message_topic(options_, {}).status().code(), Code::kUnavailable);
}

}  // namespace
}  // namespace yupu::data
