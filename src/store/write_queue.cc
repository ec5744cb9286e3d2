#include "store/write_queue.h"

#include <exception>
#include <string>
#include <utility>

#include "base/check.h"

namespace yupu::store {
namespace {

constexpr std::size_t kQueueMax = 4096;  // jobs waiting; a caller beyond it waits for room

}  // namespace

WriteQueue::WriteQueue(Commit commit, std::size_t batch_max) : commit_(std::move(commit)), batch_max_(batch_max) {
  thread_ = std::jthread([this] { run(); });
}

WriteQueue::~WriteQueue() {
  {
    MutexLock lock(mutex_);
    is_closing_ = true;
  }
  work_queued_.notify_all();
  thread_.join();
}

Status WriteQueue::write(Work work) {
  CHECK(std::this_thread::get_id() != thread_.get_id(), "Store::write on the writer thread would wait for itself");
  struct {
    Mutex mutex;
    Condition is_done;
    bool done = false;
    Status status;
  } answer;
  enqueue({std::move(work), [&answer](Status status) {
             // Notified under the lock: the waiter may destroy `answer` as soon as it is released.
             MutexLock lock(answer.mutex);
             answer.status = std::move(status);
             answer.done = true;
             answer.is_done.notify_one();
           }});
  MutexLock lock(answer.mutex);
  while (!answer.done) answer.is_done.wait(answer.mutex);
  return answer.status;
}

void WriteQueue::write_async(Work work, std::function<void(Status)> done) {
  enqueue({std::move(work), std::move(done)});
}

void WriteQueue::enqueue(Job job) {
  {
    MutexLock lock(mutex_);
    // The writer itself (a `done` that writes on) must not wait for the room only it can make.
    const bool may_wait = std::this_thread::get_id() != thread_.get_id();
    while (may_wait && queue_.size() >= kQueueMax) room_made_.wait(mutex_);
    queue_.push_back(std::move(job));
  }
  work_queued_.notify_one();
}

std::vector<WriteQueue::Job> WriteQueue::take_jobs() {
  std::vector<Job> jobs;
  {
    MutexLock lock(mutex_);
    while (queue_.empty() && !is_closing_) work_queued_.wait(mutex_);
    while (!queue_.empty() && jobs.size() < batch_max_) {
      jobs.push_back(std::move(queue_.front()));
      queue_.pop_front();
    }
  }
  room_made_.notify_all();
  return jobs;
}

void WriteQueue::run() {
  for (std::vector<Job> jobs = take_jobs(); !jobs.empty(); jobs = take_jobs()) {
    std::vector<Status> statuses(jobs.size());
    commit_(jobs, statuses);
    for (std::size_t i = 0; i < jobs.size(); ++i) {
      if (jobs[i].done) jobs[i].done(std::move(statuses[i]));
    }
  }
}

Status run_work(const Work& work, Transaction& transaction) {
  try {
    return work(transaction);
  } catch (const std::exception& error) {
    return internal_error(std::string("store: the work of a transaction threw: ") + error.what());
  }
}

}  // namespace yupu::store
