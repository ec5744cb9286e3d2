#include "strategy/monitor_kafka.h"

#include <algorithm>

#include <gtest/gtest.h>

#include "base/file.h"
#include "base/testing.h"
#include "products/monitor/documents/counts.h"
#include "store/testing.h"

namespace yupu::strategy {
namespace {

constexpr std::int64_t kNow = 20'000 * monitor::kDayNs;
constexpr const char* kFile = R"([strategy]
name = "newsroom"
[monitor]
[[monitor.topic]]
name = "tea"
[[monitor.kafka]]
brokers = "127.0.0.1:9092"
topic = "news"
)";

// Two partitions of rows, the even ones in the first, given by threes; it may fail once.
struct Broker {
  std::vector<std::string> rows;
  bool down = false;
  int opened = 0;
};
class BrokerTopic final : public data::MessageTopic {
 public:
  BrokerTopic(Broker& broker, data::TopicOffsets from) : broker_(broker), next_(std::move(from)) {
    ends_ = {{0, static_cast<std::int64_t>((broker.rows.size() + 1) / 2)},
             {1, static_cast<std::int64_t>(broker.rows.size() / 2)}};
    ++broker.opened;
  }
  Result<std::vector<data::TopicMessage>> poll(std::size_t, int) override {
    if (broker_.down) return unavailable("broker down");
    std::vector<data::TopicMessage> messages;
    for (const std::int32_t partition : {0, 1}) {
      for (std::int64_t& at = next_[partition]; messages.size() < 3; ++at) {
        const auto row = static_cast<std::size_t>(2 * at + partition);
        if (row >= broker_.rows.size()) break;
        messages.push_back({.partition = partition,
                            .offset = at,
                            .value = broker_.rows[row],
                            .value_bytes = broker_.rows[row].size()});
      }
    }
    return messages;
  }
  const data::TopicOffsets& ends() const override { return ends_; }

 private:
  Broker& broker_;
  data::TopicOffsets next_, ends_;
};

class MonitorKafkaTest : public ::testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(write_file_atomic(folder_.file("s.toml"), kFile).ok());
    auto loaded = load_monitor_strategy(folder_.file("s.toml"));
    ASSERT_TRUE(loaded.ok()) << loaded.status().to_string();
    strategy_ = std::make_unique<Strategy>(std::move(loaded).value());
    store_ = store::open_store(yupu::testing::fresh_url()).value();
  }
  std::unique_ptr<KafkaSource> source() {
    return std::make_unique<KafkaSource>(
        *store_, clock_, *strategy_, strategy_->monitor->kafka[0], monitor::ScoreDocuments(),
        [this](const data::TopicOptions& options,
               const data::TopicOffsets& from) -> Result<std::unique_ptr<data::MessageTopic>> {
          EXPECT_EQ(options.topic, "news");
          if (broker_.down) return unavailable("broker down");
          return std::unique_ptr<data::MessageTopic>(std::make_unique<BrokerTopic>(broker_, from));
        });
  }
  std::map<std::string, std::int64_t> outcomes() {
    std::map<std::string, std::int64_t> counts;
    const auto all = monitor::source_outcomes(*store_, "newsroom").value();
    for (const auto& outcome : all) counts[outcome.outcome] = outcome.count;
    return counts;
  }
  static std::string row(int number) {
    return R"({"guid": ")" + std::to_string(number) + R"(", "title": "tea of the )" + std::to_string(number) +
           R"(th sort, drunk by )" + std::to_string(number * 7) + R"( people", "sentiment": "neutral"})";
  }

  testing::TempDir folder_;
  FakeClock clock_{kNow};
  std::unique_ptr<Strategy> strategy_;
  std::unique_ptr<store::Store> store_;
  Broker broker_;
};

