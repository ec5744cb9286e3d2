// [service] keep_days at work: conversations in which nothing was said for so long are deleted (forget.h), soon after
// the server starts and every hour from then on.
// Threads: one of its own; every member from any thread.
#pragma once

#include <cstdint>
#include <string>
#include <thread>

#include "base/clock.h"
#include "base/mutex.h"
#include "store/store.h"
#include "strategy/forget.h"

namespace yupu::strategy {

struct RetentionRule {
  std::string bot;
  std::int64_t keep_days = 0;  // REQUIRES: above 0
};

class Retention {
 public:
  Retention(store::Store& store, const Clock& clock, RetentionRule rule);
  ~Retention();  // stop()

  // What is due now. Errors: forget_conversations().
  Result<Forgotten> sweep();
  void start(std::int64_t interval_ms = 3'600'000);
  void stop();

 private:
  // Of several servers on one store one sweeps; the others look again when the interval is over.
  void sweep_if_leading();

  store::Store& store_;
  const Clock& clock_;
  const RetentionRule rule_;
  Mutex mutex_;
  Condition wake_;
  bool stopping_ YUPU_GUARDED_BY(mutex_) = false;
  std::thread thread_;
};

}  // namespace yupu::strategy
