// A fixed team of threads for one owner.  Work is cut into equal static parts, one a member; a part whose member is not
// up yet when the owner has done its own is the owner's too, so that nothing waits for a thread that waits for a
// processor.  Between jobs the members spin briefly, then sleep. Determinism: ops give every output element to exactly
// one index, so results depend neither on the size of the team nor on who did a part. Threads: one owner calls
// parallel_for; it takes part as member 0.  parallel_for must not be nested.
#pragma once

#include <atomic>
#include <cstdint>
#include <exception>
#include <memory>
#include <thread>
#include <type_traits>
#include <vector>

#include "base/mutex.h"

namespace yupu::engine {

class ThreadTeam {
 public:
  // `thread_count` members in all, the owner among them; 0 means as many as the machine has.
  explicit ThreadTeam(int thread_count);
  ~ThreadTeam();
  ThreadTeam(const ThreadTeam&) = delete;
  ThreadTeam& operator=(const ThreadTeam&) = delete;

  int size() const { return size_; }

  // Calls fn(begin, end, member) for parts that together are [0, count); returns when all are done.  Each part but the
  // last is a multiple of `grain`; no more than one part per member, whose number it has, whoever does it.  An
  // exception of a part is thrown again here.
  template <class Fn>
  void parallel_for(std::int64_t count, std::int64_t grain, const Fn& fn) {
    run_parts(count, grain, &fn, [](const void* f, std::int64_t begin, std::int64_t end, int member) {
      (*static_cast<const Fn*>(f))(begin, end, member);
    });
  }

 private:
  using Trampoline = void (*)(const void* fn, std::int64_t begin, std::int64_t end, int member);

  void run_parts(std::int64_t count, std::int64_t grain, const void* fn, Trampoline call);
  // Whether the member's part of the job `generation` is the caller's to do: true once.
  bool claim(int member, std::uint64_t generation);
  void run_member(int member);
  void member_loop(int member);

  int size_;
  // The job, written by the owner before it raises generation_ and read by members after they see it.
  const void* job_fn_ = nullptr;
  Trampoline job_call_ = nullptr;
  std::int64_t job_count_ = 0;
  std::int64_t job_part_ = 0;
  std::atomic<std::uint64_t> generation_{0};
  std::atomic<int> unfinished_{0};                         // parts but the owner's
  std::unique_ptr<std::atomic<std::uint64_t>[]> claimed_;  // by member: the newest job whose part somebody does
  std::atomic<bool> stopping_{false};
  std::atomic<int> sleepers_{0};
  Mutex mutex_;
  Condition wake_;
  std::exception_ptr failure_ YUPU_GUARDED_BY(mutex_);
  std::vector<std::thread> members_;
};

}  // namespace yupu::engine
