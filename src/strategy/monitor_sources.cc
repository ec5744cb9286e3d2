#include "strategy/monitor_sources.h"

#include <algorithm>
#include <set>
#include <utility>

#include <fmt/format.h>

#include "base/hash.h"
#include "base/log.h"
#include "data/acquire/dates.h"
#include "data/acquire/fetch/charset.h"
#include "data/acquire/pages/page.h"
#include "products/monitor/alarms/source_news.h"
#include "products/monitor/documents/measured_intake.h"
#include "text/unicode.h"

namespace yupu::strategy {
namespace {

using monitor::kHourNs;
using monitor::kMinuteNs;
using monitor::kSecondNs;

constexpr std::int64_t kBackoffDoublings = 4;
constexpr std::size_t kKeyDigits = 16;
constexpr std::size_t kMapsMax = 20;  // of an index, in one poll

std::string key_of(const data::FeedEntry& entry) {
  Sha256 hash;
  for (const std::string* part : {&entry.id, &entry.url, &entry.title, &entry.text, &entry.changed}) hash.field(*part);
  return hash.finish_hex().substr(0, kKeyDigits);
}

// It may quote what came, cut anywhere.
std::string said(const Status& status) { return text::replace_invalid_utf8(status.message()).text; }

// What the next poll would find as well: the page's entry is left for then.
bool may_pass(const Status& status) {
  const std::string& why = status.field();
  return why == "resting" || why == "robots_held" || why == "timeout" || why == "connect" || why == "name";
}

// One poll of one source: everything but the store.
class Poll {
 public:
  Poll(data::Fetcher& fetcher, const MonitorSource& source, const monitor::TopicDictionary& topics, SourceState& state,
       monitor::Batch& batch)
      : fetcher_(fetcher), source_(source), topics_(topics), state_(state), batch_(batch) {}

  // Errors: those of fetching and reading the feed.
  Status run() {
    YUPU_ASSIGN_OR_RETURN(const data::Fetched fetched, fetcher_.fetch(source_.url, state_.validators));
    ++batch_.counted["polled"];
    const std::string hash = fetched.unchanged ? state_.body_hash : sha256_hex(fetched.body);
    if (hash == state_.body_hash && !hash.empty()) {
      ++batch_.counted["unchanged"];
      state_.validators = fetched.validators;
      return ok_status();
    }
    YUPU_ASSIGN_OR_RETURN(data::Feed feed, read(fetched));
    for (std::size_t i = 0; i < feed.maps.size() && i < kMapsMax; ++i) add_map(feed.maps[i], feed);
    const bool complete = take(feed.entries);
    // What was left of the feed would be hidden behind "unchanged".
    state_.validators = complete ? fetched.validators : data::Validators();
    state_.body_hash = complete ? hash : std::string();
    return ok_status();
  }

 private:
  Result<data::Feed> read(const data::Fetched& fetched) {
    YUPU_ASSIGN_OR_RETURN(const data::DecodedBytes decoded, data::decode_bytes(fetched.body, fetched.content_type));
    if (decoded.replaced > 0) batch_.counted["bytes_replaced"] += static_cast<std::int64_t>(decoded.replaced);
    YUPU_ASSIGN_OR_RETURN(data::Feed feed,
                          data::read_feed(source_.kind, decoded.text, fetched.url, batch_.read_ns, source_.feed));
    for (const auto& [repair, count] : feed.repairs) batch_.counted["date_" + repair] += count;
    if (feed.empty_entries > 0) batch_.counted["entry_empty"] += feed.empty_entries;
    if (feed.more_entries > 0) batch_.counted["entries_beyond_limit"] += feed.more_entries;
    return feed;
  }

  void add_map(const std::string& address, data::Feed& feed) {
    const auto url = http::parse_url(address);
    if (!url.ok()) return;
    const auto fetched = fetcher_.fetch(*url);
    auto map = fetched.ok() ? read(*fetched) : Result<data::Feed>(fetched.status());
    if (!map.ok()) {
      count_page_failure(map.status());
      return;
    }
    for (data::FeedEntry& entry : map->entries) feed.entries.push_back(std::move(entry));
  }

  void count_page_failure(const Status& status) {
    ++batch_.counted["page_failed_" + status.field()];
    batch_.details["page_failed_" + status.field()] = said(status);
  }

