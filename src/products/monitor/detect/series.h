// One topic's documents as counts in equal buckets of time: total, negative, and who published the negative ones.
//
//        sealed (exact for ever)        |  lateness: a late document still lands  | open: now lies in it
//   [first] ... [ ] [ ] [ ] [ ] [ ] [ ] | [ ] [ ] [ ] [ ] [ ] [ ] [ ] [ ] [ ] [ ] | [head]
//
// A bucket is *closed*, that is judged, as soon as its end has passed: an alarm does not wait for documents that may be
// late. Until it is *sealed*, `lateness` later, documents published in it are still counted, and every later judgement
// sees them.
//
// Story: what de-duplication has found to be one text; counts once, in the bucket, with the sentiment and under the
// publisher of its document that was received first. count_every_document counts each document instead.
// Gap: a stretch for which the capture says that it saw nothing because it could not look. Its buckets are never
// judged and never part of a baseline. So is what lies before the series began.
// Frozen: buckets of a crisis, not part of a baseline either.
//
// Units      integers; time in ns since 1970 UTC; bucket number = time / bucket.
// Determinism  the state is a function of the sequence of calls alone.
// Threads    one owner.
#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/json.h"
#include "base/status.h"

namespace yupu::monitor {

inline constexpr std::int64_t kSecondNs = 1'000'000'000;
inline constexpr std::int64_t kMinuteNs = 60 * kSecondNs;
inline constexpr std::int64_t kHourNs = 60 * kMinuteNs;
inline constexpr std::int64_t kDayNs = 24 * kHourNs;

enum class Sentiment : std::uint8_t { kNegative, kNeutral, kPositive };

struct Document {
  std::string topic;
  std::int64_t time_ns = 0;      // published
  std::int64_t received_ns = 0;  // at our edge; what the clock of the detection goes by
  Sentiment sentiment = Sentiment::kNeutral;
  std::uint64_t story = 0;
  std::uint64_t publisher = 0;
};

struct SeriesOptions {
  std::int64_t bucket_ns = 5 * kMinuteNs;  // divides a day
  std::int64_t lateness_ns = 2 * kHourNs;
  std::int64_t future_ns =
      10 * kMinuteNs;  // published this much after it was received: a clock that is off, taken as now
  std::int64_t history_ns = 29 * kDayNs;  // what is kept: the baseline's days and one more
  std::int64_t story_memory_ns = 3 * kDayNs;
  std::int64_t detail_ns = 2 * kHourNs;  // publishers and stories are kept this long; at least the longest window
  std::int64_t evidence_max = 32;        // stories kept by name in a bucket; counts are never cut
  bool count_every_document = false;
  // kInvalidArgument naming the field.
  Status validate() const;
};

struct Bucket {
  std::int64_t total = 0;
  std::int64_t negative = 0;
  bool gap = false;
  bool frozen = false;
  bool usable() const { return !gap && !frozen; }
};

struct BucketDetail {
  std::vector<std::uint64_t> publishers;  // of counted negatives, distinct, ascending
  std::vector<std::uint64_t> stories;     // of counted negatives, in the order received, at most evidence_max
  std::int64_t first_negative_ns = 0;     // published first; 0 where there is none
};

// Sums over a window of closed buckets.
struct WindowCount {
  std::int64_t total = 0;
  std::int64_t negative = 0;
  bool gap = false;     // any bucket a gap
  bool frozen = false;  // any bucket frozen
};

class TopicSeries {
 public:
  // REQUIRES: options.validate().ok(), now_ns >= 0.
  TopicSeries(SeriesOptions options, std::int64_t now_ns);

  // True when counted, false when its story was counted before.  REQUIRES: advance(document.received_ns) came first.
  // Errors: kInvalidArgument, field time_ns: before 1970, further in the future than future_ns, or older than
  // lateness_ns (the bucket is sealed). Nothing changes then.
  Result<bool> add(const Document& document);

  // Opens the bucket of `now_ns` and drops what is older than the history. Going back is nothing.
  // REQUIRES: the bucket of now is at most one after the head (SurgeMonitor goes bucket by bucket).
  void advance(std::int64_t now_ns);

  // While a gap is open every bucket it touches is one. It may turn out late that a source was down: buckets from
  // `since_ns` on, as far as they are kept, become part of it.
  void open_gap(std::int64_t since_ns);
  void close_gap() { gap_open_ = false; }
  bool gap_open() const { return gap_open_; }
  void freeze(std::int64_t begin, std::int64_t end);  // buckets [begin, end)

  std::int64_t head() const { return first_ + static_cast<std::int64_t>(buckets_.size()) - 1; }  // open bucket
  std::int64_t first() const { return first_; }
  std::int64_t bucket_of(std::int64_t time_ns) const { return time_ns / options_.bucket_ns; }
  std::int64_t buckets_in(std::int64_t duration_ns) const { return duration_ns / options_.bucket_ns; }
  // REQUIRES: first() <= bucket <= head().
  const Bucket& at(std::int64_t bucket) const { return buckets_[static_cast<std::size_t>(bucket - first_)]; }
  const BucketDetail& detail(std::int64_t bucket) const;  // empty beyond detail_ns
  // Buckets [begin, end); what lies before the series is a gap.  REQUIRES: end <= head().
  WindowCount count(std::int64_t begin, std::int64_t end) const;
  // Distinct publishers of the negatives of [begin, end), ascending.
  std::vector<std::uint64_t> publishers(std::int64_t begin, std::int64_t end) const;
  std::int64_t usable_count() const { return usable_count_; }  // closed buckets that a baseline may read
  const SeriesOptions& options() const { return options_; }

  Json to_json() const;
  // Errors: kInvalidArgument naming the member by its path, where it does not fit itself or the options.
  static Result<TopicSeries> from_json(const Json& json, const std::string& path, SeriesOptions options);

 private:
  explicit TopicSeries(SeriesOptions options) : options_(options) {}
  void open_next();

  SeriesOptions options_;
  std::int64_t first_ = 0;
  std::deque<Bucket> buckets_;
  std::deque<BucketDetail> details_;  // of the last details_.size() buckets
  std::int64_t usable_count_ = 0;     // of closed buckets
  bool gap_open_ = false;
  std::unordered_map<std::uint64_t, std::int64_t> stories_;            // -> head when received
  std::deque<std::pair<std::int64_t, std::uint64_t>> stories_by_age_;  // (head when received, story)
};

}  // namespace yupu::monitor
