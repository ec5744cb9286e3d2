#include "products/monitor/board/replay.h"

#include <algorithm>
#include <map>
#include <optional>
#include <thread>
#include <utility>

#include <fmt/format.h>

#include "base/background.h"
#include "base/clock.h"
#include "products/monitor/alarms/alarms.h"
#include "products/monitor/alarms/watch.h"
#include "products/monitor/judgements/judgements.h"
#include "serving/body_fields.h"

namespace yupu::monitor {
namespace {

// A whole number of `changes`; nothing where it does not say.
Result<std::optional<std::int64_t>> whole(const Json& changes, const char* key, std::int64_t least, std::int64_t most) {
  const auto found = changes.find(key);
  if (found == changes.end()) return std::optional<std::int64_t>();
  if (found->is_number_integer()) {
    const auto value = found->get<std::int64_t>();
    if (value >= least && value <= most) return std::optional(value);
  }
  const std::string field = fmt::format("rule.{}", key);
  return invalid_argument(fmt::format("{} is a whole number from {} to {}", field, least, most), field);
}

Status minutes(const Json& changes, const char* key, std::int64_t& into_ns) {
  YUPU_ASSIGN_OR_RETURN(const auto value, whole(changes, key, 0, kDayNs / kMinuteNs));
  if (value) into_ns = *value * kMinuteNs;
  return ok_status();
}

// In hops of a day, where it may be given up.
Status advance_to(SurgeMonitor& monitor, std::int64_t now_ns, const ReplayAsked& asked, std::vector<Change>& changes) {
  while (monitor.now_ns() < now_ns) {
    if (asked.is_given_up && asked.is_given_up()) return unavailable("nobody waits for the replay any more");
    YUPU_RETURN_IF_ERROR(monitor.advance(std::min(now_ns, monitor.now_ns() + kDayNs), &changes));
  }
  return ok_status();
}

Result<std::vector<Change>> changes_of(const TopicLog& log, const ReplayAsked& asked, std::int64_t end_ns) {
  std::vector<Change> changes;
  YUPU_ASSIGN_OR_RETURN(SurgeMonitor monitor, SurgeMonitor::create({{asked.topic, asked.rule}}, log.begin_ns));
  for (const Event& event : log.events) {
    YUPU_RETURN_IF_ERROR(advance_to(monitor, event.document.received_ns, asked, changes));
    // What is wrong with one counts nowhere, as it does live.
    static_cast<void>(monitor.take(event, &changes).ok());
  }
  YUPU_RETURN_IF_ERROR(advance_to(monitor, end_ns, asked, changes));
  return changes;
}

// On a thread of its own: whoever is being answered meanwhile is not to wait for it.
Result<std::vector<Change>> changes_apart(const TopicLog& log, const ReplayAsked& asked, std::int64_t end_ns) {
  Result<std::vector<Change>> changes = internal_error("nothing was replayed");
  std::thread apart([&] {
    lower_thread_priority("replay_priority");
    changes = changes_of(log, asked, end_ns);
  });
  apart.join();
  return changes;
}

Json time_or_null(std::int64_t ns) { return ns == 0 ? Json() : Json(format_utc(ns)); }

Result<Json> raised(store::Store& store, const std::string& monitor, const std::string& topic, std::int64_t since_ns) {
  std::vector<Alarm> alarms;
  YUPU_RETURN_IF_ERROR(store.read([&](store::Transaction& transaction) -> Status {
    YUPU_ASSIGN_OR_RETURN(alarms, alarms_since(transaction, monitor, since_ns));
    return ok_status();
  }));
  YUPU_ASSIGN_OR_RETURN(const auto judgements, alarm_judgements(store, monitor));
  Json rows = Json::array();
  for (const Alarm& alarm : alarms) {
    if (alarm.topic != topic) continue;
    const auto judged = judgements.find(alarm.alarm);
    rows.push_back({{"alarm", alarm.alarm},
                    {"fired", format_utc(alarm.fired_ns)},
                    {"resolved", time_or_null(alarm.firing ? 0 : alarm.changed_ns)},
                    {"fired_count", alarm.fired_count},
                    {"justified", judged == judgements.end() ? Json() : Json(judged->second.justified)}});
  }
  return rows;
}

Json row_of(const Episode& episode) {
  const Explanation& why = episode.explanation;
  return {{"alarm", episode.alarm},
          {"fired", format_utc(episode.fired_ns)},
          {"resolved", time_or_null(episode.resolved_ns)},
          {"fired_count", episode.fired_count},
          {"cause", cause_name(why.cause)},
          {"minutes", why.window_ns / kMinuteNs},
          {"total", why.total},
          {"negative", why.negative},
          {"publishers", why.publishers.size()}};
}

}  // namespace

OrderedJson rule_json(const SurgeRule& rule) {
  return {{"false_alarms_per_week", rule.threshold.alarms_per_week},
          {"publishers_min", rule.publishers_min},
          {"hold_minutes", rule.hold_ns / kMinuteNs},
          {"keep_firing_minutes", rule.keep_firing_ns / kMinuteNs},
          {"reopen_minutes", rule.reopen_ns / kMinuteNs},
          {"absolute_limit", rule.absolute_limit ? OrderedJson(*rule.absolute_limit) : OrderedJson()}};
}

Result<SurgeRule> changed_rule(SurgeRule rule, const Json& changes) {
  if (!changes.is_object()) return invalid_argument("rule is no object", "rule");
  YUPU_RETURN_IF_ERROR(serving::check_members(changes,
                                              {"false_alarms_per_week", "publishers_min", "hold_minutes",
                                               "keep_firing_minutes", "reopen_minutes", "absolute_limit"},
                                              "rule."));
  if (const auto found = changes.find("false_alarms_per_week"); found != changes.end()) {
    const double wanted = found->is_number() ? found->get<double>() : 0.0;
    if (!(wanted >= 0.001 && wanted <= 100.0))
      return invalid_argument("rule.false_alarms_per_week is a number from 0.001 to 100", "rule.false_alarms_per_week");
    rule.threshold.alarms_per_week = wanted;
  }
  YUPU_ASSIGN_OR_RETURN(const auto publishers, whole(changes, "publishers_min", 0, 1000));
  rule.publishers_min = publishers.value_or(rule.publishers_min);
  YUPU_RETURN_IF_ERROR(minutes(changes, "hold_minutes", rule.hold_ns));
  YUPU_RETURN_IF_ERROR(minutes(changes, "keep_firing_minutes", rule.keep_firing_ns));
  YUPU_RETURN_IF_ERROR(minutes(changes, "reopen_minutes", rule.reopen_ns));
  if (const auto found = changes.find("absolute_limit"); found != changes.end() && found->is_null()) {
    rule.absolute_limit.reset();
    return rule;
  }
  YUPU_ASSIGN_OR_RETURN(const auto limit, whole(changes, "absolute_limit", 1, 1'000'000'000));
  if (limit) rule.absolute_limit = limit;
  return rule;
}

std::vector<Episode> episodes_of(const std::vector<Change>& changes, std::int64_t since_ns) {
  std::vector<Episode> episodes;
  const auto named = [&](const Change& change) {
    return std::find_if(episodes.begin(), episodes.end(),
                        [&](const Episode& one) { return one.alarm == change.alarm; });
  };
  for (const Change& change : changes) {
    if (change.to == TopicState::kFiring) {
      auto episode = named(change);
      if (episode == episodes.end()) {
        episodes.push_back({.alarm = change.alarm, .fired_ns = change.time_ns});
        episode = episodes.end() - 1;
        if (change.explanation) episode->explanation = *change.explanation;
      }
      episode->resolved_ns = 0;
      ++episode->fired_count;
    } else if (change.from == TopicState::kFiring) {
      if (const auto episode = named(change); episode != episodes.end()) episode->resolved_ns = change.time_ns;
    }
  }
  std::erase_if(episodes, [&](const Episode& one) { return one.resolved_ns != 0 && one.resolved_ns < since_ns; });
  return episodes;
}

Result<Json> replayed(store::Store& store, const std::string& monitor, const ReplayAsked& asked, std::int64_t now_ns) {
  const std::int64_t from_ns = std::max<std::int64_t>(0, now_ns - asked.days * kDayNs);
  const std::int64_t begin_ns = std::max<std::int64_t>(0, from_ns - kReplayBeforeDays * kDayNs);
  YUPU_ASSIGN_OR_RETURN(const auto log, topic_log(store, monitor, asked.topic, begin_ns, now_ns, kReplayMentionsMost));
  YUPU_ASSIGN_OR_RETURN(const auto changes, changes_apart(log, asked, now_ns));
  Json would = Json::array();
  for (const Episode& episode : episodes_of(changes, from_ns)) would.push_back(row_of(episode));
  YUPU_ASSIGN_OR_RETURN(Json was, raised(store, monitor, asked.topic, from_ns));
  const auto documents = std::count_if(log.events.begin(), log.events.end(), [&](const Event& event) {
    return event.kind == Event::Kind::kDocument && event.document.received_ns >= from_ns;
  });
  return Json{{"from", format_utc(from_ns)}, {"to", format_utc(now_ns)}, {"learns_from", format_utc(log.begin_ns)},
              {"documents", documents},      {"raised", std::move(was)}, {"would_raise", std::move(would)}};
}

}  // namespace yupu::monitor
