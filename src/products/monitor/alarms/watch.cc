#include "products/monitor/alarms/watch.h"

#include <algorithm>
#include <map>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "base/clock.h"
#include "base/hash.h"
#include "products/monitor/alarms/alarms.h"
#include "products/monitor/alarms/gaps.h"
#include "products/monitor/documents/document.h"

namespace yupu::monitor {
namespace {

using store::Row;
using store::Transaction;

constexpr std::string_view kMentions =
    "SELECT sequence, topic, published_ns, received_ns, sentiment, story, publisher FROM monitor_mention WHERE monitor "
    "= ? AND counted = 1 ";

std::uint64_t publisher_number(const std::string& publisher) {
  const Digest digest = Sha256().update(publisher).finish();
  std::uint64_t number = 0;
  for (std::size_t i = 0; i < sizeof number; ++i) number = number << 8 | digest[i];
  return number;
}

Event event_of(const Row& row) {
  return {.kind = Event::Kind::kDocument,
          .document = {.topic = row.text(1),
                       .time_ns = row.integer(2),
                       .received_ns = row.integer(3),
                       .sentiment = sentiment_of(row.text(4)).value_or(Sentiment::kNeutral),
                       .story = static_cast<std::uint64_t>(row.integer(5)),
                       .publisher = publisher_number(row.text(6))}};
}

struct Detection {
  std::int64_t sequence = 0;
  SurgeMonitor monitor;
};

// The time of the first mention, else now.
Result<std::int64_t> begin_of(Transaction& transaction, const std::string& monitor, std::int64_t now_ns) {
  YUPU_ASSIGN_OR_RETURN(const auto rows,
                        transaction.query(std::string(kMentions) + "ORDER BY sequence LIMIT 1", {monitor}));
  return rows.empty() ? now_ns : std::min(now_ns, rows[0].integer(3));
}

// In hops: whoever comes back after a month has only quiet to catch up with.
Status advance_to(SurgeMonitor& monitor, std::int64_t now_ns, std::vector<Change>& changes) {
  while (now_ns > monitor.now_ns() + SurgeMonitor::kJumpMaxNs)
    YUPU_RETURN_IF_ERROR(monitor.advance(monitor.now_ns() + SurgeMonitor::kJumpMaxNs, &changes));
  return monitor.advance(now_ns, &changes);
}

Status take_event(Detection& detection, const Event& event, std::vector<Change>& changes) {
  YUPU_RETURN_IF_ERROR(advance_to(detection.monitor, event.document.received_ns, changes));
  // Of a topic that is watched no more, or from before this one was watched: counted, not judged.
  const auto taken = detection.monitor.take(event, &changes);
  return !taken.ok() && taken.status().code() == Code::kInternal ? taken.status() : ok_status();
}

// Up to and with the mention `last`, and the gaps that stand between them in the log.
Status read_on(Transaction& transaction, const std::string& name, std::int64_t last, Detection& detection,
               std::vector<Change>& changes, const std::vector<GapEvent>& gaps = {}) {
  auto gap = gaps.begin();
  const auto take_gaps_before = [&](std::int64_t sequence) -> Status {
    for (; gap != gaps.end() && gap->after_sequence < sequence; ++gap)
      YUPU_RETURN_IF_ERROR(take_event(detection, gap->event, changes));
    return ok_status();
  };
  constexpr std::int64_t kAtOnce = 5000;
  while (true) {
    YUPU_ASSIGN_OR_RETURN(const auto rows, transaction.query(std::string(kMentions) +
                                                                 "AND sequence > ? AND sequence <= ? ORDER BY sequence "
                                                                 "LIMIT ?",
                                                             {name, detection.sequence, last, kAtOnce}));
    for (const Row& row : rows) {
      YUPU_RETURN_IF_ERROR(take_gaps_before(row.integer(0)));
      detection.sequence = row.integer(0);
      YUPU_RETURN_IF_ERROR(take_event(detection, event_of(row), changes));
    }
    if (static_cast<std::int64_t>(rows.size()) < kAtOnce) return take_gaps_before(INT64_MAX);
  }
}

// An alarm of the store that the log as it is read now does not have ends; one that it has besides is no news.
Status end_others(Transaction& transaction, const std::string& name, const SurgeMonitor& monitor,
                  const std::vector<Change>& untold, std::int64_t now_ns, std::vector<Change>& changes) {
  std::map<std::string, const Change*> last;  // by topic, of those that concern an alarm
  for (const Change& change : untold) {
    if (!change.alarm.empty()) last[change.topic] = &change;
  }
  YUPU_ASSIGN_OR_RETURN(const auto alarms, alarms_since(transaction, name, INT64_MAX));
  for (const Alarm& alarm : alarms) {
    const TopicDetector* detector = monitor.find(alarm.topic);
    const bool fires = detector != nullptr && detector->state() == TopicState::kFiring;
    const auto found = last.find(alarm.topic);
    if (fires && found != last.end() && found->second->alarm == alarm.alarm) continue;
    changes.push_back(
        {.topic = alarm.topic,
         .from = TopicState::kFiring,
         .to = fires ? TopicState::kResolved : (detector == nullptr ? TopicState::kQuiet : detector->state()),
         .time_ns = now_ns,
         .alarm = alarm.alarm});
    // It goes on, but under the name of when it began.
    if (fires && found != last.end() && found->second->to == TopicState::kFiring) changes.push_back(*found->second);
  }
  return ok_status();
}

// A state that does not fit any more (rules with other windows, documents scored by another model): the log is read
// again, from its beginning up to where the state had come, and what changed then is not told again.
Result<Detection> rebuild(Transaction& transaction, const std::string& name, const TopicRules& rules, const Row& saved,
                          const std::string& why, std::vector<Change>& changes) {
  const std::int64_t looked_ns = saved.integer(1);
  YUPU_ASSIGN_OR_RETURN(const std::int64_t begin_ns, begin_of(transaction, name, looked_ns));
  YUPU_ASSIGN_OR_RETURN(SurgeMonitor monitor, SurgeMonitor::create(rules, begin_ns));
  Detection detection{.sequence = 0, .monitor = std::move(monitor)};
  std::vector<Change> untold;
  YUPU_ASSIGN_OR_RETURN(const auto gaps, gap_events(transaction, name));
  YUPU_RETURN_IF_ERROR(read_on(transaction, name, saved.integer(0), detection, untold, gaps));
  YUPU_RETURN_IF_ERROR(advance_to(detection.monitor, looked_ns, untold));
  YUPU_RETURN_IF_ERROR(
      write_audit(transaction, name,
                  {.time_ns = looked_ns, .topic = "", .alarm = "", .event = "rebuilt", .who = "", .detail = why}));
  YUPU_RETURN_IF_ERROR(end_others(transaction, name, detection.monitor, untold, looked_ns, changes));
  return detection;
}

Result<Detection> open(Transaction& transaction, const std::string& name, const TopicRules& rules, std::int64_t now_ns,
                       std::vector<Change>& changes) {
  YUPU_ASSIGN_OR_RETURN(
      const auto rows,
      transaction.query("SELECT sequence, now_ns, state FROM monitor_detection WHERE monitor = ?", {name}));
  if (rows.empty()) {
    YUPU_ASSIGN_OR_RETURN(const std::int64_t begin_ns, begin_of(transaction, name, now_ns));
    YUPU_ASSIGN_OR_RETURN(SurgeMonitor monitor, SurgeMonitor::create(rules, begin_ns));
    return Detection{.sequence = 0, .monitor = std::move(monitor)};
  }
  auto loaded = SurgeMonitor::load(rows[0].text(2), rules);
  if (!loaded.ok()) return rebuild(transaction, name, rules, rows[0], loaded.status().message(), changes);
  return Detection{.sequence = rows[0].integer(0), .monitor = std::move(loaded).value()};
}

Status save(Transaction& transaction, const std::string& name, const Detection& detection) {
  YUPU_RETURN_IF_ERROR(
      transaction
          .execute("INSERT INTO monitor_detection (monitor, sequence, now_ns, state) VALUES (?, ?, ?, ?) ON CONFLICT "
                   "(monitor) DO UPDATE SET sequence = excluded.sequence, now_ns = excluded.now_ns, state = "
                   "excluded.state",
                   {name, detection.sequence, detection.monitor.now_ns(), detection.monitor.save()})
          .status());
  return transaction
      .execute(
          "INSERT INTO monitor_clock (monitor, now_ns) VALUES (?, ?) ON CONFLICT (monitor) DO UPDATE SET now_ns = "
          "excluded.now_ns WHERE excluded.now_ns > monitor_clock.now_ns",
          {name, detection.monitor.now_ns()})
      .status();
}

// Whether a bucket of some rule has ended since the last look.
Result<bool> is_due(store::Store& store, const std::string& name, const TopicRules& rules, std::int64_t now_ns) {
  bool due = true;
  YUPU_RETURN_IF_ERROR(store.read([&](Transaction& transaction) -> Status {
    YUPU_ASSIGN_OR_RETURN(const auto rows,
                          transaction.query("SELECT now_ns FROM monitor_detection WHERE monitor = ?", {name}));
    if (rows.empty()) return ok_status();
    const std::int64_t looked_ns = rows[0].integer(0);
    due = std::any_of(rules.begin(), rules.end(), [&](const auto& rule) {
      return now_ns / rule.second.series.bucket_ns > looked_ns / rule.second.series.bucket_ns;
    });
    return ok_status();
  }));
  return due;
}

// A beginning or an end for every topic, at the monitor's time `told_ns`, and in the log behind what was read.
Status tell_gap(Transaction& transaction, const std::string& name, const TopicRules& rules, Event::Kind kind,
                std::int64_t since_ns, std::int64_t told_ns, Detection& detection, std::vector<Change>& changes) {
  const bool begins = kind == Event::Kind::kGapBegin;
  for (const auto& [topic, rule] : rules) {
    GapEvent gap;
    gap.after_sequence = detection.sequence;
    gap.event.kind = kind;
    gap.event.document.topic = topic;
    gap.event.document.time_ns = since_ns;
    gap.event.document.received_ns = told_ns;
    YUPU_RETURN_IF_ERROR(write_gap(transaction, name, gap));
    YUPU_RETURN_IF_ERROR(take_event(detection, gap.event, changes));
  }
  return write_audit(transaction, name,
                     {.time_ns = told_ns,
                      .topic = "",
                      .alarm = "",
                      .event = begins ? "gap_began" : "gap_ended",
                      .who = "",
                      .detail = begins ? fmt::format("nothing is seen since {}", format_utc(since_ns)) : ""});
}

// Mentions in the order of the log, with the gaps that were told within the time where they stand in it.
std::vector<Event> with_gaps(const std::vector<Row>& rows, const std::vector<GapEvent>& gaps, std::int64_t begin_ns,
                             std::int64_t end_ns) {
  std::vector<Event> log;
  auto gap = gaps.begin();
  const auto add_gaps_before = [&](std::int64_t sequence) {
    for (; gap != gaps.end() && gap->after_sequence < sequence; ++gap) {
      const std::int64_t told_ns = gap->event.document.received_ns;
      if (told_ns >= begin_ns && told_ns < end_ns) log.push_back(gap->event);
    }
  };
  for (const Row& row : rows) {
    add_gaps_before(row.integer(0));
    log.push_back(event_of(row));
  }
  add_gaps_before(INT64_MAX);
  return log;
}

// Nobody has looked for long, and nothing came: what was received while nobody looked counts as looking.
Result<bool> was_away(Transaction& transaction, const std::string& name, const Detection& detection,
                      std::int64_t now_ns) {
  const std::int64_t looked_ns = detection.monitor.now_ns();
  if (now_ns - looked_ns <= kAwayNs) return false;
  YUPU_ASSIGN_OR_RETURN(const auto rows,
                        transaction.query("SELECT 1 FROM monitor_mention WHERE monitor = ? AND sequence > ? AND "
                                          "received_ns <= ? LIMIT 1",
                                          {name, detection.sequence, now_ns - kAwayNs}));
  return rows.empty();
}

}  // namespace

Result<std::vector<Change>> look(store::Store& store, const std::string& monitor, const TopicRules& rules,
                                 std::int64_t now_ns, const Watching& watching) {
  std::vector<Change> changes;
  YUPU_ASSIGN_OR_RETURN(const bool due, is_due(store, monitor, rules, now_ns));
  if (!due) return changes;
  std::optional<std::int64_t> blind_since_ns;
  if (watching.blind_since) {
    YUPU_ASSIGN_OR_RETURN(blind_since_ns, watching.blind_since());
  }
  YUPU_RETURN_IF_ERROR(store.write([&](Transaction& transaction) -> Status {
    changes.clear();
    YUPU_ASSIGN_OR_RETURN(Detection detection, open(transaction, monitor, rules, now_ns, changes));
    YUPU_ASSIGN_OR_RETURN(bool in_gap, is_in_gap(transaction, monitor));
    if (watching.always && !in_gap) {
      YUPU_ASSIGN_OR_RETURN(in_gap, was_away(transaction, monitor, detection, now_ns));
      const std::int64_t looked_ns = detection.monitor.now_ns();
      if (in_gap)
        YUPU_RETURN_IF_ERROR(
            tell_gap(transaction, monitor, rules, Event::Kind::kGapBegin, looked_ns, looked_ns, detection, changes));
    }
    YUPU_RETURN_IF_ERROR(read_on(transaction, monitor, INT64_MAX, detection, changes));
    if (blind_since_ns && !in_gap) {
      YUPU_RETURN_IF_ERROR(
          tell_gap(transaction, monitor, rules, Event::Kind::kGapBegin, *blind_since_ns, now_ns, detection, changes));
    } else if (!blind_since_ns && in_gap) {
      YUPU_RETURN_IF_ERROR(
          tell_gap(transaction, monitor, rules, Event::Kind::kGapEnd, now_ns, now_ns, detection, changes));
    }
    YUPU_RETURN_IF_ERROR(advance_to(detection.monitor, now_ns, changes));
    for (const Change& change : changes) YUPU_RETURN_IF_ERROR(write_change(transaction, monitor, change));
    return save(transaction, monitor, detection);
  }));
  return changes;
}

Result<std::vector<Event>> mention_log(store::Store& store, const std::string& monitor, std::int64_t begin_ns,
                                       std::int64_t end_ns) {
  std::vector<Event> log;
  YUPU_RETURN_IF_ERROR(store.read([&](Transaction& transaction) -> Status {
    YUPU_ASSIGN_OR_RETURN(
        const auto rows, transaction.query(std::string(kMentions) + "AND received_ns >= ? AND received_ns < ? ORDER BY "
                                                                    "sequence",
                                           {monitor, begin_ns, end_ns}));
    YUPU_ASSIGN_OR_RETURN(const auto gaps, gap_events(transaction, monitor));
    log = with_gaps(rows, gaps, begin_ns, end_ns);
    return ok_status();
  }));
  return log;
}

Result<TopicLog> topic_log(store::Store& store, const std::string& monitor, const std::string& topic,
                           std::int64_t begin_ns, std::int64_t end_ns, std::int64_t mentions_max) {
  TopicLog log;
  YUPU_RETURN_IF_ERROR(store.read([&](Transaction& transaction) -> Status {
    YUPU_ASSIGN_OR_RETURN(const auto first,
                          transaction.query("SELECT MIN(received_ns) FROM monitor_mention WHERE monitor = ? AND "
                                            "received_ns >= ? AND received_ns < ?",
                                            {monitor, begin_ns, end_ns}));
    log.begin_ns = first.empty() || first[0].is_null(0) ? end_ns : first[0].integer(0);
    YUPU_ASSIGN_OR_RETURN(const auto rows,
                          transaction.query(std::string(kMentions) + "AND topic = ? AND received_ns >= ? AND "
                                                                     "received_ns < ? ORDER BY sequence LIMIT ?",
                                            {monitor, topic, begin_ns, end_ns, mentions_max + 1}));
    if (static_cast<std::int64_t>(rows.size()) > mentions_max) {
      return {Code::kTooLarge, fmt::format("more than {} documents are to be read: ask for fewer days", mentions_max),
              "days"};
    }
    YUPU_ASSIGN_OR_RETURN(auto gaps, gap_events(transaction, monitor));
    std::erase_if(gaps, [&](const GapEvent& gap) { return gap.event.document.topic != topic; });
    log.events = with_gaps(rows, gaps, begin_ns, end_ns);
    return ok_status();
  }));
  return log;
}

}  // namespace yupu::monitor
