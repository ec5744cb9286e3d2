#include "http/request_pool.h"

#include <utility>

#include "base/check.h"

namespace yupu::http {

RequestPool::RequestPool(int thread_count, int queue_max)
    : jobs_max_(static_cast<std::size_t>(thread_count) + static_cast<std::size_t>(queue_max)) {
  CHECK(thread_count > 0 && queue_max > 0, "a request pool needs threads and a queue");
  threads_.reserve(static_cast<std::size_t>(thread_count));
  for (int i = 0; i < thread_count; ++i) threads_.emplace_back([this] { work(); });
}

RequestPool::~RequestPool() { stop(); }

bool RequestPool::try_submit(std::function<void()> job) {
  {
    MutexLock lock(mutex_);
    if (stopping_ || in_work_ + queue_.size() >= jobs_max_) return false;
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
    }
    job();
    job = nullptr;  // what it holds goes before its place is given away
    MutexLock lock(mutex_);
    --in_work_;
  }
}

}  // namespace yupu::http
