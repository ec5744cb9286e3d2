// The record cut at two instants, the same for all users: train < valid_ns <= validation < test_ns <= test.  Ji et al.
// 2023 (TOIS 41:3, "On offline evaluation of recommender systems"): any other split lets a model learn from what had
// not happened when it is asked.
#pragma once

#include <cstdint>
#include <optional>

#include "base/json.h"
#include "base/status.h"
#include "tasks/recommend/behaviour.h"

namespace yupu::recommend {

struct SplitRule {
  std::optional<std::int64_t> test_ns;  // where the test begins; unset: so that test_share of the events come after it
  double test_share = 0.1;
  double valid_share = 0.1;  // of the events before the test
  bool needs_test = true;    // false: all events may come before it
};

struct TimeSplit {
  std::int64_t valid_ns = 0, test_ns = 0;
  std::int64_t train_events = 0, valid_events = 0, test_events = 0;
  OrderedJson to_json() const;
};

// Events of one instant stay together.  Outcomes  kInvalidArgument: a part would have no event (which).
Result<TimeSplit> split_by_time(const tasks::BehaviourLog& log, const SplitRule& rule);

}  // namespace yupu::recommend
