// A fixed team of request threads behind a bounded queue: handlers may block (store, engine), the event loop may not.
// Threads: every member from any thread; stop() once.
#pragma once

#include <deque>
#include <functional>
#include <thread>
#include <vector>

#include "base/mutex.h"

namespace yupu::http {

class RequestPool {
 public:
  // REQUIRES: both > 0.
  RequestPool(int thread_count, int queue_max);
  ~RequestPool();
  RequestPool(const RequestPool&) = delete;
  RequestPool& operator=(const RequestPool&) = delete;

  // False at once when every thread has a job and `queue_max` wait, or after stop(): the caller answers 429 or 503.
  // A job an idle thread has yet to wake up for does not count as waiting: what is refused depends on load alone.
  bool try_submit(std::function<void()> job);
  // Finishes what was accepted, then joins.
  void stop();
  int waiting() const;

 private:
  void work();

  const std::size_t jobs_max_;  // in work and waiting
  mutable Mutex mutex_;
  Condition wake_;
  std::deque<std::function<void()>> queue_ YUPU_GUARDED_BY(mutex_);
  std::size_t in_work_ YUPU_GUARDED_BY(mutex_) = 0;
  bool stopping_ YUPU_GUARDED_BY(mutex_) = false;
  std::vector<std::thread> threads_;
};

}  // namespace yupu::http
