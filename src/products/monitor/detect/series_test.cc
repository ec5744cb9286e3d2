#include "products/monitor/detect/series.h"

#include <functional>

#include <gtest/gtest.h>

namespace yupu::monitor {
namespace {

constexpr std::int64_t kStart = 1'700'000'100 * kSecondNs;  // on a 5-minute bucket's edge
constexpr std::int64_t kBucket = 5 * kMinuteNs;

class SeriesTest : public ::testing::Test {
 protected:
  Result<bool> add(std::int64_t time_ns, std::uint64_t story, std::uint64_t publisher = 1,
                   Sentiment sentiment = Sentiment::kNegative) {
    return series_.add({.topic = "acme",
                        .time_ns = time_ns,
                        .received_ns = now_ns_,
                        .sentiment = sentiment,
                        .story = story,
                        .publisher = publisher});
  }
  void advance(std::int64_t buckets) {
    for (std::int64_t i = 0; i < buckets; ++i) series_.advance(now_ns_ += kBucket);
  }
  const Bucket& bucket_at(std::int64_t time_ns) { return series_.at(series_.bucket_of(time_ns)); }

  std::int64_t now_ns_ = kStart;
  TopicSeries series_{SeriesOptions{}, kStart};
};

TEST_F(SeriesTest, CountsByWhenItWasPublished) {
  advance(1);
  const std::int64_t begin = now_ns_;
  ASSERT_TRUE(*add(begin, 1));
  advance(6);
  ASSERT_TRUE(*add(begin + 2 * kBucket, 2, 1, Sentiment::kNeutral));
  ASSERT_TRUE(*add(begin + kBucket - 1, 3, 2));  // the first bucket's last ns, half an hour late
  ASSERT_TRUE(*add(begin + kBucket, 4, 2));
  EXPECT_EQ(bucket_at(begin).total, 2);
  EXPECT_EQ(bucket_at(begin).negative, 2);
  EXPECT_EQ(bucket_at(begin + kBucket).negative, 1);
  EXPECT_EQ(bucket_at(begin + 2 * kBucket).total, 1);
  EXPECT_EQ(bucket_at(begin + 2 * kBucket).negative, 0);
  const std::int64_t first = series_.bucket_of(begin);
  EXPECT_EQ(series_.publishers(first, first + 3), (std::vector<std::uint64_t>{1, 2}));
  EXPECT_EQ(series_.detail(first).stories, (std::vector<std::uint64_t>{1, 3}));
  EXPECT_EQ(series_.detail(first).first_negative_ns, begin);
  const WindowCount window = series_.count(first, first + 3);
  EXPECT_EQ(window.total, 4);
  EXPECT_EQ(window.negative, 3);
  EXPECT_FALSE(window.gap);
}

TEST_F(SeriesTest, AStoryCountsOnceUnderItsFirstPublisher) {
  advance(1);
  ASSERT_TRUE(*add(now_ns_, 7, 1));
  EXPECT_FALSE(*add(now_ns_, 7, 2));
  EXPECT_FALSE(*add(now_ns_, 7, 1));  // delivered twice
  advance(12);
  EXPECT_FALSE(*add(now_ns_, 7, 3));
  const std::int64_t end = series_.head() + 1;
  EXPECT_EQ(series_.count(end - 13, end).negative, 1);
  EXPECT_EQ(series_.publishers(end - 13, end), (std::vector<std::uint64_t>{1}));
  advance(3 * 288);  // forgotten after story_memory_ns
  EXPECT_TRUE(*add(now_ns_, 7, 3));
}

TEST_F(SeriesTest, EveryDocumentCountsWhenAskedTo) {
  SeriesOptions options;
  options.count_every_document = true;
  series_ = TopicSeries(options, kStart);
  for (const std::uint64_t publisher : {1, 2, 2}) ASSERT_TRUE(*add(now_ns_, 7, publisher));
  EXPECT_EQ(bucket_at(kStart).negative, 3);
  EXPECT_EQ(series_.detail(series_.head()).publishers.size(), 2u);
}

TEST_F(SeriesTest, RefusesWhatIsOutOfTime) {
  advance(30);
  const auto refused = [&](std::int64_t time_ns) {
    const Result<bool> result = add(time_ns, 99);
    EXPECT_FALSE(result.ok());
    EXPECT_EQ(result.status().code(), Code::kInvalidArgument);
    EXPECT_EQ(result.status().field(), "time_ns");
  };
  refused(-1);
  refused(INT64_MIN);
  refused(0);                                // 1970, the date of feeds without one
  refused(now_ns_ - 2 * kHourNs - kBucket);  // sealed
  refused(now_ns_ + 10 * kMinuteNs + 1);     // beyond future_ns
  EXPECT_EQ(series_.count(series_.first(), series_.head() + 1).total, 0);
  EXPECT_TRUE(*add(now_ns_ - 2 * kHourNs, 99));      // the oldest that is not sealed; 99 was not remembered
  EXPECT_TRUE(*add(now_ns_ + 10 * kMinuteNs, 100));  // a clock that is off: now
  EXPECT_EQ(series_.at(series_.head()).total, 1);
}

TEST_F(SeriesTest, GapsAndFrozenBucketsAreNotUsable) {
  EXPECT_TRUE(series_.at(series_.head()).gap) << "the bucket it began in was seen in part";
  advance(11);
  EXPECT_EQ(series_.usable_count(), 10);
  series_.freeze(series_.head() - 3, series_.head());
  EXPECT_EQ(series_.usable_count(), 7);
  series_.open_gap(now_ns_ - 5 * kBucket);  // known late: five closed buckets and the open one
  EXPECT_EQ(series_.usable_count(), 5);
  advance(2);
  EXPECT_EQ(series_.usable_count(), 5);
  series_.close_gap();
  EXPECT_TRUE(series_.at(series_.head()).gap);
  advance(2);
  EXPECT_EQ(series_.usable_count(), 6);
  EXPECT_TRUE(series_.count(series_.head() - 4, series_.head()).gap);
  EXPECT_FALSE(series_.count(series_.head() - 1, series_.head()).gap);
  EXPECT_TRUE(series_.count(series_.first() - 1, series_.first()).gap) << "before the series nobody looked";
}

TEST_F(SeriesTest, KeepsItsHistoryAndNoMore) {
  advance(40 * 288);
  EXPECT_EQ(series_.head() - series_.first() + 1, 29 * 288);
  EXPECT_EQ(series_.usable_count(), 29 * 288 - 1);
}

TEST_F(SeriesTest, StateComesBackWhole) {
  advance(3);
  for (std::uint64_t story = 0; story < 40; ++story) {
    const auto sentiment = story % 3 == 0 ? Sentiment::kNegative : Sentiment::kPositive;
    ASSERT_TRUE(
        add(now_ns_ - static_cast<std::int64_t>(story) * kMinuteNs / 5, story, UINT64_MAX - story % 5, sentiment).ok());
  }
  series_.freeze(series_.head() - 1, series_.head());
  series_.open_gap(now_ns_);
  const Json json = *parse_json(to_text(series_.to_json()));
  const auto again = TopicSeries::from_json(json, "series", SeriesOptions{});
  ASSERT_TRUE(again.ok()) << again.status().to_string();
  EXPECT_EQ(to_text(again->to_json()), to_text(json));
  EXPECT_EQ(again->usable_count(), series_.usable_count());
  EXPECT_EQ(again->head(), series_.head());
}

TEST_F(SeriesTest, DamagedStateNamesTheMember) {
  advance(3);
  ASSERT_TRUE(*add(now_ns_, 1));
  ASSERT_TRUE(*add(now_ns_, 2));
  const Json good = *parse_json(to_text(series_.to_json()));
  const auto field_of = [&](const std::function<void(Json&)>& damage) {
    Json json = good;
    damage(json);
    const auto result = TopicSeries::from_json(json, "series", SeriesOptions{});
    return result.ok() ? std::string("accepted") : result.status().field();
  };
  EXPECT_EQ(field_of([](Json& json) { json["buckets"][0][1] = 5; }),
            "series.buckets");  // more negatives than documents
  EXPECT_EQ(field_of([](Json& json) { json["buckets"][0] = Json::array({1, 2}); }), "series.buckets");
  EXPECT_EQ(field_of([](Json& json) { json["buckets"] = Json::array(); }), "series.buckets");
  EXPECT_EQ(field_of([](Json& json) { json["bucket_ns"] = kMinuteNs; }), "series.bucket_ns");
  EXPECT_EQ(field_of([](Json& json) { json.erase("first"); }), "series.first");
  EXPECT_EQ(field_of([](Json& json) { json["first"] = -1; }), "series.first");
  EXPECT_EQ(field_of([](Json& json) { json["details"].erase(0); }), "series.details");
  EXPECT_EQ(field_of([](Json& json) {
              json["details"].back()["publishers"] = {3, 1};
            }),
            "series.details[24].publishers");
  EXPECT_EQ(field_of([](Json& json) { json["stories"][1] = json["stories"][0]; }), "series.stories");
  EXPECT_EQ(field_of([](Json& json) { json["story_heads"][0] = UINT64_MAX; }), "series.story_heads");
  EXPECT_EQ(field_of([](Json& json) { json["gap_open"] = 1; }), "series.gap_open");
  EXPECT_EQ(field_of([](Json& json) { json["more"] = 1; }), "series.more");
}

TEST(SeriesOptionsTest, RefusesByField) {
  const auto field_of = [](const std::function<void(SeriesOptions&)>& change) {
    SeriesOptions options;
    change(options);
    return options.validate().field();
  };
  EXPECT_EQ(field_of([](SeriesOptions&) {}), "");
  EXPECT_EQ(field_of([](SeriesOptions& o) { o.bucket_ns = 7 * kMinuteNs; }), "bucket_ns");
  EXPECT_EQ(field_of([](SeriesOptions& o) { o.lateness_ns = -1; }), "lateness_ns");
  EXPECT_EQ(field_of([](SeriesOptions& o) { o.story_memory_ns = kHourNs; }), "story_memory_ns");
  EXPECT_EQ(field_of([](SeriesOptions& o) { o.history_ns = kDayNs; }), "history_ns");
}

}  // namespace
}  // namespace yupu::monitor
