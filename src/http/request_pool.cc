#include "http/request_pool.h"

#include <utility>

#include "base/check.h"

namespace yupu::http {

RequestPool::RequestPool(RequestPoolOptions options)
    : clock_(options.clock != nullptr ? *options.clock : system_clock_),
      wait_ns_max_(options.wait_ns_max),
      thread_count_(static_cast<std::size_t>(options.thread_count)),
      jobs_max_(thread_count_ + static_cast<std::size_t>(options.queue_max)) {
  CHECK(options.thread_count > 0 && options.queue_max > 0, "a request pool needs threads and a queue");
  threads_.reserve(thread_count_);
  for (std::size_t i = 0; i < thread_count_; ++i) threads_.emplace_back([this] { work(); });
}

RequestPool::~RequestPool() { stop(); }

bool RequestPool::try_submit(std::function<void()> job) {
  {
    MutexLock lock(mutex_);
    const std::size_t jobs = in_work_ + queue_.size();
    if (stopping_ || jobs >= jobs_max_) return false;
    // Only while every thread has a job is the time since one was taken a standstill.
    if (wait_ns_max_ > 0 && in_work_ == thread_count_) {
      const std::int64_t now_ns = clock_.monotonic_ns();
      const std::int64_t bound_ns = backlog_.bound_ns(now_ns, wait_ns_max_);
      if (backlog_.expected_wait_ns(now_ns, jobs - thread_count_) > bound_ns) return false;
    }
    queue_.push_back(std::move(job));
  }
  wake_.notify_one();
  return true;
}

void RequestPool::stop() {
  {
    MutexLock lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  for (std::thread& thread : threads_) {
    if (thread.joinable()) thread.join();
  }
}

int RequestPool::waiting() const {
  MutexLock lock(mutex_);
  return static_cast<int>(queue_.size());
}

void RequestPool::work() {
  while (true) {
    std::function<void()> job;
    {
      MutexLock lock(mutex_);
      while (queue_.empty() && !stopping_) wake_.wait(mutex_);
      if (queue_.empty()) return;
      job = std::move(queue_.front());
      queue_.pop_front();
      ++in_work_;
      backlog_.taken(clock_.monotonic_ns(), in_work_ == thread_count_ && !queue_.empty());
    }
    job();
    job = nullptr;  // what it holds goes before its place is given away
    MutexLock lock(mutex_);
    --in_work_;
  }
}

}  // namespace yupu::http
