// The band in which the negatives of a chart's points were to be expected, by the baseline that the detection judges
// with (detect/baseline.h), read from the state it has left in the store.
//
// The state is parsed once for each look of the detection, not for each question.  Threads  any.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/mutex.h"
#include "base/status.h"
#include "products/monitor/detect/baseline.h"
#include "products/monitor/detect/monitor.h"
#include "store/store.h"

namespace yupu::monitor {

class Bands {
 public:
  // All outlive it.
  Bands(store::Store& store, const std::string& monitor, const TopicRules& rules)
      : store_(store), monitor_(monitor), rules_(rules) {}

  struct Steps {
    std::int64_t begin_ns = 0;  // a multiple of a bucket, as step_ns is
    std::int64_t step_ns = 0;
    std::int64_t count = 0;
  };
  // One for each step; absent where there is no baseline: the topic is learning, or the step lies before what it knows.
  // Outcomes: those of the store. A state that the rules do not fit gives no band: the next look makes another.
  Result<std::vector<std::optional<Band>>> of(const std::string& topic, const Steps& steps);

 private:
  Result<std::shared_ptr<const SurgeMonitor>> state();

  store::Store& store_;
  const std::string& monitor_;
  const TopicRules& rules_;
  Mutex mutex_;
  std::int64_t sequence_ YUPU_GUARDED_BY(mutex_) = 0;
  std::int64_t now_ns_ YUPU_GUARDED_BY(mutex_) = 0;
  std::shared_ptr<const SurgeMonitor> state_ YUPU_GUARDED_BY(mutex_);  // of that look; null: it fits no more
};

}  // namespace yupu::monitor
