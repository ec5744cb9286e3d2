#include "products/monitor/detect/baseline.h"

#include <algorithm>
#include <cmath>

#include <gtest/gtest.h>

#include "base/rng.h"
#include "products/monitor/detect/tails.h"
#include "products/monitor/detect/threshold.h"

namespace yupu::monitor {
namespace {

constexpr std::int64_t kBucket = 5 * kMinuteNs;
constexpr std::int64_t kBegin = 19'000 * kDayNs;

// A series of 15 days; count(bucket of the day, day) says how many documents, negative(...) how many of them.
template <class Total, class Negative>
TopicSeries fifteen_days(Total total, Negative negative) {
  SeriesOptions options;
  TopicSeries series(options, kBegin);
  std::uint64_t story = 0;
  for (std::int64_t i = 0; i < 15 * 288; ++i) {
    const std::int64_t now = kBegin + i * kBucket;
    series.advance(now);
    const std::int64_t all = total(i % 288, i / 288);
    const std::int64_t bad = std::min<std::int64_t>(all, negative(i % 288, i / 288));
    for (std::int64_t d = 0; d < all; ++d)
      EXPECT_TRUE(series
                      .add({.topic = "t",
                            .time_ns = now,
                            .received_ns = now,
                            .sentiment = d < bad ? Sentiment::kNegative : Sentiment::kPositive,
                            .story = ++story})
                      .ok());
  }
  return series;
}

TEST(Baseline, KnowsTheTimeOfDay) {
  const auto series = fifteen_days([](std::int64_t slot, std::int64_t) { return slot < 144 ? 4 : 40; },
                                   [](std::int64_t slot, std::int64_t) { return slot < 144 ? 1 : 10; });
  const std::int64_t day = series.bucket_of(kBegin) + 14 * 288;
  EXPECT_NEAR(count_baseline(series, day + 60, 3, {})->mean, 3, 0.1);
  EXPECT_NEAR(count_baseline(series, day + 200, 3, {})->mean, 30, 0.1);
  EXPECT_NEAR(share_baseline(series, day + 200, 3, {})->share, 0.25, 0.01);
}

TEST(Baseline, OneWildDayDoesNotMoveIt) {
  Rng random(1);
  const auto usual = [&](std::int64_t, std::int64_t) { return static_cast<std::int64_t>(random.below(5)); };
  const auto series =
      fifteen_days([](std::int64_t, std::int64_t day) { return day == 9 ? 500 : 20; },
                   [&](std::int64_t slot, std::int64_t day) { return day == 9 ? 400 : usual(slot, day); });
  const std::int64_t end = series.head() - 100;
  const auto count = count_baseline(series, end, 12, {});
  EXPECT_NEAR(count->mean, 24, 4);
  EXPECT_LT(count->alpha, 0.1);
  EXPECT_NEAR(share_baseline(series, end, 12, {})->share, 0.1, 0.05);
}

TEST(Baseline, WeekendsAreJudgedByWeekends) {
  // kBegin is a Saturday, and a day begins at 16:00 UTC there.
  const auto series =
      fifteen_days([](std::int64_t, std::int64_t) { return 20; },
                   [](std::int64_t slot, std::int64_t day) { return (day * 288 + slot + 96) / 288 % 7 < 2 ? 2 : 10; });
  const auto mean_at = [&](std::int64_t day) {
    return count_baseline(series, series.bucket_of(kBegin) + day * 288 + 147, 3, {})->mean;
  };
  EXPECT_NEAR(mean_at(14), 6, 0.2) << "a Saturday, by four days of two weekends";
  EXPECT_NEAR(mean_at(13), 30, 0.2) << "a Friday";
  EXPECT_GT(mean_at(8), 20) << "a Sunday after three such days, too few to go by: by all days";
}

TEST(Baseline, AtLowCountsTheMeanIsTheMean) {
  Rng random(2);
  const auto series = fifteen_days([](std::int64_t, std::int64_t) { return 3; },
                                   [&](std::int64_t, std::int64_t) { return random.uniform() < 0.1 ? 1 : 0; });
  const auto count = count_baseline(series, series.head(), 3, {});
  EXPECT_NEAR(count->mean, 0.3, 0.15) << "where the median of the counts is 0";
  EXPECT_GT(count->mean, 0);
}

// A share that wanders for hours: 20 documents a bucket, 2 and 10 of them negative for four hours each.
TopicSeries wandering() {
  return fifteen_days([](std::int64_t, std::int64_t) { return 20; },
                      [](std::int64_t slot, std::int64_t) { return slot / 48 % 2 == 0 ? 2 : 10; });
}

TEST(Baseline, TheHourBeforeSaysWhereAWanderingShareIs) {
  const auto series = wandering();
  const std::int64_t day = series.bucket_of(kBegin) + 14 * 288;
  const BaselineOptions usual{.local_ns = 0};
  const auto expected = [&](std::int64_t slot, const BaselineOptions& options) {
    return *share_baseline(series, day + slot, 3, options);
  };
  EXPECT_NEAR(expected(45, usual).share, 0.3, 0.02);
  EXPECT_NEAR(expected(93, usual).share, 0.3, 0.02);
  // The window ends 45 buckets into the four hours; the hour before it is in them.
  const ShareBaseline low = expected(45, {}), high = expected(93, {});
  EXPECT_LT(low.share, 0.22);
  EXPECT_GT(high.share, 0.38);
  EXPECT_LT(low.rho, 0.8 * expected(45, usual).rho) << "what is left to chance is less";
  // 30 of 60 are no wonder after an hour of them, and one after an hour of few.
  EXPECT_LT(log10_tail_beta_binomial(30, 60, low.share, low.rho),
            log10_tail_beta_binomial(30, 60, high.share, high.rho) - 0.5);
}

TEST(Baseline, TheLongestWindowKeepsTheTwoWeeks) {
  const auto series = wandering();
  const std::int64_t end = series.bucket_of(kBegin) + 14 * 288 + 45;
  const auto with = share_baseline(series, end, 12, {}), without = share_baseline(series, end, 12, {.local_ns = 0});
  EXPECT_EQ(with->share, without->share);
  EXPECT_EQ(with->rho, without->rho);
}

TEST(Baseline, AnHourWithAGapOrACrisisSaysNothing) {
  auto series = wandering();
  const std::int64_t end = series.head() - 3;
  const ShareBaseline before = *share_baseline(series, end, 3, {});
  const ShareBaseline usual = *share_baseline(series, end, 3, {.local_ns = 0});
  EXPECT_NE(before.share, usual.share);
  series.freeze(end - 8, end - 7);
  EXPECT_EQ(share_baseline(series, end, 3, {})->share, share_baseline(series, end, 3, {.local_ns = 0})->share);
}

// Thirty minutes of the surge have gone by: the hour that a window of 15 is compared with ends before them.
TEST(Baseline, ASurgeAsLongAsTwoWindowsIsNotInTheHour) {
  const auto series = [](std::int64_t surge_from) {
    return fifteen_days([](std::int64_t, std::int64_t) { return 20; },
                        [=](std::int64_t slot, std::int64_t day) {
                          const bool is_surge = day == 14 && slot >= surge_from;
                          return is_surge ? 18 : slot / 48 % 2 == 0 ? 2 : 10;
                        });
  };
  const TopicSeries calm = series(288), surged = series(276);
  const auto share = [](const TopicSeries& of, std::int64_t slot) {
    return share_baseline(of, of.bucket_of(kBegin) + 14 * 288 + slot, 3, {})->share;
  };
  EXPECT_EQ(share(surged, 282), share(calm, 282));
  EXPECT_GT(share(surged, 285), share(calm, 285)) << "after that it is";
}

TEST(Baseline, WhereNothingWandersTheHourBeforeIsChance) {
  Rng random(6);
  const auto series = fifteen_days([](std::int64_t, std::int64_t) { return 20; },
                                   [&](std::int64_t, std::int64_t) {
                                     std::int64_t negative = 0;
                                     for (int i = 0; i < 20; ++i) negative += random.below(5) == 0 ? 1 : 0;
                                     return negative;
                                   });
  for (std::int64_t end = series.head() - 288; end < series.head(); end += 24) {
    const auto local = share_baseline(series, end, 3, {}), usual = share_baseline(series, end, 3, {.local_ns = 0});
    EXPECT_NEAR(local->share, usual->share, 0.02) << end;
    EXPECT_LE(local->rho, usual->rho);
  }
}

TEST(Baseline, NeedsTwoDaysAndSkipsGaps) {
  TopicSeries series(SeriesOptions{}, kBegin);
  for (std::int64_t i = 1; i <= 287; ++i) series.advance(kBegin + i * kBucket);
  EXPECT_FALSE(count_baseline(series, series.head(), 3, {}).has_value());
  EXPECT_FALSE(share_baseline(series, series.head(), 3, {}).has_value()) << "no document yet";
  auto whole = fifteen_days([](std::int64_t, std::int64_t) { return 8; }, [](std::int64_t, std::int64_t) { return 2; });
  const std::int64_t references = count_baseline(whole, whole.head(), 3, {})->reference_count;
  whole.freeze(whole.head() - 3 * 288, whole.head() - 288);
  EXPECT_LT(count_baseline(whole, whole.head(), 3, {})->reference_count, references);
}

TEST(Baseline, TheBandHoldsWhatItPromises) {
  const CountBaseline baseline{.mean = 12, .alpha = 0.1, .reference_count = 50};
  const Band band = expected_band(baseline, 0.01);
  EXPECT_LE(log10_tail_negative_binomial(band.high + 1, 12, 0.1), -2);
  EXPECT_GT(log10_tail_negative_binomial(band.high, 12, 0.1), -2);
  EXPECT_GE(band.low, 1);
  EXPECT_LT(band.low, 12);
  EXPECT_EQ(expected_band({.mean = 0.01, .alpha = 0, .reference_count = 1}, 0.01).low, 0);
}

TEST(PeakThresholdTest, FewerPromisedAlarmsMeanAHigherThreshold) {
  const auto learned = [](double alarms_per_week, double scale) {
    ThresholdOptions options;
    options.alarms_per_week = alarms_per_week;
    PeakThreshold threshold(options);
    Rng random(3);
    for (std::int64_t bucket = 0; bucket < 4 * 2016; ++bucket)
      threshold.observe(bucket, std::llround(-std::log(1 - random.uniform()) * scale * 1e6));
    return threshold.threshold_micro();
  };
  EXPECT_GT(learned(0.01, 0.6), learned(0.1, 0.6));
  EXPECT_GT(learned(0.1, 0.9), learned(0.1, 0.6)) << "a wilder topic has the higher one";
  // Exponential scores, 2016 a week: exceeded 0.1 times a week at scale ln(20160).
  EXPECT_NEAR(static_cast<double>(learned(0.1, 0.6)) * 1e-6, 0.6 * std::log(20160), 0.8);
}

TEST(PeakThresholdTest, ThePromiseIsKeptOnAverageOverTopicsThatFewPeaksTellOf) {
  // 2,000 topics with exponential scores; how often each is beyond the threshold that its first week taught is known.
  ThresholdOptions options;
  options.cluster_buckets = 1;
  options.prior_count = 1;
  constexpr double kScale = 0.45;
  double alarms_per_week = 0;
  constexpr int kTopics = 2000;
  Rng random(5);
  for (int topic = 0; topic < kTopics; ++topic) {
    PeakThreshold threshold(options);
    for (std::int64_t bucket = 0; bucket < 2016; ++bucket)
      threshold.observe(bucket, std::llround(-std::log(1 - random.uniform()) * kScale * 1e6));
    alarms_per_week += 2016 * std::exp(-static_cast<double>(threshold.threshold_micro()) * 1e-6 / kScale) / kTopics;
  }
  EXPECT_LT(alarms_per_week, 0.125);
  EXPECT_GT(alarms_per_week, 0.05);
}

TEST(PeakThresholdTest, ACrisisDoesNotTeachMoreThanTheThreshold) {
  ThresholdOptions options;
  PeakThreshold calm(options);
  PeakThreshold shaken(options);
  Rng random(4);
  for (std::int64_t bucket = 0; bucket < 2016; ++bucket) {
    const auto score = std::llround(-std::log(1 - random.uniform()) * 0.5e6);
    calm.observe(bucket, score);
    shaken.observe(bucket, bucket == 1000 ? 300'000'000 : score);
  }
  EXPECT_NEAR(static_cast<double>(shaken.threshold_micro()), static_cast<double>(calm.threshold_micro()), 0.3e6);
  const Json json = *parse_json(to_text(shaken.to_json()));
  const auto again = PeakThreshold::from_json(json, "threshold", options);
  ASSERT_TRUE(again.ok()) << again.status().to_string();
  EXPECT_EQ(again->threshold_micro(), shaken.threshold_micro());
}

}  // namespace
}  // namespace yupu::monitor
