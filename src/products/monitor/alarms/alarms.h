// Alarms as they stand in the store, what people do about them, and the log of all that.
//
//   firing --> resolved --> firing again (within the hour: the same alarm, fired_count + 1)
//      '--> acknowledged by somebody, with a note: no more repeats; ends when the alarm resolves
//   silence: of one topic or of all, always with an end; what fires meanwhile is told to nobody until the end
//
// Threads  any.        Outcomes  those of the store, and what stands at the function.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/json.h"
#include "base/status.h"
#include "products/monitor/detect/detector.h"
#include "store/store.h"

namespace yupu::monitor {

struct Alarm {
  std::string alarm, topic;
  bool firing = false;
  std::int64_t fired_count = 0;
  std::int64_t fired_ns = 0;    // first
  std::int64_t changed_ns = 0;  // last fired, or resolved
  std::optional<std::int64_t> acknowledged_ns;
  std::string acknowledged_by, note;
  std::string explanation;  // JSON, detect/explanation.h
  OrderedJson to_json() const;
};

struct AuditEntry {
  std::int64_t time_ns = 0;
  std::string topic, alarm;
  std::string event;  // "quiet", "learning", "pending", "firing", "resolved", "acknowledged", "silenced",
                      // "silence_ended", "noticed", "notice_dead", "notice_resent", "notice_tested", "rebuilt",
                      // "source_silent", "source_back", "judged", "drift": a week's scores are another distribution;
                      // "drift_rebased", "model": another one's scores count now; "gap_began", "gap_ended"
  std::string who;    // empty: the monitor
  std::string detail;
  OrderedJson to_json() const;
};
Status write_audit(store::Transaction& transaction, const std::string& monitor, const AuditEntry& entry);
// The newest first.
Result<std::vector<AuditEntry>> read_audit(store::Store& store, const std::string& monitor, std::int64_t limit);

// Of one event, at `since_ns` or later, the oldest first.
Result<std::vector<AuditEntry>> read_audit_of(store::Store& store, const std::string& monitor, const std::string& event,
                                              std::int64_t since_ns);

// What a change of the detection does to the topic, its alarm and the log.
Status write_change(store::Transaction& transaction, const std::string& monitor, const Change& change);

// Firing ones first, then by when they changed, the newest first.
Result<std::vector<Alarm>> list_alarms(store::Store& store, const std::string& monitor, std::int64_t limit);
Result<std::vector<Alarm>> alarms_since(store::Transaction& transaction, const std::string& monitor,
                                        std::int64_t resolved_since_ns);
// Errors: kNotFound.
Result<Alarm> find_alarm(store::Store& store, const std::string& monitor, const std::string& alarm);
// Errors: kNotFound; kConflict: it fires no more, or somebody has acknowledged it already.
Status acknowledge(store::Store& store, const std::string& monitor, const std::string& alarm, const std::string& who,
                   const std::string& note, std::int64_t now_ns);

struct Silence {
  std::string id;
  std::string topic;  // empty: every topic
  std::int64_t begins_ns = 0;
  std::int64_t ends_ns = 0;
  std::string created_by, note;
  bool covers(const std::string& of_topic, std::int64_t now_ns) const {
    return (topic.empty() || topic == of_topic) && begins_ns <= now_ns && now_ns < ends_ns;
  }
  OrderedJson to_json() const;
};
inline constexpr std::int64_t kSilenceMaxNs = 30 * kDayNs;
// Gives its id.  Errors: kInvalidArgument, field "ends": not after its beginning, or more than kSilenceMaxNs.
Result<std::string> add_silence(store::Store& store, const std::string& monitor, Silence silence);
// From now on.  Errors: kNotFound.
Status end_silence(store::Store& store, const std::string& monitor, const std::string& id, const std::string& who,
                   std::int64_t now_ns);
// Those that have not ended.
Result<std::vector<Silence>> silences(store::Transaction& transaction, const std::string& monitor, std::int64_t now_ns);
Result<std::vector<Silence>> list_silences(store::Store& store, const std::string& monitor, std::int64_t now_ns);

struct TopicStanding {
  std::string topic, state;
  std::int64_t since_ns = 0;
};
Result<std::vector<TopicStanding>> topic_standings(store::Store& store, const std::string& monitor);

}  // namespace yupu::monitor
