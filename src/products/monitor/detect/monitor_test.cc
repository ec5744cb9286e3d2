#include "products/monitor/detect/monitor.h"

#include <functional>

#include <gtest/gtest.h>

#include "base/hash.h"
#include "products/monitor/detect/testing/steady_log.h"

namespace yupu::monitor {
namespace {

using monitor::testing::SteadyLog;
constexpr auto at = SteadyLog::at;

std::string text_of(const std::vector<Change>& changes) {
  std::string text;
  for (const Change& change : changes) text += to_text(to_json(change)) + "\n";
  return text;
}

// Two topics, late and repeated documents, a gap, two surges.
std::vector<Event> eventful_log() {
  std::vector<Event> events;
  for (const std::string topic : {"acme", "globex"}) {
    SteadyLog log(topic, topic.size());
    log.steady(at(0, 0), at(10, 0));
    log.burst(at(8, 10), at(8, 11), 10, Sentiment::kNegative);
    log.gap(at(9, 2), at(9, 4));
    if (topic == "globex") log.burst(at(9, 9), at(9, 12), 9, Sentiment::kNegative);
    log.disorder();
    const auto more = log.events();
    events.insert(events.end(), more.begin(), more.end());
  }
  std::stable_sort(events.begin(), events.end(),
                   [](const Event& a, const Event& b) { return a.document.received_ns < b.document.received_ns; });
  return events;
}

TopicRules two_rules() {
  SurgeRule limited;
  limited.absolute_limit = 200;
  return {{"acme", SurgeRule{}}, {"globex", limited}};
}

TEST(SurgeMonitorTest, LiveEqualsReplayThroughSavedStatesBitForBit) {
  const std::vector<Event> log = eventful_log();
  const auto replayed = replay(two_rules(), log, at(10, 0));
  ASSERT_TRUE(replayed.ok());
  ASSERT_GE(replayed->changes.size(), 8u);
  EXPECT_GT(replayed->repeated_count, 1000);
  EXPECT_EQ(replayed->refused_count, 0);
  Rng random(5);
  auto monitor = SurgeMonitor::create(two_rules(), log.front().document.received_ns);
  ASSERT_TRUE(monitor.ok());
  std::vector<Change> changes;
  std::int64_t loads = 0;
  for (const Event& event : log) {
    if (random.below(3) == 0) {  // the clock's own ticks, as a live program has them
      ASSERT_TRUE(monitor->advance((monitor->now_ns() + event.document.received_ns) / 2, &changes).ok());
    }
    ASSERT_TRUE(monitor->take(event, &changes).ok());
    if (random.below(2000) == 0) {
      const std::string state = monitor->save();
      auto loaded = SurgeMonitor::load(state, two_rules());
      ASSERT_TRUE(loaded.ok()) << loaded.status().to_string();
      EXPECT_EQ(loaded->save(), state);
      monitor = std::move(loaded);
      ++loads;
    }
  }
  ASSERT_TRUE(monitor->advance(at(10, 0), &changes).ok());
  EXPECT_GT(loads, 10);
  EXPECT_EQ(text_of(changes), text_of(replayed->changes));
}

TEST(SurgeMonitorTest, AStateWhileFiringComesBackWithItsAlarm) {
  SteadyLog log("acme", 3);
  log.steady(at(0, 0), at(9, 11));
  log.burst(at(9, 10), at(9, 11), 12, Sentiment::kNegative);
  auto monitor = SurgeMonitor::create({{"acme", SurgeRule{}}}, at(0, 0));
  ASSERT_TRUE(monitor.ok());
  std::vector<Change> changes;
  for (const Event& event : log.events()) ASSERT_TRUE(monitor->take(event, &changes).ok());
  ASSERT_EQ(monitor->find("acme")->state(), TopicState::kFiring);
  auto loaded = SurgeMonitor::load(monitor->save(), {{"acme", SurgeRule{}}});
  ASSERT_TRUE(loaded.ok()) << loaded.status().to_string();
  EXPECT_EQ(loaded->find("acme")->state(), TopicState::kFiring);
  ASSERT_TRUE(loaded->advance(at(9, 20), &changes).ok());
  EXPECT_EQ(changes.back().topic, "acme");
  EXPECT_EQ(loaded->find("acme")->state(), TopicState::kQuiet);
}

TEST(SurgeMonitorTest, ReplayWithAnotherRuleSaysWhatItWouldHaveRaised) {
  SteadyLog log("acme", 4);
  log.steady(at(0, 0), at(10, 0));
  log.burst(at(9, 10), at(9, 11), 3, Sentiment::kNegative);
  const auto alarms = [&](double alarms_per_week) {
    SurgeRule rule;
    rule.threshold.alarms_per_week = alarms_per_week;
    const auto replayed = replay({{"acme", rule}}, log.events(), at(10, 0));
    EXPECT_TRUE(replayed.ok());
    return std::count_if(replayed->changes.begin(), replayed->changes.end(),
                         [](const Change& change) { return change.to == TopicState::kFiring; });
  };
  EXPECT_EQ(alarms(1e-9), 0);
  EXPECT_GE(alarms(100), 1);
}

TEST(SurgeMonitorTest, RefusesBadInputAndGoesOn) {
  auto monitor = SurgeMonitor::create({{"acme", SurgeRule{}}}, at(0, 0));
  ASSERT_TRUE(monitor.ok());
  std::vector<Change> changes;
  const std::string before = monitor->save();
  const auto refused = [&](Document document, Code code, const std::string& field) {
    const Result<bool> result = monitor->offer(document, &changes);
    ASSERT_FALSE(result.ok());
    EXPECT_EQ(result.status().code(), code);
    EXPECT_EQ(result.status().field(), field);
    EXPECT_EQ(monitor->save(), before);
  };
  refused({.topic = "nobody", .time_ns = at(0, 0), .received_ns = at(0, 0)}, Code::kNotFound, "topic");
  refused({.topic = "acme", .time_ns = -5, .received_ns = at(0, 0)}, Code::kInvalidArgument, "time_ns");
  refused({.topic = "acme", .time_ns = at(0, 1), .received_ns = at(0, 0)}, Code::kInvalidArgument, "time_ns");
  refused({.topic = "acme", .time_ns = at(0, 0), .received_ns = -1}, Code::kInvalidArgument, "received_ns");
  refused({.topic = "acme", .time_ns = INT64_MAX, .received_ns = INT64_MAX}, Code::kInvalidArgument, "received_ns");
  EXPECT_EQ(monitor->begin_gap("nobody", 0, at(0, 0), &changes).code(), Code::kNotFound);
  EXPECT_EQ(SurgeMonitor::create({}, -1).status().field(), "now_ns");
  SurgeRule wrong;
  wrong.keep_firing_ns = -1;
  EXPECT_EQ(SurgeMonitor::create({{"acme", wrong}}, 0).status().field(), "keep_firing_ns");
  // A clock set back: the document counts, time stands still.
  ASSERT_TRUE(monitor->advance(at(0, 1), &changes).ok());
  EXPECT_TRUE(*monitor->offer({.topic = "acme", .time_ns = at(0, 0), .received_ns = at(0, 0), .story = 1}, &changes));
  EXPECT_EQ(monitor->now_ns(), at(0, 1));
}

TEST(SurgeMonitorTest, ADamagedStateIsRefusedByField) {
  SteadyLog log("acme", 3);
  log.steady(at(0, 0), at(3, 0));
  auto monitor = SurgeMonitor::create({{"acme", SurgeRule{}}}, at(0, 0));
  ASSERT_TRUE(monitor.ok());
  std::vector<Change> changes;
  for (const Event& event : log.events()) ASSERT_TRUE(monitor->take(event, &changes).ok());
  const std::string good = monitor->save();
  const TopicRules rules = {{"acme", SurgeRule{}}};
  const auto field_of = [&](const std::string& text) {
    const auto result = SurgeMonitor::load(text, rules);
    return result.ok() ? std::string("accepted") : result.status().field();
  };
  // Written anew with a right hash: what only a program that errs could have written.
  const auto field_after = [&](const std::function<void(Json&)>& damage) {
    Json json = *parse_json(good);
    damage(json["body"]);
    json["sha256"] = sha256_hex(to_text(json["body"]));
    return field_of(to_text(json));
  };
  EXPECT_EQ(field_of(good), "accepted");
  EXPECT_EQ(field_of(good.substr(0, good.size() / 2)), "state");
  EXPECT_EQ(field_of(""), "state");
  EXPECT_EQ(field_of("[]"), "");
  std::string flipped = good;
  const std::size_t digit = flipped.find("\"first\":") + 10;
  flipped[digit] = flipped[digit] == '1' ? '2' : '1';
  EXPECT_EQ(field_of(flipped), "sha256");
  Json versioned = *parse_json(good);
  for (const int other : {1, 3}) {
    versioned["version"] = other;
    EXPECT_EQ(field_of(to_text(versioned)), "version") << other;
  }
  EXPECT_EQ(field_after([](Json& body) { body["topics"][0]["state"] = "asleep"; }), "body.topics[0].state");
  EXPECT_EQ(field_after([](Json& body) { body["topics"][0]["state"] = "firing"; }), "body.topics[0].firing");
  EXPECT_EQ(field_after([](Json& body) {
              body["topics"][0]["thresholds"][1]["peaks"] = {{1, 2}};
            }),
            "body.topics[0].thresholds[1].peaks");
  EXPECT_EQ(field_after([](Json& body) { body["topics"][0]["series"]["buckets"][3][2] = 9; }),
            "body.topics[0].series.buckets");
  EXPECT_EQ(field_after([](Json& body) { body["now_ns"] = at(5, 0); }), "body.topics[0].series");
  EXPECT_EQ(field_after([](Json& body) { body["topics"] = 3; }), "body.topics");
}

}  // namespace
}  // namespace yupu::monitor
