// [[monitor.source]]: feeds, sitemaps and lists of links, asked again and again, into the monitor's store.
//
//   due -> fetch (data/acquire/fetch) -> entries (data/acquire/feeds) -> what was not seen before -> its page, where
//   wanted -> one transaction: documents, counts, where the source stands
//
// One poll      what was fetched, or the one reason why not, counted under the source; a source that fails stops no
//               other and is asked again after 2, 4, ... 16 times its interval, an hour at most (never sooner than the
//               interval).
// Unchanged     304, or the same bytes: nothing but the time of the next poll is written.
// Seen          an entry is known by all it says: one that is changed comes again, as a revision.
// Silent        nothing new for three times the usual gap between new entries (a running mean of kGapsMin gaps or
//               more): told once (products/monitor/alarms/source_news.h), and once when it is back.
// Outcomes, besides those of documents: polled, unchanged, failed_<reason of fetcher.h or feed.h>,
//               page_failed_<reason>, entry_empty, entries_beyond_limit, date_<repair of dates.h>, bytes_replaced.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/mutex.h"
#include "base/status.h"
#include "data/acquire/fetch/fetcher.h"
#include "store/store.h"
#include "strategy/strategy.h"

namespace yupu::strategy {

inline constexpr std::int64_t kGapsMin = 5;
inline constexpr std::int64_t kSilentGaps = 3;
inline constexpr std::size_t kSeenMax = 2000;  // entries a source remembers

// Where a source stands: the position of its batches.
struct SourceState {
  data::Validators validators;
  std::string body_hash;          // of the feed that was read last
  std::int64_t next_ns = 0;       // when it is due
  std::int64_t failures = 0;      // in a row
  std::int64_t new_ns = 0;        // when something new came last; 0: never
  std::int64_t gap_ns = 0;        // usual, between two polls that brought something new
  std::int64_t gaps = 0;          // how many made it
  std::vector<std::string> seen;  // the newest first

  std::string to_text() const;
  static Result<SourceState> from_text(const std::string& text);  // empty: a new source
  bool is_silent(std::int64_t interval_ns, std::int64_t now_ns) const;
};

inline constexpr std::int64_t kFailuresBlind = 3;

// Since when nothing can be seen by any source: when each fails for the third time or is silent, since the last time
// one of them brought something. Absent: one of them sees, or there are files or topics of Kafka, or nothing is fetched
// at all.
Result<std::optional<std::int64_t>> blind_since(store::Store& store, const Strategy& strategy, std::int64_t now_ns);

// Polls what is due.  Threads  any number call poll_one(); a source is with one of them at a time.
class SourcePolls {
 public:
  // REQUIRES: all of them outlive it. `score` gives documents a sentiment whose source has none; it is called from any
  // thread that polls.
  SourcePolls(store::Store& store, const Clock& clock, const Strategy& strategy,
              const std::vector<monitor::Route>& routes, monitor::ScoreDocuments score = {},
              data::Sleep sleep = data::real_sleep());

  // Takes the source that has been due for the longest; nothing when none is.  Errors: those of the store; the source
  // is tried again after its interval.
  Result<std::optional<monitor::Outcomes>> poll_one();

 private:
  struct Slot {
    const MonitorSource* source = nullptr;
    std::int64_t next_ns = 0;
    bool busy = false;
  };
  std::optional<std::size_t> take_due();
  void give_back(std::size_t slot, std::int64_t next_ns);
  Result<monitor::Outcomes> poll(const MonitorSource& source, std::int64_t& next_ns);

  store::Store& store_;
  const Clock& clock_;
  const Strategy& strategy_;
  const std::vector<monitor::Route>& routes_;
  const monitor::ScoreDocuments score_;
  data::Fetcher fetcher_;
  Mutex mutex_;
  std::vector<Slot> slots_ YUPU_GUARDED_BY(mutex_);
};

}  // namespace yupu::strategy
