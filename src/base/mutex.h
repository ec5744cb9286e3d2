// A mutex clang's -Wthread-safety understands (libstdc++'s own carries no annotations).
// Use: `Mutex mutex_; int count_ YUPU_GUARDED_BY(mutex_);` and `MutexLock lock(mutex_);`.
#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>

#if defined(__clang__)
#define YUPU_THREAD_ANNOTATION(x) __attribute__((x))
#else
#define YUPU_THREAD_ANNOTATION(x)
#endif
#define YUPU_CAPABILITY(x) YUPU_THREAD_ANNOTATION(capability(x))
#define YUPU_SCOPED_CAPABILITY YUPU_THREAD_ANNOTATION(scoped_lockable)
#define YUPU_GUARDED_BY(x) YUPU_THREAD_ANNOTATION(guarded_by(x))
#define YUPU_REQUIRES(...) YUPU_THREAD_ANNOTATION(requires_capability(__VA_ARGS__))
#define YUPU_ACQUIRE(...) YUPU_THREAD_ANNOTATION(acquire_capability(__VA_ARGS__))
#define YUPU_RELEASE(...) YUPU_THREAD_ANNOTATION(release_capability(__VA_ARGS__))
#define YUPU_EXCLUDES(...) YUPU_THREAD_ANNOTATION(locks_excluded(__VA_ARGS__))
#define YUPU_NO_THREAD_SAFETY_ANALYSIS YUPU_THREAD_ANNOTATION(no_thread_safety_analysis)

namespace yupu {

class YUPU_CAPABILITY("mutex") Mutex {
 public:
  void lock() YUPU_ACQUIRE() { mutex_.lock(); }
  void unlock() YUPU_RELEASE() { mutex_.unlock(); }
  std::mutex& native() { return mutex_; }

 private:
  std::mutex mutex_;
};

class YUPU_SCOPED_CAPABILITY MutexLock {
 public:
  explicit MutexLock(Mutex& mutex) YUPU_ACQUIRE(mutex) : mutex_(mutex) { mutex_.lock(); }
  ~MutexLock() YUPU_RELEASE() { mutex_.unlock(); }
  MutexLock(const MutexLock&) = delete;
  MutexLock& operator=(const MutexLock&) = delete;

 private:
  Mutex& mutex_;
};

// Condition variable over Mutex.  REQUIRES: the caller holds the mutex.  Always wait in a loop over the condition.
class Condition {
 public:
  void wait(Mutex& mutex) YUPU_REQUIRES(mutex) {
    std::unique_lock<std::mutex> lock(mutex.native(), std::adopt_lock);
    condition_.wait(lock);
    lock.release();
  }
  // False when `timeout` went by without a notification.
  template <class Rep, class Period>
  bool wait_for(Mutex& mutex, std::chrono::duration<Rep, Period> timeout) YUPU_REQUIRES(mutex) {
    std::unique_lock<std::mutex> lock(mutex.native(), std::adopt_lock);
    // wait_until on the system clock instead of wait_for: gcc-12's ThreadSanitizer does not know
    // pthread_cond_clockwait.
    const bool notified =
        condition_.wait_until(lock, std::chrono::system_clock::now() + timeout) == std::cv_status::no_timeout;
    lock.release();
    return notified;
  }
  void notify_one() { condition_.notify_one(); }
  void notify_all() { condition_.notify_all(); }

 private:
  std::condition_variable condition_;
};

}  // namespace yupu
