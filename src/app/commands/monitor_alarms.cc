// yupu monitor alarms, ack, silence, notices, replay: what fired, what people did about it, what another rule would do.
#include <algorithm>
#include <set>
#include <string>

#include <fmt/format.h>

#include "app/commands/monitor_commands.h"
#include "app/commands/notices.h"
#include "products/monitor/alarms/alarms.h"
#include "products/monitor/alarms/watch.h"
#include "products/monitor/judgements/judgements.h"

namespace yupu::app {
namespace {

using monitor::kDayNs;
using monitor::kMinuteNs;

template <class Row>
OrderedJson json_of(const std::vector<Row>& rows) {
  OrderedJson list = OrderedJson::array();
  for (const Row& row : rows) list.push_back(row.to_json());
  return list;
}

std::string who_am_i(Arguments& arguments) { return arguments.required_text("--by"); }

}  // namespace

Status monitor_alarms_command(Arguments& arguments) {
  const std::int64_t limit = arguments.integer("--limit", 50, 1, 100000);
  const bool audit = arguments.flag("--audit");
  const bool json = arguments.flag("--json");
  YUPU_ASSIGN_OR_RETURN(const MonitorPlace place, open_monitor(arguments, {}));
  const std::string& name = place.strategy.name;
  if (audit) {
    YUPU_ASSIGN_OR_RETURN(const auto entries, monitor::read_audit(place.store(), name, limit));
    std::string text;
    for (const auto& entry : entries)
      text += fmt::format("{}{} {:<13} {} {} {}", text.empty() ? "" : "\n", format_utc(entry.time_ns), entry.event,
                          entry.alarm.empty() ? entry.topic : entry.alarm, entry.who, entry.detail);
    json ? print_json(OrderedJson{{"audit", json_of(entries)}}) : print_text(text);
    return ok_status();
  }
  YUPU_ASSIGN_OR_RETURN(const auto alarms, monitor::list_alarms(place.store(), name, limit));
  YUPU_ASSIGN_OR_RETURN(const auto silences, monitor::list_silences(place.store(), name, place.now_ns()));
  YUPU_ASSIGN_OR_RETURN(const auto judgements, monitor::alarm_judgements(place.store(), name));
  std::set<std::string> names;
  for (const monitor::Alarm& alarm : alarms) names.insert(alarm.alarm);
  const monitor::AlarmPrecision precision = monitor::precision_of(judgements, names);
  if (json) {
    OrderedJson rows = OrderedJson::array();
    for (const monitor::Alarm& alarm : alarms) {
      OrderedJson row = alarm.to_json();
      if (const auto judged = judgements.find(alarm.alarm); judged != judgements.end())
        row["judged"] = judged->second.to_json();
      YUPU_ASSIGN_OR_RETURN(row["explanation"], parse_json(alarm.explanation));
      rows.push_back(std::move(row));
    }
    print_json(OrderedJson{{"alarms", rows}, {"silences", json_of(silences)}, {"precision", precision.to_json()}});
    return ok_status();
  }
  std::string text = fmt::format("{:<40} {:<13} {:<24} {}", "ALARM", "STATE", "CHANGED", "NOTE");
  for (const monitor::Alarm& alarm : alarms)
    text += fmt::format("\n{:<40} {:<13} {:<24} {}", alarm.alarm,
                        alarm.firing ? (alarm.acknowledged_ns ? "acknowledged" : "firing") : "resolved",
                        format_utc(alarm.changed_ns),
                        alarm.acknowledged_ns ? fmt::format("{}: {}", alarm.acknowledged_by, alarm.note) : "");
  for (const monitor::Silence& silence : silences)
    text += fmt::format("\nsilence {} of {} until {}: {}", silence.id, silence.topic.empty() ? "all" : silence.topic,
                        format_utc(silence.ends_ns), silence.note);
  if (precision.judged > 0) text += "\n" + precision.to_text();
  print_text(text);
  return ok_status();
}

Status monitor_ack_command(Arguments& arguments) {
  const std::string who = who_am_i(arguments);
  const std::string note = arguments.text("--note");
  const bool json = arguments.flag("--json");
  YUPU_ASSIGN_OR_RETURN(const MonitorPlace place,
                        open_monitor(arguments, {.least = 1, .most = 1, .what = "alarm", .must_exist = true}));
  YUPU_RETURN_IF_ERROR(
      monitor::acknowledge(place.store(), place.strategy.name, place.words[0], who, note, place.now_ns()));
  json ? print_json(Json{{"acknowledged", place.words[0]}}) : print_text("acknowledged " + place.words[0]);
  return ok_status();
}

Status monitor_silence_command(Arguments& arguments) {
  const std::string who = who_am_i(arguments);
  const std::string note = arguments.text("--note");
  const std::string topic = arguments.text("--topic");
  const std::string end = arguments.text("--end");
  const std::int64_t minutes = arguments.integer("--minutes", 0, 0, monitor::kSilenceMaxNs / kMinuteNs);
  const bool json = arguments.flag("--json");
  YUPU_ASSIGN_OR_RETURN(const MonitorPlace place, open_monitor(arguments, {}));
  const std::string& name = place.strategy.name;
  if (!end.empty()) {
    YUPU_RETURN_IF_ERROR(monitor::end_silence(place.store(), name, end, who, place.now_ns()));
    json ? print_json(Json{{"ended", end}}) : print_text("ended " + end);
    return ok_status();
  }
  if (minutes == 0) return invalid_argument("a silence has an end: give --minutes N", "--minutes");
  const auto& rules = place.strategy.monitor->rules;
  if (!topic.empty() && rules.find(topic) == rules.end())
    return Status(Code::kNotFound, fmt::format("no [[monitor.topic]] has the name '{}'", topic), "--topic");
  const std::int64_t now_ns = place.now_ns();
  YUPU_ASSIGN_OR_RETURN(const std::string id, monitor::add_silence(place.store(), name,
                                                                   {.id = "",
                                                                    .topic = topic,
                                                                    .begins_ns = now_ns,
                                                                    .ends_ns = now_ns + minutes * kMinuteNs,
                                                                    .created_by = who,
                                                                    .note = note}));
  json ? print_json(Json{{"silence", id}}) : print_text("silence " + id);
  return ok_status();
}

Status monitor_notices_command(Arguments& arguments) {
  const NoticesAsked asked = read_notices_asked(arguments);
  YUPU_ASSIGN_OR_RETURN(const MonitorPlace place, open_monitor(arguments, {}));
  return show_notices(asked, {.store = place.store(),
                              .clock = *place.workplace.clock,
                              .name = place.strategy.name,
                              .table = "[[monitor.route]]",
                              .routes = [&place] { return strategy::routes_with_secrets(place.strategy); }});
}

Status monitor_replay_command(Arguments& arguments) {
  const std::int64_t days = arguments.integer("--days", 35, 1, 3660);
  const bool json = arguments.flag("--json");
  YUPU_ASSIGN_OR_RETURN(const MonitorPlace place, open_monitor(arguments, {}));
  const std::int64_t now_ns = place.now_ns();
  YUPU_ASSIGN_OR_RETURN(const auto log,
                        monitor::mention_log(place.store(), place.strategy.name, now_ns - days * kDayNs, now_ns + 1));
  YUPU_ASSIGN_OR_RETURN(const auto replayed, monitor::replay(place.strategy.monitor->rules, log, now_ns));
  OrderedJson rows = OrderedJson::array();
  std::string text = fmt::format("{} mentions", log.size());
  for (const monitor::Change& change : replayed.changes) {
    rows.push_back({{"time", format_utc(change.time_ns)},
                    {"topic", change.topic},
                    {"from", monitor::state_name(change.from)},
                    {"to", monitor::state_name(change.to)},
                    {"alarm", change.alarm}});
    text += fmt::format("\n{} {:<24} {} -> {}", format_utc(change.time_ns), change.topic,
                        monitor::state_name(change.from), monitor::state_name(change.to));
  }
  const auto fired = std::count_if(replayed.changes.begin(), replayed.changes.end(),
                                   [](const auto& change) { return change.to == monitor::TopicState::kFiring; });
  std::set<std::string> alarms;
  for (const monitor::Change& change : replayed.changes) {
    if (change.to == monitor::TopicState::kFiring) alarms.insert(change.alarm);
  }
  YUPU_ASSIGN_OR_RETURN(const auto judgements, monitor::alarm_judgements(place.store(), place.strategy.name));
  const monitor::AlarmPrecision precision = monitor::precision_of(judgements, alarms);
  if (precision.judged > 0) text += "\n" + precision.to_text();
  json ? print_json(OrderedJson{
             {"mentions", log.size()}, {"fired", fired}, {"changes", rows}, {"precision", precision.to_json()}})
       : print_text(text);
  return ok_status();
}

}  // namespace yupu::app
