// Against librdkafka's mock of a cluster: built where that is there (src/strategy/CMakeLists.txt).
#include "strategy/recommend_kafka.h"

#include <map>
#include <memory>
#include <string>

#include <gtest/gtest.h>

#include "base/json.h"
#include "data/acquire/kafka/rdkafka/testing.h"
#include "products/recommend/event_store.h"
#include "products/recommend/serve/bodies.h"
#include "store/testing.h"

namespace yupu::strategy {
namespace {

using recommend::IntakeOutcomes;

constexpr std::int64_t kNowNs = 1'764'000'000'000'000'000;

class EventTopicTest : public ::testing::Test {
 protected:
  std::unique_ptr<EventTopic> reader(OpenTopic open_topic = data::open_message_topic) {
    RecommendKafka topic;
    topic.source = "kafka:clicks";
    topic.topic = {.brokers = cluster_.brokers(), .topic = "clicks", .group = "yupu", .open_timeout_ms = 5'000};
    return std::make_unique<EventTopic>(*store_, clock_, "t", topic, std::move(open_topic));
  }
  static std::string event(int number, const std::string& item = "tea") {
    return to_text({{"id", "e" + std::to_string(number)},
                    {"user", "u" + std::to_string(number % 3)},
                    {"item", item},
                    {"kind", "click"},
                    {"time", kNowNs / 1'000'000'000 - number}});
  }
  // What was taken until all is read that was there.
  static IntakeOutcomes read_all(EventTopic& topic) {
    IntakeOutcomes all;
    for (int tries = 0; tries < 40 && !topic.is_caught_up(); ++tries) {
      const auto some = topic.take_some(250);
      EXPECT_TRUE(some.ok()) << some.status().to_string();
      for (const auto& [outcome, count] : *some) all[outcome] += count;
    }
    return all;
  }
  std::map<std::string, std::string> details() {
    std::map<std::string, std::string> said;
    const OrderedJson sources = recommend::sources_json(*store_, "t").value();
    EXPECT_EQ(sources.size(), 1U);
    for (const auto& one : sources.at(0).at("outcomes"))
      said[one.at("outcome")] = std::to_string(one.at("count").get<int>()) + " " + one.at("detail").get<std::string>();
    return said;
  }
  std::size_t events() { return recommend::load(*store_, "t")->events.size(); }

  data::testing::MockCluster cluster_{"clicks", 2};
  FakeClock clock_{kNowNs};
  std::unique_ptr<store::Store> store_ = store::open_store(yupu::testing::fresh_url()).value();
};

TEST_F(EventTopicTest, EveryEventHasItsEffectOnceWhoeverReads) {
  for (int i = 0; i < 6; ++i) cluster_.produce(i % 2, event(i));
  EXPECT_EQ(read_all(*reader()), (IntakeOutcomes{{"added", 6}}));
  // Killed and started again: on from there.  An event that its sender sent twice is one.
  for (int i = 4; i < 8; ++i) cluster_.produce(i % 2, event(i));
  EXPECT_EQ(read_all(*reader()), (IntakeOutcomes{{"added", 2}, {"known", 2}}));
  EXPECT_EQ(events(), 8U);
  EXPECT_EQ(recommend::event_position(*store_, "t", "kafka:clicks").value(),
            R"({"offsets":{"0":5,"1":5},"topic":"clicks"})");
  EXPECT_EQ(details(), (std::map<std::string, std::string>{{"added", "8 "}, {"known", "2 "}}));
}

// Reads what is there, and dies before anything of it is in the store.
TEST_F(EventTopicTest, WhatWasReadAndNotKeptComesAgain) {
  for (int i = 0; i < 4; ++i) cluster_.produce(i % 2, event(i));
  {
    const data::TopicOptions options{
        .brokers = cluster_.brokers(), .topic = "clicks", .group = "yupu", .open_timeout_ms = 5'000};
    TopicReader killed(
        clock_, options, [this] { return recommend::event_position(*store_, "t", "kafka:clicks"); },
        data::open_message_topic);
    std::size_t read = 0;
    for (int tries = 0; tries < 40 && read == 0; ++tries) read = killed.read(250)->messages.size();
    EXPECT_GT(read, 0U);
    EXPECT_FALSE(killed.is_caught_up());
  }
  auto first = reader(), second = reader();
  EXPECT_EQ(read_all(*first), (IntakeOutcomes{{"added", 4}}));
  // Another process reads on: the first is refused, and goes on from where that one came to.
  EXPECT_TRUE(read_all(*second).empty());
  cluster_.produce(0, event(8));
  for (int tries = 0; tries < 40 && events() < 5; ++tries) ASSERT_TRUE(second->take_some(250).ok());
  cluster_.produce(0, event(9));
  Status refused;
  for (int tries = 0; tries < 40 && refused.ok(); ++tries) refused = first->take_some(250).status();
  EXPECT_EQ(refused.code(), Code::kConflict);
  EXPECT_EQ(read_all(*first), (IntakeOutcomes{{"added", 1}}));
  EXPECT_EQ(events(), 6U);
}

TEST_F(EventTopicTest, WhatIsNoEventIsCountedAndStopsNothing) {
  cluster_.produce(0, event(1));
  cluster_.produce(0, "{");
  cluster_.produce(0, "");
  cluster_.produce(0, R"({"user": "u", "item": "tea", "kind": "glance", "time": 1764000000})");
  cluster_.produce(0, event(1, "bread"));
  cluster_.produce(0, std::string(recommend::kMessageBytesMax + 5, ' '));
  cluster_.produce(0, event(2));
  EXPECT_EQ(read_all(*reader()), (IntakeOutcomes{{"added", 2},
                                                 {"refused_conflict", 1},
                                                 {"refused_empty", 1},
                                                 {"refused_kind", 1},
                                                 {"refused_malformed", 1},
                                                 {"refused_too_large", 1}}));
  EXPECT_EQ(details().at("refused_kind"), "1 partition 0, offset 3");
  EXPECT_EQ(details().at("refused_conflict"), "1 partition 0, offset 4");
  EXPECT_EQ(recommend::load(*store_, "t")->events[1].item, "tea") << "the first content stays";
}

TEST_F(EventTopicTest, ABrokerThatIsAwayIsAskedAgainLater) {
  cluster_.produce(0, event(1));
  bool is_away = true;
  const auto topic = reader([&](const data::TopicOptions& options, const data::TopicOffsets& from) {
    if (!is_away) return data::open_message_topic(options, from);
    return Result<std::unique_ptr<data::MessageTopic>>(unavailable("nobody answers"));
  });
  EXPECT_EQ(topic->take_some(0).value(), (IntakeOutcomes{{"failed_connect", 1}}));
  is_away = false;
  EXPECT_TRUE(topic->take_some(0)->empty()) << "not asked yet";
  EXPECT_EQ(details(), (std::map<std::string, std::string>{{"failed_connect", "1 nobody answers"}}));
  clock_.advance_ns(TopicReader::kRetryNs);
  EXPECT_EQ(read_all(*topic), (IntakeOutcomes{{"added", 1}}));
}

}  // namespace
}  // namespace yupu::strategy
