#include "products/recommend/evaluate/time_split.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "base/clock.h"

namespace yupu::recommend {
namespace {

// The time from which on about `share` of the events come.
std::int64_t time_of_share(std::span<const tasks::Behaviour> events, double share) {
  const auto kept = static_cast<std::size_t>(std::llround((1.0 - share) * static_cast<double>(events.size())));
  return events[std::min(kept, events.size() - 1)].time_ns;
}

}  // namespace

Result<TimeSplit> split_by_time(const tasks::BehaviourLog& log, const SplitRule& rule) {
  if (log.events().empty()) return invalid_argument("there are no events to split", "events");
  TimeSplit split;
  split.test_ns = rule.test_ns ? *rule.test_ns : time_of_share(log.events(), rule.test_share);
  const auto before_test = log.before(split.test_ns);
  if (before_test.empty())
    return invalid_argument(fmt::format("no event before the test, which begins {}", format_utc(split.test_ns)),
                            "split-time");
  split.valid_ns = time_of_share(before_test, rule.valid_share);
  split.train_events = static_cast<std::int64_t>(log.before(split.valid_ns).size());
  split.valid_events = static_cast<std::int64_t>(before_test.size()) - split.train_events;
  split.test_events = static_cast<std::int64_t>(log.events().size() - before_test.size());
  if (split.train_events == 0)
    return invalid_argument(fmt::format("no event before the validation, which begins {}", format_utc(split.valid_ns)),
                            "valid-share");
  if (split.test_events == 0 && rule.needs_test)
    return invalid_argument(fmt::format("no event in the test, which begins {}", format_utc(split.test_ns)),
                            "split-time");
  return split;
}

OrderedJson TimeSplit::to_json() const {
  return {{"valid_from", format_utc(valid_ns)},
          {"test_from", format_utc(test_ns)},
          {"train_events", train_events},
          {"valid_events", valid_events},
          {"test_events", test_events}};
}

}  // namespace yupu::recommend
