// What is counted by the hour and by the day beside the buckets: on every engine (tests/CMakeLists.txt).
#include "products/monitor/documents/latency.h"

#include <algorithm>
#include <optional>

#include <gtest/gtest.h>

#include "base/rng.h"
#include "products/monitor/documents/counts.h"
#include "products/monitor/documents/days.h"
#include "products/monitor/documents/measured_intake.h"
#include "store/testing.h"

namespace yupu::monitor {
namespace {

constexpr std::int64_t kNow = 20'000 * kDayNs + kHourNs;

class IntakeTallies : public ::testing::Test {
 protected:
  void SetUp() override { store_ = store::open_store(yupu::testing::fresh_url()).value(); }

  IncomingDocument document(const std::string& text, std::optional<std::int64_t> published_ns) {
    return {.source = "feed",
            .guid = std::to_string(++documents_),
            .url = {},
            .title = {},
            .text = text,
            .publisher = "paper " + std::to_string(documents_ % 7),
            .published_ns = published_ns,
            .received_ns = clock_.now_ns(),
            .sentiment = documents_ % 3 == 0 ? Sentiment::kNegative : Sentiment::kPositive};
  }
  // Received now, counted `after_ns` later.
  void take(std::vector<IncomingDocument> documents, std::int64_t after_ns = 0) {
    Batch batch{.source = "feed", .position_before = position_, .position = position_ + "x", .documents = {}};
    for (IncomingDocument& one : documents) batch.documents.push_back(make_ready(std::move(one), topics_).value());
    clock_.advance_ns(after_ns);
    const auto outcomes = take_measured_batch(*store_, "m", batch, clock_);
    ASSERT_TRUE(outcomes.ok()) << outcomes.status().to_string();
    position_ = batch.position;
  }
  LatencySpan span(std::size_t index, std::int64_t hours = 24) {
    return latency_spans(*store_, "m", hours, clock_.now_ns()).value()[index];
  }

  const TopicDictionary topics_ = TopicDictionary::create({{"tea", {}}, {"water", {}}}).value();
  FakeClock clock_{kNow};
  std::unique_ptr<store::Store> store_;
  std::string position_;
  int documents_ = 0;
};

TEST(Latency, BinsHoldWhatIsAtMostTheirBound) {
  EXPECT_EQ(latency_bin(0), 0u);
  EXPECT_EQ(kLatencyBoundsMs[latency_bin(10)], 10);
  EXPECT_EQ(kLatencyBoundsMs[latency_bin(11)], 20);
  EXPECT_EQ(kLatencyBoundsMs[latency_bin(INT64_MAX)], kLatencyBoundsMs.back());
  EXPECT_TRUE(std::is_sorted(kLatencyBoundsMs.begin(), kLatencyBoundsMs.end()));
}

TEST_F(IntakeTallies, EachDocumentThatCountsIsMeasuredOnce) {
  const std::int64_t published = clock_.now_ns() - 10 * kMinuteNs;
  std::vector<IncomingDocument> documents = {document("tea one and water", published), document("tea two", published),
                                             document("tea three", std::nullopt), document("coffee", published)};
  const std::vector<IncomingDocument> again = {documents[0], documents[1]};
  take(documents, 4 * kSecondNs);
  EXPECT_EQ(span(0).count, 2) << "nobody says when the third was published";
  EXPECT_EQ(span(0).p50_ms, 600'000);
  EXPECT_EQ(span(1).count, 3);
  EXPECT_EQ(span(1).mean_ms, 4000);
  EXPECT_EQ(span(1).p99_ms, 5000) << "at most";
  EXPECT_EQ(span(2).p50_ms, 900'000) << "604 seconds";
  // Delivered again, or too late to count: no document to measure.
  take(again, kMinuteNs);
  take({document("tea four", clock_.now_ns() - 3 * kHourNs)});
  EXPECT_EQ(span(1).count, 3);
  // A clock that is ahead of ours took nothing.
  take({document("tea five", clock_.now_ns() + kMinuteNs)});
  EXPECT_EQ(span(0).count, 3);
  EXPECT_EQ(span(1).count, 4);
  EXPECT_EQ(span(1).p50_ms, 5000);
}

TEST_F(IntakeTallies, HoursAreForgottenAsDocumentsAre) {
  take({document("tea one", clock_.now_ns())});
  clock_.advance_ns(36 * kDayNs);
  EXPECT_EQ(span(1, 24 * 40).count, 1);
  take({document("tea two", clock_.now_ns())});
  EXPECT_EQ(span(1, 24 * 40).count, 1);
  EXPECT_EQ(span(3).to_text(), "notice   nothing");
  EXPECT_EQ(span(1).to_text(),
            "intake          1: half within 0.01 s, 95 of 100 within 0.01 s, 99 within 0.01 s, all within 0.01 s");
}

// Asked by days or by buckets, any stretch of time has the same sums.
TEST_F(IntakeTallies, DaysAreTheSumsOfTheirBuckets) {
  Rng rng(7);
  for (int i = 0; i < 60; ++i) {
    std::vector<IncomingDocument> documents;
    for (std::uint64_t n = rng.below(4); n > 0; --n)
      documents.push_back(
          document((n % 2 == 0 ? "tea of the number " : "tea and water of ") + std::to_string(documents_),
                   clock_.now_ns() - static_cast<std::int64_t>(rng.below(kHourNs))));
    take(std::move(documents));
    clock_.advance_ns(static_cast<std::int64_t>(rng.below(4 * kHourNs)));
  }
  for (int i = 0; i < 200; ++i) {
    const std::int64_t begin = kNow - kDayNs + static_cast<std::int64_t>(rng.below(6 * kDayNs));
    const std::int64_t end = begin + static_cast<std::int64_t>(rng.below(5 * kDayNs));
    const std::string topic = i % 2 == 0 ? "tea" : "water";
    const TopicCount count = count_topic(*store_, "m", topic, begin, end).value();
    const TopicSum sum = sum_topic(*store_, "m", topic, begin, end).value();
    EXPECT_EQ(sum.total, count.total) << begin << " " << end;
    EXPECT_EQ(sum.negative, count.negative);
    EXPECT_EQ(sum.positive, count.positive);
    EXPECT_EQ(sum.publishers, count.publishers);
  }
  EXPECT_GT(sum_topic(*store_, "m", "tea", 0, INT64_MAX)->total, 60);
  EXPECT_EQ(sum_topic(*store_, "m", "tea", kNow + kDayNs, kNow)->total, 0);
}

}  // namespace
}  // namespace yupu::monitor