TEST_F(MonitorKafkaTest, EveryMessageHasItsEffectOnceWhoeverReads) {
  for (int i = 0; i < 10; ++i) broker_.rows.push_back(row(i));
  auto first = source();
  EXPECT_FALSE(first->is_caught_up());
  EXPECT_EQ(first->take_some(0).value(), (monitor::Outcomes{{"new", 3}}));
  // Another one takes over in between: the first is refused, and then goes on from there.
  auto second = source();
  EXPECT_EQ(second->take_some(0).value(), (monitor::Outcomes{{"new", 3}}));
  EXPECT_EQ(first->take_some(0).status().code(), Code::kConflict);
  while (!first->is_caught_up()) ASSERT_TRUE(first->take_some(0).ok());
  EXPECT_EQ(outcomes(), (std::map<std::string, std::int64_t>{{"new", 10}}));
  EXPECT_TRUE(first->take_some(0)->empty());
  EXPECT_EQ(monitor::source_position(*store_, "newsroom", "kafka:news").value(),
            R"({"offsets":{"0":5,"1":5},"topic":"news"})");
}

TEST_F(MonitorKafkaTest, BadMessagesAreCountedAndStopNothing) {
  broker_.rows = {row(1), "{", "", R"({"titel": "tea"})", R"({"title": "tea"})", row(2)};
  auto reader = source();
  while (!reader->is_caught_up()) ASSERT_TRUE(reader->take_some(0).ok());
  EXPECT_EQ(outcomes(), (std::map<std::string, std::int64_t>{
                            {"new", 2}, {"refused_empty", 1}, {"refused_malformed", 2}, {"refused_sentiment", 1}}));
}

TEST_F(MonitorKafkaTest, ABrokerThatIsAwayIsAskedAgainLater) {
  broker_.rows = {row(1)};
  broker_.down = true;
  auto reader = source();
  EXPECT_EQ(reader->take_some(0).value(), (monitor::Outcomes{{"failed_connect", 1}}));
  broker_.down = false;
  EXPECT_TRUE(reader->take_some(0)->empty());
  EXPECT_EQ(broker_.opened, 0);
  clock_.advance_ns(KafkaSource::kRetryNs);
  EXPECT_EQ(reader->take_some(0).value(), (monitor::Outcomes{{"new", 1}}));
  broker_.down = true;  // while it is open
  EXPECT_EQ(reader->take_some(0).value(), (monitor::Outcomes{{"failed_connect", 1}}));
}

TEST_F(MonitorKafkaTest, APositionIsOfOneTopic) {
  const data::TopicOffsets offsets = {{0, 7}, {3, 1}};
  EXPECT_EQ(topic_offsets(topic_position(offsets, "news"), "news").value(), offsets);
  EXPECT_TRUE(topic_offsets(topic_position(offsets, "news"), "olds")->empty());
  EXPECT_TRUE(topic_offsets("", "news")->empty());
  for (const char* bad :
       {"x", "{}", R"({"topic": "news", "offsets": {"a": 1}})", R"({"topic": "news", "offsets": {"1": "2"}})"})
    EXPECT_FALSE(topic_offsets(bad, "news").ok()) << bad;
}

TEST_F(MonitorKafkaTest, WhatTheFileSaysIsChecked) {
  const auto refused = [&](const std::string& lines, const std::string& says) {
    EXPECT_TRUE(write_file_atomic(folder_.file("bad.toml"), std::string(kFile) + lines).ok());
    const auto loaded = load_monitor_strategy(folder_.file("bad.toml"));
    ASSERT_FALSE(loaded.ok()) << lines;
    EXPECT_NE(loaded.status().message().find(says), std::string::npos) << loaded.status().message();
  };
  refused("group = \"\"\n", "group");
  refused("format = \"avro\"\n", "format");
  refused("[[monitor.kafka]]\ntopic = \"x\"\n", "brokers");
  refused("[[monitor.kafka]]\nbrokers = \"a:1\"\ntopic = \"news\"\n", "source");
  refused("ca_file = \"c\"\n", "ca_file");
}

}  // namespace
}  // namespace yupu::strategy
