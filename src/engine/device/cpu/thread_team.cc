#include "engine/device/cpu/thread_team.h"

#include <algorithm>
#include <utility>

#include "base/check.h"

namespace yupu::engine {
namespace {

// Long enough to bridge the gap between two ops (some microseconds), short enough to leave an idle machine alone.
constexpr int kSpinsBeforeSleep = 3000;
constexpr int kSpinsBeforeYield = 1000;

void pause_briefly() {
#if defined(__x86_64__) || defined(__i386__)
  __builtin_ia32_pause();
#else
  std::this_thread::yield();
#endif
}

}  // namespace

ThreadTeam::ThreadTeam(int thread_count) {
  CHECK(thread_count >= 0, "a team needs a thread");
  size_ = thread_count > 0 ? thread_count : std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
  claimed_ = std::make_unique<std::atomic<std::uint64_t>[]>(static_cast<std::size_t>(size_));
  members_.reserve(static_cast<std::size_t>(size_ - 1));
  for (int member = 1; member < size_; ++member) members_.emplace_back([this, member] { member_loop(member); });
}

ThreadTeam::~ThreadTeam() {
  stopping_.store(true);
  generation_.fetch_add(1);
  {
    MutexLock lock(mutex_);
    wake_.notify_all();
  }
  for (std::thread& member : members_) member.join();
}

void ThreadTeam::run_parts(std::int64_t count, std::int64_t grain, const void* fn, Trampoline call) {
  if (count <= 0) return;
  CHECK(grain > 0, "parallel_for needs a positive grain");
  const std::int64_t grains = (count + grain - 1) / grain;
  const std::int64_t parts = std::min<std::int64_t>(size_, grains);
  if (parts == 1) {
    call(fn, 0, count, 0);
    return;
  }
  CHECK(unfinished_.load() == 0, "parallel_for inside parallel_for");
  job_fn_ = fn;
  job_call_ = call;
  job_count_ = count;
  job_part_ = (grains + parts - 1) / parts * grain;
  unfinished_.store(size_ - 1);
  const std::uint64_t generation = generation_.fetch_add(1) + 1;  // publishes the job
  // A member going to sleep raises sleepers_ before it looks at generation_ again, so one of the two sees the other.
  if (sleepers_.load() > 0) {
    MutexLock lock(mutex_);
    wake_.notify_all();
  }
  run_member(0);
  for (int member = 1; member < size_; ++member) {
    if (!claim(member, generation)) continue;
    run_member(member);
    unfinished_.fetch_sub(1, std::memory_order_relaxed);
  }
  for (int spins = 0; unfinished_.load(std::memory_order_acquire) != 0; ++spins) {
    if (spins < kSpinsBeforeYield) {
      pause_briefly();
    } else {
      std::this_thread::yield();
    }
  }
  std::exception_ptr failure;
  {
    MutexLock lock(mutex_);
    failure = std::exchange(failure_, nullptr);
  }
  if (failure != nullptr) std::rethrow_exception(failure);
}

bool ThreadTeam::claim(int member, std::uint64_t generation) {
  std::atomic<std::uint64_t>& newest = claimed_[static_cast<std::size_t>(member)];
  std::uint64_t before = newest.load();
  return before < generation && newest.compare_exchange_strong(before, generation);
}

void ThreadTeam::run_member(int member) {
  const std::int64_t begin = std::min(job_count_, member * job_part_);
  const std::int64_t end = std::min(job_count_, begin + job_part_);
  if (begin == end) return;
  try {
    job_call_(job_fn_, begin, end, member);
  } catch (...) {
    MutexLock lock(mutex_);
    if (failure_ == nullptr) failure_ = std::current_exception();
  }
}

void ThreadTeam::member_loop(int member) {
  std::uint64_t seen = 0;
  while (true) {
    for (int spins = 0; generation_.load(std::memory_order_acquire) == seen && spins < kSpinsBeforeSleep; ++spins) {
      pause_briefly();
    }
    if (generation_.load() == seen) {
      MutexLock lock(mutex_);
      sleepers_.fetch_add(1);
      while (generation_.load() == seen) wake_.wait(mutex_);
      sleepers_.fetch_sub(1);
    }
    if (stopping_.load()) return;
    seen = generation_.load();
    // What the job is may be read from here on: it cannot end before this part has.
    if (!claim(member, seen)) continue;
    run_member(member);
    unfinished_.fetch_sub(1, std::memory_order_release);
  }
}

}  // namespace yupu::engine
