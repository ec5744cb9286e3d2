// For tests only: librdkafka's own mock of a cluster, in this process.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <utility>

#include <gtest/gtest.h>
#include <librdkafka/rdkafka.h>
#include <librdkafka/rdkafka_mock.h>

namespace yupu::data::testing {

class MockCluster {
 public:
  MockCluster(std::string topic, int partitions) : topic_(std::move(topic)) {
    std::array<char, 512> error{};
    rd_kafka_conf_t* const conf = rd_kafka_conf_new();
    rd_kafka_conf_set(conf, "bootstrap.servers", "none:1", error.data(), error.size());
    rd_kafka_conf_set(conf, "log_level", "0", error.data(), error.size());
    producer_ = rd_kafka_new(RD_KAFKA_PRODUCER, conf, error.data(), error.size());
    EXPECT_NE(producer_, nullptr) << error.data();
    cluster_ = rd_kafka_mock_cluster_new(producer_, 1);
    EXPECT_EQ(rd_kafka_mock_topic_create(cluster_, topic_.c_str(), partitions, 1), RD_KAFKA_RESP_ERR_NO_ERROR);
    rd_kafka_brokers_add(producer_, brokers().c_str());
  }
  ~MockCluster() {
    rd_kafka_mock_cluster_destroy(cluster_);
    rd_kafka_destroy(producer_);
  }
  MockCluster(const MockCluster&) = delete;
  MockCluster& operator=(const MockCluster&) = delete;

  std::string brokers() const { return rd_kafka_mock_cluster_bootstraps(cluster_); }
  void produce(std::int32_t partition, const std::string& value) {
    ASSERT_EQ(rd_kafka_producev(producer_, RD_KAFKA_V_TOPIC(topic_.c_str()), RD_KAFKA_V_PARTITION(partition),
                                RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY),
                                RD_KAFKA_V_VALUE(const_cast<char*>(value.data()), value.size()), RD_KAFKA_V_END),
              RD_KAFKA_RESP_ERR_NO_ERROR);
    ASSERT_EQ(rd_kafka_flush(producer_, 10'000), RD_KAFKA_RESP_ERR_NO_ERROR);
  }
  // The mock makes a topic of whatever is asked for; a broker that was told not to says that there is none.
  void lacks(const char* topic) {
    rd_kafka_mock_topic_set_error(cluster_, topic, RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART);
  }

 private:
  const std::string topic_;
  rd_kafka_t* producer_ = nullptr;
  rd_kafka_mock_cluster_t* cluster_ = nullptr;
};

}  // namespace yupu::data::testing
