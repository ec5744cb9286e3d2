// Against librdkafka's own mock of a cluster, in this process.
#include <algorithm>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "data/acquire/kafka/message_topic.h"
#include "data/acquire/kafka/rdkafka/testing.h"

namespace yupu::data {
namespace {

class Kafka : public ::testing::Test {
 protected:
  void produce(std::int32_t partition, const std::string& value) { cluster_.produce(partition, value); }
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

  testing::MockCluster cluster_{"news", 2};
  TopicOptions options_{
      .brokers = cluster_.brokers(), .topic = "news", .group = "yupu", .value_bytes_max = 8, .open_timeout_ms = 5000};
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
  cluster_.lacks("olds");
  options_.topic = "olds";
  EXPECT_EQ(open_message_topic(options_, {}).status().code(), Code::kUnavailable);
  options_.brokers = "127.0.0.1:1";
  options_.open_timeout_ms = 100;
  EXPECT_EQ(open_message_topic(options_, {}).status().code(), Code::kUnavailable);
}

}  // namespace
}  // namespace yupu::data