  // Whether nothing was left for the next poll.
  bool take(const std::vector<data::FeedEntry>& entries) {
    const std::set<std::string> known(state_.seen.begin(), state_.seen.end());
    std::vector<std::string> seen;
    std::set<std::string> now;
    bool complete = true;
    std::int64_t pages = 0;
    bool any_new = false;
    for (const data::FeedEntry& entry : entries) {
      const std::string key = key_of(entry);
      if (!now.insert(key).second) continue;
      if (known.find(key) == known.end()) {
        if (source_.fetch_pages && !entry.url.empty() && pages++ >= source_.pages_max) {
          complete = false;
          continue;
        }
        if (!add(entry)) {
          complete = false;
          continue;
        }
        any_new = true;
      }
      seen.push_back(key);
    }
    for (const std::string& key : state_.seen) {
      if (seen.size() >= kSeenMax) break;
      if (now.find(key) == now.end()) seen.push_back(key);
    }
    if (seen.size() > kSeenMax) seen.resize(kSeenMax);
    state_.seen = std::move(seen);
    if (any_new) note_new();
    return complete;
  }

  // The usual gap, the newest fifth of it.
  void note_new() {
    if (state_.new_ns > 0) {
      const std::int64_t gap_ns = batch_.read_ns - state_.new_ns;
      state_.gap_ns = state_.gaps == 0 ? gap_ns : state_.gap_ns + (gap_ns - state_.gap_ns) / 5;
      ++state_.gaps;
    }
    state_.new_ns = batch_.read_ns;
  }

  // False: the entry is left for the next poll.
  bool add(const data::FeedEntry& entry) {
    monitor::IncomingDocument document;
    document.source = source_.source;
    document.guid = entry.id;
    document.url = entry.url;
    document.title = entry.title;
    document.text = entry.text;
    document.publisher = entry.publisher;
    document.published_ns = entry.published_ns;
    document.received_ns = batch_.read_ns;
    document.sentiment = source_.sentiment;
    if (source_.fetch_pages && !entry.url.empty()) {
      if (const Status status = add_page(document); !status.ok()) {
        count_page_failure(status);
        if (may_pass(status)) return false;
      }
    }
    auto ready =
        monitor::make_ready(std::move(document), topics_,
                            source_.sentiment ? monitor::SentimentFrom::kDocument : monitor::SentimentFrom::kScored);
    if (ready.ok()) {
      batch_.documents.push_back(std::move(ready).value());
    } else {
      batch_.refusals.push_back({.reason = ready.status().field(), .detail = said(ready.status())});
    }
    return true;
  }

  // The page's main text instead of what the feed says of it; what only the page knows besides.
  Status add_page(monitor::IncomingDocument& document) {
    YUPU_ASSIGN_OR_RETURN(const http::Url url, http::parse_url(document.url));
    YUPU_ASSIGN_OR_RETURN(const data::Fetched fetched, fetcher_.fetch(url));
    YUPU_ASSIGN_OR_RETURN(const data::DecodedBytes decoded, data::decode_bytes(fetched.body, fetched.content_type));
    YUPU_ASSIGN_OR_RETURN(data::Page page, data::read_page(decoded.text, fetched.url));
    if (!page.text.empty()) document.text = std::move(page.text);
    if (!page.title.empty() && document.title.empty()) document.title = std::move(page.title);
    if (document.publisher.empty()) document.publisher = std::move(page.publisher);
    if (!document.published_ns) {
      const auto published = data::read_published(page.published, source_.feed.utc_offset_minutes, batch_.read_ns);
      document.published_ns = published.utc_ns;
      if (!published.repair.empty()) ++batch_.counted["date_" + std::string(published.repair)];
    }
    return ok_status();
  }

