#include "products/monitor/alarms/alarms.h"

#include <initializer_list>
#include <utility>

#include <fmt/format.h>

#include "base/clock.h"
#include "base/ids.h"

namespace yupu::monitor {
namespace {

using store::Row;
using store::Transaction;

constexpr std::string_view kAlarms =
    "SELECT alarm, topic, firing, fired_count, fired_ns, changed_ns, acknowledged_ns, acknowledged_by, note, "
    "explanation FROM monitor_alarm WHERE monitor = ? ";

std::vector<Alarm> alarms_of(const std::vector<Row>& rows) {
  std::vector<Alarm> alarms;
  for (const Row& row : rows) {
    Alarm& alarm = alarms.emplace_back();
    alarm.alarm = row.text(0);
    alarm.topic = row.text(1);
    alarm.firing = row.integer(2) != 0;
    alarm.fired_count = row.integer(3);
    alarm.fired_ns = row.integer(4);
    alarm.changed_ns = row.integer(5);
    if (!row.is_null(6)) alarm.acknowledged_ns = row.integer(6);
    alarm.acknowledged_by = row.text(7);
    alarm.note = row.text(8);
    alarm.explanation = row.text(9);
  }
  return alarms;
}

Result<Alarm> alarm_in(Transaction& transaction, const std::string& monitor, const std::string& alarm) {
  YUPU_ASSIGN_OR_RETURN(const auto rows, transaction.query(std::string(kAlarms) + "AND alarm = ?", {monitor, alarm}));
  if (rows.empty()) return not_found(fmt::format("there is no alarm '{}'; `yupu monitor alarms` names them", alarm));
  return alarms_of(rows).front();
}

std::string said_of(const Explanation& explanation) {
  return fmt::format("{} negative of {} documents in {} minutes, {} publishers", explanation.negative,
                     explanation.total, explanation.window_ns / kMinuteNs, explanation.publishers.size());
}

Status write_alarm(Transaction& transaction, const std::string& monitor, const Change& change) {
  if (change.to == TopicState::kFiring) {
    const std::string explanation = change.explanation ? to_text(to_json(*change.explanation)) : "null";
    return transaction
        .execute(
            "INSERT INTO monitor_alarm (monitor, alarm, topic, firing, fired_count, fired_ns, changed_ns, "
            "acknowledged_ns, acknowledged_by, note, explanation) VALUES (?, ?, ?, 1, 1, ?, ?, NULL, '', '', ?) ON "
            "CONFLICT (monitor, alarm) DO UPDATE SET firing = 1, fired_count = monitor_alarm.fired_count + 1, "
            "changed_ns = excluded.changed_ns, explanation = excluded.explanation",
            {monitor, change.alarm, change.topic, change.time_ns, change.time_ns, explanation})
        .status();
  }
  if (change.from != TopicState::kFiring) return ok_status();
  return transaction
      .execute(
          "UPDATE monitor_alarm SET firing = 0, changed_ns = ?, acknowledged_ns = NULL, acknowledged_by = '', note "
          "= '' WHERE monitor = ? AND alarm = ?",
          {change.time_ns, monitor, change.alarm})
      .status();
}

std::vector<AuditEntry> entries_of(const std::vector<Row>& rows) {
  std::vector<AuditEntry> entries;
  for (const Row& row : rows)
    entries.push_back({.time_ns = row.integer(0),
                       .topic = row.text(1),
                       .alarm = row.text(2),
                       .event = row.text(3),
                       .who = row.text(4),
                       .detail = row.text(5)});
  return entries;
}

// `which`: what stands behind "monitor = ?".
Result<std::vector<AuditEntry>> audit_entries(store::Store& store, const std::string& which,
                                              std::initializer_list<store::Value> values) {
  std::vector<AuditEntry> entries;
  YUPU_RETURN_IF_ERROR(store.read([&](Transaction& transaction) -> Status {
    YUPU_ASSIGN_OR_RETURN(
        const auto rows,
        transaction.query(
            "SELECT time_ns, topic, alarm, event, who, detail FROM monitor_audit WHERE monitor = ? " + which, values));
    entries = entries_of(rows);
    return ok_status();
  }));
  return entries;
}

}  // namespace

OrderedJson Alarm::to_json() const {
  OrderedJson json = {{"alarm", alarm},
                      {"topic", topic},
                      {"state", firing ? (acknowledged_ns ? "acknowledged" : "firing") : "resolved"},
                      {"fired", format_utc(fired_ns)},
                      {"fired_count", fired_count},
                      {"changed", format_utc(changed_ns)}};
  if (acknowledged_ns) {
    json["acknowledged"] = format_utc(*acknowledged_ns);
    json["acknowledged_by"] = acknowledged_by;
    json["note"] = note;
  }
  return json;
}

OrderedJson AuditEntry::to_json() const {
  return {{"time", format_utc(time_ns)},
          {"topic", topic},
          {"alarm", alarm},
          {"event", event},
          {"who", who},
          {"detail", detail}};
}

OrderedJson Silence::to_json() const {
  return {{"id", id},
          {"topic", topic},
          {"begins", format_utc(begins_ns)},
          {"ends", format_utc(ends_ns)},
          {"created_by", created_by},
          {"note", note}};
}

Status write_audit(Transaction& transaction, const std::string& monitor, const AuditEntry& entry) {
  return transaction
      .execute(
          "INSERT INTO monitor_audit (monitor, time_ns, topic, alarm, event, who, detail) VALUES (?, ?, ?, ?, ?, ?, "
          "?)",
          {monitor, entry.time_ns, entry.topic, entry.alarm, entry.event, entry.who, entry.detail})
      .status();
}

Result<std::vector<AuditEntry>> read_audit(store::Store& store, const std::string& monitor, std::int64_t limit) {
  return audit_entries(store, "ORDER BY sequence DESC LIMIT ?", {monitor, limit});
}

Result<std::vector<AuditEntry>> read_audit_of(store::Store& store, const std::string& monitor, const std::string& event,
                                              std::int64_t since_ns) {
  return audit_entries(store, "AND event = ? AND time_ns >= ? ORDER BY sequence", {monitor, event, since_ns});
}

Status write_change(Transaction& transaction, const std::string& monitor, const Change& change) {
  const std::string state(state_name(change.to));
  YUPU_RETURN_IF_ERROR(
      transaction
          .execute("INSERT INTO monitor_topic (monitor, topic, state, since_ns) VALUES (?, ?, ?, ?) ON CONFLICT "
                   "(monitor, topic) DO UPDATE SET state = excluded.state, since_ns = excluded.since_ns",
                   {monitor, change.topic, state, change.time_ns})
          .status());
  YUPU_RETURN_IF_ERROR(write_alarm(transaction, monitor, change));
  return write_audit(transaction, monitor,
                     {.time_ns = change.time_ns,
                      .topic = change.topic,
                      .alarm = change.alarm,
                      .event = state,
                      .who = "",
                      .detail = change.explanation ? said_of(*change.explanation) : ""});
}

Result<std::vector<Alarm>> list_alarms(store::Store& store, const std::string& monitor, std::int64_t limit) {
  std::vector<Alarm> alarms;
  YUPU_RETURN_IF_ERROR(store.read([&](Transaction& transaction) -> Status {
    YUPU_ASSIGN_OR_RETURN(const auto rows, transaction.query(std::string(kAlarms) +
                                                                 "ORDER BY firing DESC, changed_ns DESC, alarm LIMIT ?",
                                                             {monitor, limit}));
    alarms = alarms_of(rows);
    return ok_status();
  }));
  return alarms;
}

Result<std::vector<Alarm>> alarms_since(Transaction& transaction, const std::string& monitor,
                                        std::int64_t resolved_since_ns) {
  YUPU_ASSIGN_OR_RETURN(const auto rows,
                        transaction.query(std::string(kAlarms) + "AND (firing = 1 OR changed_ns >= ?) ORDER BY "
                                                                 "fired_ns, alarm",
                                          {monitor, resolved_since_ns}));
  return alarms_of(rows);
}

Result<Alarm> find_alarm(store::Store& store, const std::string& monitor, const std::string& alarm) {
  Alarm found;
  YUPU_RETURN_IF_ERROR(store.read([&](Transaction& transaction) -> Status {
    YUPU_ASSIGN_OR_RETURN(found, alarm_in(transaction, monitor, alarm));
    return ok_status();
  }));
  return found;
}

Status acknowledge(store::Store& store, const std::string& monitor, const std::string& alarm, const std::string& who,
                   const std::string& note, std::int64_t now_ns) {
  return store.write([&](Transaction& transaction) -> Status {
    YUPU_ASSIGN_OR_RETURN(const Alarm found, alarm_in(transaction, monitor, alarm));
    if (!found.firing) return conflict(fmt::format("alarm '{}' fires no more", alarm));
    if (found.acknowledged_ns)
      return conflict(fmt::format("alarm '{}' was acknowledged by {} already", alarm, found.acknowledged_by));
    YUPU_RETURN_IF_ERROR(transaction
                             .execute("UPDATE monitor_alarm SET acknowledged_ns = ?, acknowledged_by = ?, note = ? "
                                      "WHERE monitor = ? AND alarm = ?",
                                      {now_ns, who, note, monitor, alarm})
                             .status());
    return write_audit(
        transaction, monitor,
        {.time_ns = now_ns, .topic = found.topic, .alarm = alarm, .event = "acknowledged", .who = who, .detail = note});
  });
}

Result<std::string> add_silence(store::Store& store, const std::string& monitor, Silence silence) {
  if (silence.ends_ns <= silence.begins_ns) return invalid_argument("a silence ends after it begins", "ends");
  if (silence.ends_ns - silence.begins_ns > kSilenceMaxNs)
    return invalid_argument(fmt::format("a silence lasts {} days at most", kSilenceMaxNs / kDayNs), "ends");
  silence.id = random_id("sil");
  YUPU_RETURN_IF_ERROR(store.write([&](Transaction& transaction) -> Status {
    YUPU_RETURN_IF_ERROR(
        transaction
            .execute("INSERT INTO monitor_silence (id, monitor, topic, begins_ns, ends_ns, created_by, "
                     "note) VALUES (?, ?, ?, ?, ?, ?, ?)",
                     {silence.id, monitor, silence.topic, silence.begins_ns, silence.ends_ns, silence.created_by,
                      silence.note})
            .status());
    return write_audit(transaction, monitor,
                       {.time_ns = silence.begins_ns,
                        .topic = silence.topic,
                        .alarm = "",
                        .event = "silenced",
                        .who = silence.created_by,
                        .detail = fmt::format("until {}: {}", format_utc(silence.ends_ns), silence.note)});
  }));
  return silence.id;
}

Status end_silence(store::Store& store, const std::string& monitor, const std::string& id, const std::string& who,
                   std::int64_t now_ns) {
  return store.write([&](Transaction& transaction) -> Status {
    YUPU_ASSIGN_OR_RETURN(
        const std::int64_t changed,
        transaction.execute("UPDATE monitor_silence SET ends_ns = ? WHERE monitor = ? AND id = ? AND ends_ns > ?",
                            {now_ns, monitor, id, now_ns}));
    if (changed == 0) return not_found(fmt::format("no silence '{}' is to end", id));
    return write_audit(
        transaction, monitor,
        {.time_ns = now_ns, .topic = "", .alarm = "", .event = "silence_ended", .who = who, .detail = id});
  });
}

Result<std::vector<Silence>> silences(Transaction& transaction, const std::string& monitor, std::int64_t now_ns) {
  YUPU_ASSIGN_OR_RETURN(const auto rows,
                        transaction.query("SELECT id, topic, begins_ns, ends_ns, created_by, note FROM monitor_silence "
                                          "WHERE monitor = ? AND ends_ns > ? ORDER BY ends_ns, id",
                                          {monitor, now_ns}));
  std::vector<Silence> found;
  for (const Row& row : rows)
    found.push_back({.id = row.text(0),
                     .topic = row.text(1),
                     .begins_ns = row.integer(2),
                     .ends_ns = row.integer(3),
                     .created_by = row.text(4),
                     .note = row.text(5)});
  return found;
}

Result<std::vector<Silence>> list_silences(store::Store& store, const std::string& monitor, std::int64_t now_ns) {
  std::vector<Silence> found;
  YUPU_RETURN_IF_ERROR(store.read([&](Transaction& transaction) -> Status {
    YUPU_ASSIGN_OR_RETURN(found, silences(transaction, monitor, now_ns));
    return ok_status();
  }));
  return found;
}

Result<std::vector<TopicStanding>> topic_standings(store::Store& store, const std::string& monitor) {
  std::vector<TopicStanding> standings;
  YUPU_RETURN_IF_ERROR(store.read([&](Transaction& transaction) -> Status {
    YUPU_ASSIGN_OR_RETURN(
        const auto rows,
        transaction.query("SELECT topic, state, since_ns FROM monitor_topic WHERE monitor = ? ORDER BY topic",
                          {monitor}));
    standings.clear();
    for (const Row& row : rows)
      standings.push_back({.topic = row.text(0), .state = row.text(1), .since_ns = row.integer(2)});
    return ok_status();
  }));
  return standings;
}

}  // namespace yupu::monitor
