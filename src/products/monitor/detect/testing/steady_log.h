// A log for tests: a topic that speaks evenly, 8 documents a bucket of which 1 in 5 is negative, of 20 publishers; and
// what a test puts on top of it.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

#include "base/rng.h"
#include "products/monitor/detect/monitor.h"

namespace yupu::monitor::testing {

class SteadyLog {
 public:
  static constexpr std::int64_t kBucket = 5 * kMinuteNs;
  static constexpr std::int64_t kBegin = 19'000 * kDayNs;

  SteadyLog(std::string topic, std::uint64_t seed) : topic_(std::move(topic)), random_(seed) {}

  static std::int64_t at(std::int64_t day, std::int64_t hour) { return kBegin + day * kDayNs + hour * kHourNs; }

  void steady(std::int64_t begin_ns, std::int64_t end_ns) {
    for (std::int64_t bucket = begin_ns; bucket < end_ns; bucket += kBucket) {
      for (std::uint64_t i = 4 + random_.below(9); i > 0; --i)
        put(bucket, random_.below(5) == 0 ? Sentiment::kNegative : Sentiment::kNeutral, random_.below(20));
    }
  }

  // `per_bucket` more documents of one sentiment, by turns of `publishers` publishers.
  void burst(std::int64_t begin_ns, std::int64_t end_ns, std::int64_t per_bucket, Sentiment sentiment,
             std::uint64_t publishers = 6) {
    for (std::int64_t bucket = begin_ns; bucket < end_ns; bucket += kBucket) {
      for (std::int64_t i = 0; i < per_bucket; ++i) put(bucket, sentiment, static_cast<std::uint64_t>(i) % publishers);
    }
  }

  void reprints(std::int64_t begin_ns, std::int64_t end_ns, std::int64_t per_bucket) {
    const std::uint64_t story = ++story_;
    for (std::int64_t bucket = begin_ns; bucket < end_ns; bucket += kBucket) {
      for (std::int64_t i = 0; i < per_bucket; ++i) {
        put(bucket, Sentiment::kNegative, static_cast<std::uint64_t>(i));
        events_.back().document.story = story;
      }
    }
  }

  void gap(std::int64_t begin_ns, std::int64_t end_ns) {
    events_.push_back(
        {.kind = Event::Kind::kGapBegin, .document = {.topic = topic_, .time_ns = begin_ns, .received_ns = begin_ns}});
    events_.push_back({.kind = Event::Kind::kGapEnd, .document = {.topic = topic_, .received_ns = end_ns}});
  }

  // Each document a second time, and some published up to an hour before they were received.
  void disorder() {
    const std::size_t count = events_.size();
    for (std::size_t i = 0; i < count; ++i) {
      if (events_[i].kind != Event::Kind::kDocument) continue;
      if (random_.below(20) == 0) events_[i].document.received_ns += static_cast<std::int64_t>(random_.below(kHourNs));
      if (random_.below(10) == 0) {
        events_.push_back(events_[i]);
        events_.back().document.received_ns += static_cast<std::int64_t>(random_.below(kHourNs));
      }
    }
  }

  std::vector<Event> events() const {  // in the order received
    std::vector<Event> sorted = events_;
    std::stable_sort(sorted.begin(), sorted.end(),
                     [](const Event& a, const Event& b) { return a.document.received_ns < b.document.received_ns; });
    return sorted;
  }

 private:
  void put(std::int64_t bucket_ns, Sentiment sentiment, std::uint64_t publisher) {
    const std::int64_t time_ns = bucket_ns + static_cast<std::int64_t>(random_.below(kBucket));
    events_.push_back({.document = {.topic = topic_,
                                    .time_ns = time_ns,
                                    .received_ns = time_ns,
                                    .sentiment = sentiment,
                                    .story = ++story_,
                                    .publisher = publisher}});
  }

  std::string topic_;
  Rng random_;
  std::uint64_t story_ = 0;
  std::vector<Event> events_;
};

}  // namespace yupu::monitor::testing
