// Group commit.  An fsync costs as much as hundreds of inserts, so the writer thread takes every job that has queued up
// while the last COMMIT ran, and lets them share the next one.  What a commit is, a backend says.
//
// Invariants  1. A caller is told OK only after the commit that holds its rows.
//             2. Jobs run, and callers are told, in the order they queued.
// Threads     every member from any thread; `commit` and every `done` run on the one writer thread.
#pragma once

#include <cstddef>
#include <deque>
#include <functional>
#include <span>
#include <thread>
#include <vector>

#include "base/mutex.h"
#include "base/status.h"
#include "store/store.h"

namespace yupu::store {

class WriteQueue {
 public:
  struct Job {
    Work work;
    std::function<void(Status)> done;
  };
  // Runs the jobs and makes them durable; statuses[i] is what jobs[i] came to.
  using Commit = std::function<void(std::span<const Job> jobs, std::span<Status> statuses)>;

  // `batch_max`: jobs that share one commit.
  WriteQueue(Commit commit, std::size_t batch_max);
  // Finishes what is queued.
  ~WriteQueue();
  WriteQueue(const WriteQueue&) = delete;
  WriteQueue& operator=(const WriteQueue&) = delete;

  Status write(Work work);
  void write_async(Work work, std::function<void(Status)> done);

 private:
  void enqueue(Job job);
  // Empty when the queue closes and every job is done.
  std::vector<Job> take_jobs();
  void run();

  const Commit commit_;
  const std::size_t batch_max_;
  Mutex mutex_;
  Condition work_queued_;
  Condition room_made_;
  std::deque<Job> queue_ YUPU_GUARDED_BY(mutex_);
  bool is_closing_ YUPU_GUARDED_BY(mutex_) = false;
  std::jthread thread_;
};

// `work` on `transaction`; what it throws becomes a Status.
Status run_work(const Work& work, Transaction& transaction);

}  // namespace yupu::store
