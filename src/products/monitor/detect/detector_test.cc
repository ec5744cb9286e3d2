#include "products/monitor/detect/detector.h"

#include <functional>

#include <gtest/gtest.h>

#include "products/monitor/detect/monitor.h"
#include "products/monitor/detect/testing/steady_log.h"

namespace yupu::monitor {
namespace {

using monitor::testing::SteadyLog;
constexpr auto at = SteadyLog::at;

class DetectorTest : public ::testing::Test {
 protected:
  // Runs ten quiet days and what the test has put on top, to the end of day 10.
  Replay run(const SurgeRule& rule = {}) {
    log_.steady(at(0, 0), at(11, 0));
    const Result<Replay> replayed = replay({{"acme", rule}}, log_.events(), at(11, 0));
    EXPECT_TRUE(replayed.ok()) << replayed.status().to_string();
    return *replayed;
  }
  static std::vector<const Change*> to(const Replay& replayed, TopicState state) {
    std::vector<const Change*> found;
    for (const Change& change : replayed.changes) {
      if (change.to == state) found.push_back(&change);
    }
    return found;
  }

  SteadyLog log_{"acme", 11};
};

TEST_F(DetectorTest, ASurgeFiresWithinMinutesAndResolves) {
  log_.burst(at(9, 10), at(9, 11), 8, Sentiment::kNegative);
  const Replay replayed = run();
  const auto firing = to(replayed, TopicState::kFiring);
  ASSERT_EQ(firing.size(), 1u);
  EXPECT_LE(firing[0]->time_ns, at(9, 10) + 20 * kMinuteNs);
  EXPECT_EQ(firing[0]->alarm, "acme@" + std::to_string(firing[0]->time_ns));
  const auto resolved = to(replayed, TopicState::kResolved);
  ASSERT_EQ(resolved.size(), 1u);
  EXPECT_EQ(resolved[0]->alarm, firing[0]->alarm);
  EXPECT_GE(resolved[0]->time_ns, at(9, 11));
  EXPECT_LE(resolved[0]->time_ns, at(9, 13));
  EXPECT_EQ(replayed.changes.back().to, TopicState::kQuiet);
}

TEST_F(DetectorTest, PositiveAndNeutralSurgesRaiseNothing) {
  log_.burst(at(8, 10), at(8, 11), 60, Sentiment::kPositive);
  log_.burst(at(9, 10), at(9, 11), 60, Sentiment::kNeutral);
  const Replay replayed = run();
  EXPECT_TRUE(to(replayed, TopicState::kFiring).empty());
  EXPECT_TRUE(to(replayed, TopicState::kPending).empty());
}

TEST_F(DetectorTest, ThreePublishersMustSpeak) {
  log_.burst(at(9, 10), at(9, 11), 40, Sentiment::kNegative, 1);  // one voice, beside the usual ones
  SurgeRule rule;
  rule.publishers_min = 30;  // more than there are
  const Replay replayed = run(rule);
  EXPECT_TRUE(to(replayed, TopicState::kFiring).empty());
  EXPECT_EQ(to(replayed, TopicState::kPending).size(), 1u) << "the tests pass, the alarm waits";
}

TEST_F(DetectorTest, AHundredReprintsOfOneStoryAreOneStory) {
  log_.reprints(at(9, 10), at(9, 11), 40);
  EXPECT_TRUE(to(run(), TopicState::kFiring).empty());
  SurgeRule every;
  every.series.count_every_document = true;
  SteadyLog again("acme", 11);
  again.reprints(at(9, 10), at(9, 11), 40);
  log_ = again;
  EXPECT_EQ(to(run(every), TopicState::kFiring).size(), 1u);
}

TEST_F(DetectorTest, WhileLearningOnlyTheUsersLimitFires) {
  log_.burst(at(5, 10), at(5, 11), 30, Sentiment::kNegative);
  SteadyLog same = log_;
  const Replay quiet = run();
  EXPECT_TRUE(to(quiet, TopicState::kFiring).empty());
  ASSERT_FALSE(quiet.changes.empty());
  EXPECT_EQ(quiet.changes.front().from, TopicState::kLearning);
  EXPECT_GE(quiet.changes.front().time_ns, at(7, 0));
  log_ = same;
  SurgeRule rule;
  rule.absolute_limit = 150;
  const Replay limited = run(rule);
  const auto firing = to(limited, TopicState::kFiring);
  ASSERT_EQ(firing.size(), 1u);
  EXPECT_EQ(firing[0]->from, TopicState::kLearning);
  EXPECT_EQ(firing[0]->explanation->cause, Cause::kAbsoluteLimit);
  EXPECT_GE(firing[0]->explanation->negative, 150);
  EXPECT_TRUE(verify(*firing[0]->explanation).ok());
}

TEST_F(DetectorTest, ALongCrisisDoesNotBecomeTheNorm) {
  log_.burst(at(8, 6), at(10, 18), 10, Sentiment::kNegative);  // two and a half days
  log_.steady(at(0, 0), at(11, 0));
  const auto made = SurgeMonitor::create({{"acme", SurgeRule{}}}, at(0, 0));
  ASSERT_TRUE(made.ok());
  SurgeMonitor monitor = *made;
  std::vector<Change> changes;
  const auto mean_now = [&] {
    const TopicSeries& series = monitor.find("acme")->series();
    return count_baseline(series, series.head(), 12, BaselineOptions{})->mean;
  };
  double before = 0;
  for (const Event& event : log_.events()) {
    if (before == 0 && event.document.received_ns >= at(8, 5)) before = mean_now();
    ASSERT_TRUE(monitor.take(event, &changes).ok());
    if (event.document.received_ns >= at(10, 17)) break;
  }
  EXPECT_EQ(monitor.find("acme")->state(), TopicState::kFiring) << "it still fires after two days";
  EXPECT_NEAR(mean_now(), before, 0.25 * before);
  EXPECT_EQ(changes.back().to, TopicState::kFiring) << "once, without a break";
}

TEST_F(DetectorTest, TwentyCrossingsInTwoHoursAreOneAlarm) {
  for (std::int64_t i = 0; i < 12; ++i)  // on for five minutes, off for five
    log_.burst(at(9, 10) + 2 * i * SteadyLog::kBucket, at(9, 10) + (2 * i + 1) * SteadyLog::kBucket, 25,
               Sentiment::kNegative);
  EXPECT_EQ(to(run(), TopicState::kFiring).size(), 1u);
}

TEST_F(DetectorTest, WithinTheHourItIsTheSameAlarm) {
  SurgeRule rule;
  rule.windows_ns = {15 * kMinuteNs};
  rule.explained_ns = kHourNs;
  log_.burst(at(9, 10), at(9, 11), 12, Sentiment::kNegative);
  log_.burst(at(9, 12), at(9, 13), 12, Sentiment::kNegative);  // reopens
  log_.burst(at(9, 20), at(9, 21), 12, Sentiment::kNegative);  // another
  const Replay replayed = run(rule);
  const auto firing = to(replayed, TopicState::kFiring);
  ASSERT_EQ(firing.size(), 3u);
  EXPECT_EQ(firing[1]->from, TopicState::kResolved);
  EXPECT_EQ(firing[1]->alarm, firing[0]->alarm);
  EXPECT_NE(firing[2]->alarm, firing[0]->alarm);
}

TEST_F(DetectorTest, TheHoldWaits) {
  log_.burst(at(9, 10), at(9, 11), 12, Sentiment::kNegative);
  SurgeRule rule;
  rule.hold_ns = 15 * kMinuteNs;
  const Replay held = run(rule);
  ASSERT_EQ(to(held, TopicState::kPending).size(), 1u);
  EXPECT_EQ(to(held, TopicState::kFiring).at(0)->time_ns - to(held, TopicState::kPending)[0]->time_ns, rule.hold_ns);
}

TEST_F(DetectorTest, HysteresisKeepsASurgeThatDiesDownSlowly) {
  log_.burst(at(9, 10), at(9, 11), 12, Sentiment::kNegative);
  log_.burst(at(9, 11), at(9, 13), 3, Sentiment::kNegative);
  SteadyLog same = log_;
  SurgeRule rule;
  rule.windows_ns = {15 * kMinuteNs};
  rule.explained_ns = kHourNs;
  rule.release_ratio = 1;
  const Replay strict = run(rule);
  log_ = same;
  rule.release_ratio = 0.1;
  const Replay slow = run(rule);
  EXPECT_LT(to(strict, TopicState::kResolved).at(0)->time_ns, to(slow, TopicState::kResolved).at(0)->time_ns);
}

TEST_F(DetectorTest, AGapNeitherFiresNorResolves) {
  log_.burst(at(9, 10), at(9, 11), 12, Sentiment::kNegative);
  log_.gap(at(9, 10) + 40 * kMinuteNs, at(9, 16));
  const Replay replayed = run();
  ASSERT_EQ(to(replayed, TopicState::kFiring).size(), 1u);
  ASSERT_EQ(to(replayed, TopicState::kResolved).size(), 1u);
  EXPECT_GT(to(replayed, TopicState::kResolved)[0]->time_ns, at(9, 16)) << "silence is not calm";
  SteadyLog other("acme", 12);
  other.gap(at(9, 9), at(9, 12));
  other.burst(at(9, 10), at(9, 11), 12, Sentiment::kNegative);
  log_ = other;
  const Replay silent = run();
  for (const Change* change : to(silent, TopicState::kFiring))
    EXPECT_LT(change->time_ns, at(9, 9)) << "what arrives in a gap is not judged";
}

TEST_F(DetectorTest, TheExplanationComputesToItsOwnValues) {
  log_.burst(at(9, 10), at(9, 11), 12, Sentiment::kNegative);
  const Replay replayed = run();
  const Explanation why = *to(replayed, TopicState::kFiring).at(0)->explanation;
  EXPECT_TRUE(verify(why).ok()) << verify(why).to_string();
  EXPECT_GE(why.first_seen_ns, why.time_ns - why.window_ns);
  EXPECT_LT(why.first_seen_ns, why.time_ns);
  EXPECT_GE(why.publishers.size(), 3u);
  EXPECT_EQ(static_cast<std::int64_t>(why.stories.size()), why.negative);
  EXPECT_EQ(why.series.size(), 72u);
  EXPECT_GT(why.series.back().negative, why.series.back().band.high);
  const auto again = explanation_from_json(*parse_json(to_text(to_json(why))), "alarm");
  ASSERT_TRUE(again.ok()) << again.status().to_string();
  EXPECT_TRUE(verify(*again).ok());
  EXPECT_EQ(to_text(to_json(*again)), to_text(to_json(why)));
  const auto differs = [&](const std::function<void(Explanation&)>& change) {
    Explanation changed = why;
    change(changed);
    return verify(changed).field();
  };
  EXPECT_EQ(differs([](Explanation& e) { e.test->log10_count_tail += 1e-15 * e.test->log10_count_tail; }),
            "log10_count_tail");
  EXPECT_EQ(differs([](Explanation& e) { e.test->share.rho += 1e-9; }), "log10_share_tail");
  EXPECT_EQ(differs([](Explanation& e) { ++e.series.back().negative; }), "negative");
  EXPECT_EQ(differs([](Explanation& e) { ++e.series.front().band.high; }), "series");
  EXPECT_EQ(differs([](Explanation& e) { e.threshold_micro = e.test->score_micro + 1; }), "threshold_micro");
  EXPECT_EQ(differs([](Explanation& e) { e.publishers.clear(); }), "publishers");
}

TEST(SurgeRuleTest, RefusesByField) {
  const auto field_of = [](const std::function<void(SurgeRule&)>& change) {
    SurgeRule rule;
    change(rule);
    return rule.validate().field();
  };
  EXPECT_EQ(field_of([](SurgeRule&) {}), "");
  EXPECT_EQ(field_of([](SurgeRule& r) { r.windows_ns = {}; }), "windows_ns");
  EXPECT_EQ(field_of([](SurgeRule& r) { r.windows_ns = {7 * kMinuteNs}; }), "windows_ns");
  EXPECT_EQ(field_of([](SurgeRule& r) { r.windows_ns = {kHourNs, kHourNs}; }), "windows_ns");
  EXPECT_EQ(field_of([](SurgeRule& r) { r.threshold.alarms_per_week = 0; }), "alarms_per_week");
  EXPECT_EQ(field_of([](SurgeRule& r) { r.baseline.learning_ns = kDayNs; }), "learning_ns");
  EXPECT_EQ(field_of([](SurgeRule& r) { r.baseline.local_ns = -1; }), "local_ns");
  EXPECT_EQ(field_of([](SurgeRule& r) { r.series.history_ns = 10 * kDayNs; }), "history_ns");
  EXPECT_EQ(field_of([](SurgeRule& r) { r.release_ratio = 1.5; }), "release_ratio");
  EXPECT_EQ(field_of([](SurgeRule& r) { r.absolute_limit = 0; }), "absolute_limit");
}

}  // namespace
}  // namespace yupu::monitor
