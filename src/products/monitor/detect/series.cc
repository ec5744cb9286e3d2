#include "products/monitor/detect/series.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/clock.h"

namespace yupu::monitor {

Status SeriesOptions::validate() const {
  const auto wrong = [](std::string_view field, std::string_view why) {
    return invalid_argument(fmt::format("series: {}: {}", field, why), std::string(field));
  };
  if (bucket_ns < kSecondNs || kDayNs % bucket_ns != 0) return wrong("bucket_ns", "a whole part of a day, 1 s or more");
  if (lateness_ns < 0 || lateness_ns > kDayNs) return wrong("lateness_ns", "from 0 to a day");
  if (future_ns < 0 || future_ns > kDayNs) return wrong("future_ns", "from 0 to a day");
  if (history_ns < 2 * kDayNs || history_ns > 400 * kDayNs) return wrong("history_ns", "from 2 to 400 days");
  if (story_memory_ns < lateness_ns || story_memory_ns > history_ns)
    return wrong("story_memory_ns", "at least lateness_ns, at most history_ns");
  if (detail_ns < bucket_ns || detail_ns > history_ns) return wrong("detail_ns", "from one bucket to history_ns");
  if (evidence_max < 0) return wrong("evidence_max", "0 or more");
  return ok_status();
}

TopicSeries::TopicSeries(SeriesOptions options, std::int64_t now_ns) : options_(std::move(options)) {
  CHECK(options_.validate().ok(), "series options were not validated");
  CHECK(now_ns >= 0, "a series begins after 1970");
  const std::int64_t head = bucket_of(now_ns);
  first_ = std::max<std::int64_t>(0, head - buckets_in(options_.lateness_ns));
  // Before the series began nobody looked; the bucket it begins in was seen in part only.
  buckets_.assign(static_cast<std::size_t>(head - first_ + 1), {.gap = true});
  details_.resize(buckets_.size());
}

void TopicSeries::open_next() {
  if (buckets_.back().usable()) ++usable_count_;
  buckets_.push_back({.gap = gap_open_});
  details_.emplace_back();
  const auto details_max =
      static_cast<std::size_t>(std::max(buckets_in(options_.detail_ns), buckets_in(options_.lateness_ns)) + 1);
  while (details_.size() > details_max) details_.pop_front();
  while (static_cast<std::int64_t>(buckets_.size()) > buckets_in(options_.history_ns)) {
    if (buckets_.front().usable()) --usable_count_;
    buckets_.pop_front();
    ++first_;
  }
  const std::int64_t oldest = head() - buckets_in(options_.story_memory_ns);
  while (!stories_by_age_.empty() && stories_by_age_.front().first < oldest) {
    stories_.erase(stories_by_age_.front().second);
    stories_by_age_.pop_front();
  }
}

void TopicSeries::advance(std::int64_t now_ns) {
  const std::int64_t to = bucket_of(now_ns);
  if (to <= head()) return;
  CHECK(to == head() + 1, "a series goes on bucket by bucket");
  open_next();
}

Result<bool> TopicSeries::add(const Document& document) {
  const auto refuse = [&](std::string_view why) {
    return invalid_argument(
        fmt::format("document of topic '{}': time_ns {}: {}", document.topic, document.time_ns, why), "time_ns");
  };
  if (document.time_ns < 0) return refuse("before 1970");
  if (document.time_ns > document.received_ns && document.time_ns - document.received_ns > options_.future_ns)
    return refuse("published after it was received; the limit is future_ns");
  // The head is where the clock stands; received_ns may lag behind it when a clock was set back.
  const std::int64_t bucket = std::min(bucket_of(std::min(document.time_ns, document.received_ns)), head());
  if (bucket < std::max(first_, head() - buckets_in(options_.lateness_ns)))
    return refuse("older than lateness_ns, its bucket is sealed");
  if (!options_.count_every_document) {
    if (!stories_.try_emplace(document.story, head()).second) return false;
    stories_by_age_.emplace_back(head(), document.story);
  }
  Bucket& counts = buckets_[static_cast<std::size_t>(bucket - first_)];
  ++counts.total;
  if (document.sentiment != Sentiment::kNegative) return true;
  ++counts.negative;
  BucketDetail& detail = details_[details_.size() - 1 - static_cast<std::size_t>(head() - bucket)];
  const auto place = std::lower_bound(detail.publishers.begin(), detail.publishers.end(), document.publisher);
  if (place == detail.publishers.end() || *place != document.publisher)
    detail.publishers.insert(place, document.publisher);
  if (static_cast<std::int64_t>(detail.stories.size()) < options_.evidence_max)
    detail.stories.push_back(document.story);
  if (counts.negative == 1 || document.time_ns < detail.first_negative_ns) detail.first_negative_ns = document.time_ns;
  return true;
}

void TopicSeries::open_gap(std::int64_t since_ns) {
  gap_open_ = true;
  const std::int64_t begin = std::max<std::int64_t>(bucket_of(std::max<std::int64_t>(since_ns, 0)), first_);
  for (std::int64_t bucket = std::min(begin, head()); bucket <= head(); ++bucket) {
    Bucket& counts = buckets_[static_cast<std::size_t>(bucket - first_)];
    if (counts.usable() && bucket < head()) --usable_count_;  // the open bucket is not in it yet
    counts.gap = true;
  }
}

void TopicSeries::freeze(std::int64_t begin, std::int64_t end) {
  for (std::int64_t bucket = std::max(begin, first_); bucket < std::min(end, head() + 1); ++bucket) {
    Bucket& counts = buckets_[static_cast<std::size_t>(bucket - first_)];
    if (counts.usable() && bucket < head()) --usable_count_;
    counts.frozen = true;
  }
}

const BucketDetail& TopicSeries::detail(std::int64_t bucket) const {
  static const BucketDetail none;
  const std::int64_t oldest = head() + 1 - static_cast<std::int64_t>(details_.size());
  return bucket < oldest || bucket > head() ? none : details_[static_cast<std::size_t>(bucket - oldest)];
}

WindowCount TopicSeries::count(std::int64_t begin, std::int64_t end) const {
  CHECK(end <= head() + 1, "a window ends by the head");
  WindowCount sum;
  if (begin < first_) {
    sum.gap = true;
    begin = first_;
  }
  for (std::int64_t bucket = begin; bucket < end; ++bucket) {
    const Bucket& counts = at(bucket);
    sum.total += counts.total;
    sum.negative += counts.negative;
    sum.gap |= counts.gap;
    sum.frozen |= counts.frozen;
  }
  return sum;
}

std::vector<std::uint64_t> TopicSeries::publishers(std::int64_t begin, std::int64_t end) const {
  std::vector<std::uint64_t> all;
  for (std::int64_t bucket = begin; bucket < end; ++bucket) {
    const BucketDetail& of = detail(bucket);
    all.insert(all.end(), of.publishers.begin(), of.publishers.end());
  }
  std::sort(all.begin(), all.end());
  all.erase(std::unique(all.begin(), all.end()), all.end());
  return all;
}

}  // namespace yupu::monitor
