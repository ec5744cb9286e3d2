#include "products/monitor/alarms/watch.h"

#include <gtest/gtest.h>

#include "base/rng.h"
#include "products/monitor/alarms/alarms.h"
#include "products/monitor/alarms/gaps.h"
#include "products/monitor/detect/testing/steady_log.h"
#include "products/monitor/documents/counts.h"
#include "products/monitor/documents/document.h"
#include "store/testing.h"

namespace yupu::monitor {
namespace {

using testing::SteadyLog;

// Documents as take_batch would leave them.
Status write_mentions(store::Store& store, const std::vector<Event>& events) {
  return store.write([&](store::Transaction& transaction) -> Status {
    for (const Event& event : events) {
      const Document& document = event.document;
      YUPU_RETURN_IF_ERROR(
          transaction
              .execute("INSERT INTO monitor_mention (monitor, topic, document_id, story, publisher, sentiment, "
                       "published_ns, received_ns, counted) VALUES ('m', ?, ?, ?, ?, ?, ?, ?, 1)",
                       {document.topic, static_cast<std::int64_t>(document.story),
                        static_cast<std::int64_t>(document.story), "paper " + std::to_string(document.publisher),
                        std::string(sentiment_name(document.sentiment)), document.time_ns, document.received_ns})
              .status());
    }
    return ok_status();
  });
}

std::string text_of(const std::vector<Change>& changes) {
  std::string text;
  for (const Change& change : changes) text += to_text(to_json(change)) + "\n";
  return text;
}

TEST(Watch, LooksAtAnyTimeAreOneReplay) {
  const auto store = store::open_store(yupu::testing::fresh_url()).value();
  SteadyLog log("tea", 3);
  log.steady(SteadyLog::at(0, 0), SteadyLog::at(9, 0));
  log.burst(SteadyLog::at(8, 10), SteadyLog::at(8, 11), 20, Sentiment::kNegative);
  const std::vector<Event> events = log.events();
  const TopicRules rules = {{"tea", SurgeRule()}};
  Rng random(5);
  std::vector<Change> live;
  std::size_t written = 0;
  for (std::int64_t now = SteadyLog::at(0, 1); now <= SteadyLog::at(9, 0);
       now += static_cast<std::int64_t>(random.below(3 * kHourNs))) {
    std::size_t end = written;
    while (end < events.size() && events[end].document.received_ns <= now) ++end;
    ASSERT_TRUE(write_mentions(*store, {events.begin() + static_cast<std::ptrdiff_t>(written),
                                        events.begin() + static_cast<std::ptrdiff_t>(end)})
                    .ok());
    written = end;
    auto changes = look(*store, "m", rules, now);
    ASSERT_TRUE(changes.ok()) << changes.status().to_string();
    live.insert(live.end(), changes->begin(), changes->end());
    EXPECT_TRUE(look(*store, "m", rules, now)->empty());  // nothing has ended since
  }
  const std::int64_t end_ns = monitor_now(*store, "m").value();
  const auto replayed = replay(rules, mention_log(*store, "m", 0, end_ns + 1).value(), end_ns).value();
  EXPECT_EQ(text_of(live), text_of(replayed.changes));
  const auto alarms = list_alarms(*store, "m", 10).value();
  ASSERT_EQ(alarms.size(), 1u);
  EXPECT_FALSE(alarms[0].firing);
  EXPECT_EQ(alarms[0].fired_count, 1);
  const auto explanation = explanation_from_json(parse_json(alarms[0].explanation).value(), "");
  ASSERT_TRUE(explanation.ok());
  EXPECT_TRUE(verify(*explanation).ok());  // what is stored computes to the same
}

// A topic that is still learning, under the user's own limit.
class LimitedWatch : public ::testing::Test {
 protected:
  static constexpr std::int64_t kBegin = SteadyLog::kBegin;
  void SetUp() override {
    store_ = store::open_store(yupu::testing::fresh_url()).value();
    rules_["tea"].absolute_limit = 5;
    say(kBegin, 1, Sentiment::kNeutral);
    EXPECT_TRUE(look(*store_, "m", rules_, kBegin + 2 * kHourNs).ok());
  }
  void say(std::int64_t at_ns, int count, Sentiment sentiment) {
    std::vector<Event> events;
    for (int i = 0; i < count; ++i)
      events.push_back({.document = {.topic = "tea",
                                     .time_ns = at_ns,
                                     .received_ns = at_ns,
                                     .sentiment = sentiment,
                                     .story = ++story_,
                                     .publisher = story_}});
    ASSERT_TRUE(write_mentions(*store_, events).ok());
  }
  std::string standing() {
    const auto standings = topic_standings(*store_, "m").value();
    return standings.empty() ? "" : standings[0].state;
  }
  std::unique_ptr<store::Store> store_;
  TopicRules rules_;
  std::uint64_t story_ = 0;
};

TEST_F(LimitedWatch, FiresIsAcknowledgedAndResolves) {
  const std::int64_t crisis = kBegin + 2 * kHourNs + kMinuteNs;
  say(crisis, 6, Sentiment::kNegative);
  ASSERT_EQ(look(*store_, "m", rules_, crisis + 5 * kMinuteNs)->size(), 1u);
  EXPECT_EQ(standing(), "firing");
  const std::string alarm = list_alarms(*store_, "m", 1)->front().alarm;
  ASSERT_TRUE(acknowledge(*store_, "m", alarm, "Li", "calling the factory", crisis + 6 * kMinuteNs).ok());
  EXPECT_EQ(acknowledge(*store_, "m", alarm, "Wu", "", crisis).code(), Code::kConflict);
  EXPECT_EQ(acknowledge(*store_, "m", "tea@1", "Wu", "", crisis).code(), Code::kNotFound);
  EXPECT_EQ(list_alarms(*store_, "m", 1)->front().note, "calling the factory");
  ASSERT_TRUE(look(*store_, "m", rules_, crisis + 3 * kHourNs).ok());
  const Alarm resolved = list_alarms(*store_, "m", 1)->front();
  EXPECT_FALSE(resolved.firing);
  EXPECT_FALSE(resolved.acknowledged_ns.has_value());  // ends when it resolves
  EXPECT_EQ(acknowledge(*store_, "m", alarm, "Wu", "", crisis).code(), Code::kConflict);
  std::string events;
  const std::vector<AuditEntry> audit = read_audit(*store_, "m", 100).value();
  for (const AuditEntry& entry : audit) events = entry.event + " " + events;
  EXPECT_EQ(events, "firing acknowledged resolved learning ");
}

TEST_F(LimitedWatch, OtherRulesReadTheLogAgain) {
  say(kBegin + 2 * kHourNs, 6, Sentiment::kNegative);
  ASSERT_TRUE(look(*store_, "m", rules_, kBegin + 2 * kHourNs + 6 * kMinuteNs).ok());
  rules_["tea"].windows_ns = {20 * kMinuteNs, 60 * kMinuteNs};
  ASSERT_TRUE(look(*store_, "m", rules_, kBegin + 2 * kHourNs + 11 * kMinuteNs).ok());
  EXPECT_EQ(list_alarms(*store_, "m", 10)->size(), 1u);
  EXPECT_EQ(list_alarms(*store_, "m", 10)->front().fired_count, 1);    // and nothing is told again
  ASSERT_TRUE(look(*store_, "m", rules_, kBegin + 33 * kDayNs).ok());  // long away
  EXPECT_FALSE(list_alarms(*store_, "m", 10)->front().firing);
}

TEST_F(LimitedWatch, TimeNobodyWatchedNeitherResolvesNorFires) {
  const std::int64_t crisis = kBegin + 2 * kHourNs + kMinuteNs;
  say(crisis, 6, Sentiment::kNegative);
  std::vector<Change> live = look(*store_, "m", rules_, crisis + 5 * kMinuteNs).value();
  ASSERT_EQ(live.size(), 1u);
  const Watching always{.always = true};
  const auto look_on = [&](std::int64_t now_ns, const Watching& watching) {
    const auto changes = look(*store_, "m", rules_, now_ns, watching);
    ASSERT_TRUE(changes.ok()) << changes.status().to_string();
    live.insert(live.end(), changes->begin(), changes->end());
  };
  // Away for five hours: it is firing still, and that time is a gap.
  std::int64_t now_ns = crisis + 5 * kHourNs;
  look_on(now_ns, always);
  EXPECT_EQ(standing(), "firing");
  auto gaps = gaps_of(*store_, "m", "tea", 0).value();
  ASSERT_EQ(gaps.size(), 1u);
  EXPECT_EQ(gaps[0].begin_ns, crisis + 5 * kMinuteNs);
  EXPECT_EQ(gaps[0].end_ns, now_ns);
  EXPECT_TRUE(gaps_of(*store_, "m", "tea", now_ns + 1)->empty());
  // Every source is silent: the same, for as long as that lasts.
  Watching blind = always;
  blind.blind_since = [&]() -> Result<std::optional<std::int64_t>> { return std::optional<std::int64_t>(now_ns); };
  for (int i = 0; i < 24; ++i) look_on(now_ns + (i + 1) * 5 * kMinuteNs, blind);
  EXPECT_EQ(standing(), "firing");
  EXPECT_FALSE(gaps_of(*store_, "m", "tea", 0)->back().end_ns.has_value());
  EXPECT_EQ(gaps_of(*store_, "m", "tea", 0)->size(), 2u);  // once, however often it is seen
  now_ns += 2 * kHourNs;
  for (int i = 0; i < 36; ++i) look_on(now_ns + (i + 1) * 5 * kMinuteNs, always);
  EXPECT_NE(standing(), "firing");  // calm that was watched
  const std::int64_t end_ns = monitor_now(*store_, "m").value();
  const auto replayed = replay(rules_, mention_log(*store_, "m", 0, end_ns + 1).value(), end_ns).value();
  EXPECT_EQ(text_of(live), text_of(replayed.changes));
  // Read again from its beginning, the log has the gaps where they were.
  rules_["tea"].windows_ns = {20 * kMinuteNs, 60 * kMinuteNs};
  ASSERT_TRUE(look(*store_, "m", rules_, end_ns + 6 * kMinuteNs).ok());
  EXPECT_EQ(list_alarms(*store_, "m", 10)->front().fired_count, 1);
}

TEST_F(LimitedWatch, WhatCameWhileNobodyLookedIsNoGap) {
  say(kBegin + 3 * kHourNs, 6, Sentiment::kNegative);
  ASSERT_TRUE(look(*store_, "m", rules_, kBegin + 5 * kHourNs, {.always = true}).ok());
  EXPECT_TRUE(gaps_of(*store_, "m", "tea", 0)->empty());
  EXPECT_EQ(list_alarms(*store_, "m", 10)->size(), 1u);
}

// The log as another model reads it has no crisis: the alarm ends, and nothing new is told.
TEST_F(LimitedWatch, AnAlarmThatTheLogDoesNotHaveAnyMoreEnds) {
  const std::int64_t crisis = kBegin + 2 * kHourNs + kMinuteNs;
  say(crisis, 6, Sentiment::kNegative);
  ASSERT_EQ(look(*store_, "m", rules_, crisis + 5 * kMinuteNs)->size(), 1u);
  ASSERT_TRUE(store_
                  ->write([](store::Transaction& transaction) -> Status {
                    YUPU_RETURN_IF_ERROR(
                        transaction.execute("UPDATE monitor_mention SET sentiment = 'neutral'").status());
                    return transaction.execute("UPDATE monitor_detection SET state = 'scored anew'").status();
                  })
                  .ok());
  ASSERT_TRUE(look(*store_, "m", rules_, crisis + 10 * kMinuteNs).ok());
  const auto alarms = list_alarms(*store_, "m", 10).value();
  ASSERT_EQ(alarms.size(), 1u);
  EXPECT_FALSE(alarms[0].firing);
  EXPECT_NE(standing(), "firing");
}

TEST_F(LimitedWatch, SilencesEnd) {
  const Silence wrong{.id = "", .topic = "tea", .begins_ns = 5, .ends_ns = 5, .created_by = "Li", .note = ""};
  EXPECT_EQ(add_silence(*store_, "m", wrong).status().field(), "ends");
  Silence silence = wrong;
  silence.ends_ns = 5 + kSilenceMaxNs + 1;
  EXPECT_EQ(add_silence(*store_, "m", silence).status().field(), "ends");
  silence.ends_ns = 100;
  const std::string id = add_silence(*store_, "m", silence).value();
  EXPECT_EQ(list_silences(*store_, "m", 50)->size(), 1u);
  EXPECT_TRUE(list_silences(*store_, "m", 100)->empty());
  EXPECT_TRUE(end_silence(*store_, "m", id, "Li", 60).ok());
  EXPECT_EQ(end_silence(*store_, "m", id, "Li", 61).code(), Code::kNotFound);
  EXPECT_TRUE(list_silences(*store_, "m", 60)->empty());
}

}  // namespace
}  // namespace yupu::monitor
