// What another rule would have raised in the last days, beside what was raised: a replay of the stored log
// (detect/monitor.h). Nothing is written and nobody is told.
//
// A replay begins kReplayBeforeDays before the days that are shown, so that it knows the topic as well as the detection
// did: its baseline reaches that far back. The thresholds of the detection that runs may have learned for longer.
// What is forgotten by then (retention) it cannot learn from: where the log begins is told.
// Units    times as format_utc writes them.     Threads  any.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "base/json.h"
#include "base/status.h"
#include "products/monitor/detect/monitor.h"
#include "store/store.h"

namespace yupu::monitor {

inline constexpr std::int64_t kReplayDaysMost = 30;
inline constexpr std::int64_t kReplayBeforeDays = 28;
inline constexpr std::int64_t kReplayMentionsMost = 300'000;  // of one topic, in all the days that are read

// The keys of [monitor] and [[monitor.topic]] that say when an alarm is raised. `absolute_limit` is null without one.
OrderedJson rule_json(const SurgeRule& rule);
// `rule` with what `changes`, an object of such keys, says otherwise.
// Errors: kInvalidArgument, the field as it is written ("rule.hold_minutes").
Result<SurgeRule> changed_rule(SurgeRule rule, const Json& changes);

// One alarm from when it first fired to when it resolved last.
struct Episode {
  std::string alarm;
  std::int64_t fired_ns = 0;
  std::int64_t resolved_ns = 0;  // 0: it fires on
  std::int64_t fired_count = 0;
  Explanation explanation = {};  // of when it fired first
};
// In the order they fired; those that were over before `since_ns` are left out.
std::vector<Episode> episodes_of(const std::vector<Change>& changes, std::int64_t since_ns);

struct ReplayAsked {
  std::string topic;
  SurgeRule rule;
  std::int64_t days = 7;
  std::function<bool()> is_given_up = {};  // whether nobody waits for it any more; absent: somebody does
};
// {"from", "to", "learns_from", "documents", "raised", "would_raise"} of one monitor.
// Errors: kTooLarge, field "days": more than kReplayMentionsMost; kUnavailable: given up; those of the store.
Result<Json> replayed(store::Store& store, const std::string& monitor, const ReplayAsked& asked, std::int64_t now_ns);

}  // namespace yupu::monitor