  data::Fetcher& fetcher_;
  const MonitorSource& source_;
  const monitor::TopicDictionary& topics_;
  SourceState& state_;
  monitor::Batch& batch_;
};

}  // namespace

SourcePolls::SourcePolls(store::Store& store, const Clock& clock, const Strategy& strategy,
                         const std::vector<monitor::Route>& routes, monitor::ScoreDocuments score, data::Sleep sleep)
    : store_(store),
      clock_(clock),
      strategy_(strategy),
      routes_(routes),
      score_(std::move(score)),
      fetcher_(strategy.monitor->fetch, clock, std::move(sleep)) {
  MutexLock lock(mutex_);
  for (const MonitorSource& source : strategy.monitor->sources) slots_.push_back({.source = &source});
}

std::optional<std::size_t> SourcePolls::take_due() {
  const std::int64_t now_ns = clock_.now_ns();
  MutexLock lock(mutex_);
  std::optional<std::size_t> best;
  for (std::size_t i = 0; i < slots_.size(); ++i) {
    if (slots_[i].busy || slots_[i].next_ns > now_ns) continue;
    if (!best || slots_[i].next_ns < slots_[*best].next_ns) best = i;
  }
  if (best) slots_[*best].busy = true;
  return best;
}

void SourcePolls::give_back(std::size_t slot, std::int64_t next_ns) {
  MutexLock lock(mutex_);
  slots_[slot].busy = false;
  slots_[slot].next_ns = next_ns;
}

Result<std::optional<monitor::Outcomes>> SourcePolls::poll_one() {
  const auto slot = take_due();
  if (!slot) return std::optional<monitor::Outcomes>();
  const MonitorSource* source = nullptr;
  {
    MutexLock lock(mutex_);
    source = slots_[*slot].source;
  }
  std::int64_t next_ns = clock_.now_ns() + source->interval_ns;
  auto outcomes = poll(*source, next_ns);
  give_back(*slot, next_ns);
  if (!outcomes.ok()) return outcomes.status().with_context(source->source);
  return std::optional<monitor::Outcomes>(std::move(outcomes).value());
}

Result<monitor::Outcomes> SourcePolls::poll(const MonitorSource& source, std::int64_t& next_ns) {
  const std::string& name = strategy_.name;
  monitor::Batch batch;
  batch.source = source.source;
  YUPU_ASSIGN_OR_RETURN(batch.position_before, monitor::source_position(store_, name, source.source));
  YUPU_ASSIGN_OR_RETURN(SourceState state, SourceState::from_text(batch.position_before));
  batch.read_ns = clock_.now_ns();
  if (state.next_ns > batch.read_ns && state.next_ns - batch.read_ns <= std::max(source.interval_ns, kHourNs)) {
    next_ns = state.next_ns;  // a process that was started again keeps the pace of the last one
    return monitor::Outcomes();
  }
  const Status status = Poll(fetcher_, source, strategy_.monitor->topics, state, batch).run();
  if (status.field() == "resting") {  // not this source's doing: nothing is counted
    next_ns = std::max(clock_.now_ns() + kSecondNs, fetcher_.next_ns(source.url));
    return monitor::Outcomes();
  }
  // What cannot be scored now is asked for again: neither documents nor where the source stands are kept.
  if (score_) YUPU_RETURN_IF_ERROR(score_(batch.documents));
  state.failures = status.ok() ? 0 : state.failures + 1;
  const std::int64_t doublings = std::min(state.failures, kBackoffDoublings);
  const std::int64_t pause_ns = std::max(source.interval_ns, std::min(source.interval_ns << doublings, kHourNs));
  next_ns = state.next_ns = std::max(batch.read_ns + pause_ns, fetcher_.next_ns(source.url));
  if (!status.ok()) {
    batch.counted["failed_" + status.field()] = 1;
    batch.details["failed_" + status.field()] = said(status);
    log::warn("monitor_source_failed", {{"source", source.source}, {"error", said(status)}});
  }
  batch.position = state.to_text();
  YUPU_ASSIGN_OR_RETURN(const auto outcomes,
                        monitor::take_measured_batch(store_, name, batch, clock_, strategy_.monitor->intake));
  const bool silent = state.is_silent(source.interval_ns, batch.read_ns);
  monitor::SourceNews news;
  news.source = source.source;
  news.silent = silent;
  news.detail = silent ? fmt::format("nothing new since {}; usually every {} minutes{}", format_utc(state.new_ns),
                                     state.gap_ns / kMinuteNs, status.ok() ? "" : "; " + said(status))
                       : "something new came";
  YUPU_RETURN_IF_ERROR(monitor::tell_of_source(store_, name, routes_, news, batch.read_ns).status());
  return outcomes;
}

}  // namespace yupu::strategy
