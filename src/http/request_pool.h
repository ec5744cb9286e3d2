// A fixed team of request threads behind a bounded queue: handlers may block (store, engine), the event loop may not.
// The queue is bounded by count, and by time: who would wait longer than they may is refused when they come, so that
// those who are let in are answered as soon as ever, however many more come (backlog.h).
// Threads: every member from any thread; stop() once.
#pragma once

#include <deque>
#include <functional>
#include <thread>
#include <vector>

#include "base/clock.h"
#include "base/mutex.h"
#include "http/backlog.h"

namespace yupu::http {

struct RequestPoolOptions {
  int thread_count = 64;
  int queue_max = 256;           // waiting for a thread
  std::int64_t wait_ns_max = 0;  // expected of who comes; 0: the count alone refuses
  const Clock* clock = nullptr;  // null: the system's
};

class RequestPool {
 public:
  // REQUIRES: thread_count and queue_max > 0.
  explicit RequestPool(RequestPoolOptions options);
  ~RequestPool();
  RequestPool(const RequestPool&) = delete;
  RequestPool& operator=(const RequestPool&) = delete;

  // False at once when every thread has a job and `queue_max` wait, or those who wait are expected to keep the threads
  // busy for longer than `wait_ns_max`, or after stop(): the caller answers 429 or 503.
  // A job an idle thread has yet to wake up for does not count as waiting: what is refused depends on load alone.
  bool try_submit(std::function<void()> job);
  // Finishes what was accepted, then joins.
  void stop();
  int waiting() const;

 private:
  void work();

  const SystemClock system_clock_;
  const Clock& clock_;
  const std::int64_t wait_ns_max_;
  const std::size_t thread_count_;
  const std::size_t jobs_max_;  // in work and waiting
  mutable Mutex mutex_;
  Condition wake_;
  std::deque<std::function<void()>> queue_ YUPU_GUARDED_BY(mutex_);
  Backlog backlog_ YUPU_GUARDED_BY(mutex_);
  std::size_t in_work_ YUPU_GUARDED_BY(mutex_) = 0;
  bool stopping_ YUPU_GUARDED_BY(mutex_) = false;
  std::vector<std::thread> threads_;
};

}  // namespace yupu::http
