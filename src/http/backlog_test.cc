#include "http/backlog.h"

#include <gtest/gtest.h>

#include "base/clock.h"
#include "http/request_pool.h"

namespace yupu::http {
namespace {

constexpr std::int64_t kMs = 1'000'000;

TEST(Backlog, APlaceInTheQueueCostsWhatItCostThoseBefore) {
  FakeClock clock(50 * kMs);
  Backlog backlog;
  backlog.taken(clock.monotonic_ns(), true);
  for (int i = 0; i < 20; ++i) {
    clock.advance_ns(2 * kMs);
    backlog.taken(clock.monotonic_ns(), true);
  }
  EXPECT_EQ(backlog.expected_wait_ns(clock.monotonic_ns(), 0), 2 * kMs);
  EXPECT_EQ(backlog.expected_wait_ns(clock.monotonic_ns(), 49), 100 * kMs);
}

TEST(Backlog, WhatIdleThreadsTakeSaysNothingOfWaiting) {
  FakeClock clock(50 * kMs);
  Backlog backlog;
  for (int i = 0; i < 100; ++i) {
    clock.advance_ns(kMs / 100);  // threads wake up one after the other
    backlog.taken(clock.monotonic_ns(), false);
  }
  EXPECT_EQ(backlog.expected_wait_ns(clock.monotonic_ns(), 99), 0);
}

TEST(Backlog, AStandstillIsSeenWithoutAPace) {
  FakeClock clock(50 * kMs);
  Backlog backlog;
  backlog.taken(clock.monotonic_ns(), false);
  clock.advance_ns(300 * kMs);
  EXPECT_EQ(backlog.expected_wait_ns(clock.monotonic_ns(), 0), 300 * kMs);
}

TEST(Backlog, AnOldPaceIsForgotten) {
  FakeClock clock(50 * kMs);
  Backlog backlog;
  backlog.taken(clock.monotonic_ns(), true);
  for (int i = 0; i < 20; ++i) {
    clock.advance_ns(400 * kMs);
    backlog.taken(clock.monotonic_ns(), i < 19);
  }
  EXPECT_EQ(backlog.expected_wait_ns(clock.monotonic_ns(), 1), 800 * kMs);
  clock.advance_ns(Backlog::kPaceHolds_ns + 1);
  backlog.taken(clock.monotonic_ns(), true);  // nobody waited in between
  EXPECT_EQ(backlog.expected_wait_ns(clock.monotonic_ns(), 1), 0);
  clock.advance_ns(kMs);
  backlog.taken(clock.monotonic_ns(), true);
  EXPECT_EQ(backlog.expected_wait_ns(clock.monotonic_ns(), 1), 0) << "one request is no pace yet";
}

TEST(Backlog, AStandingQueueMayBeWaitedInForAPartOnly) {
  FakeClock clock(50 * kMs);
  Backlog backlog;
  backlog.taken(clock.monotonic_ns(), true);
  clock.advance_ns(100 * kMs);
  EXPECT_EQ(backlog.bound_ns(clock.monotonic_ns(), 100 * kMs), 100 * kMs) << "a burst";
  clock.advance_ns(1);
  backlog.taken(clock.monotonic_ns(), true);
  EXPECT_EQ(backlog.bound_ns(clock.monotonic_ns(), 100 * kMs), 25 * kMs) << "never empty for longer than that";
  backlog.taken(clock.monotonic_ns(), false);
  EXPECT_EQ(backlog.bound_ns(clock.monotonic_ns(), 100 * kMs), 100 * kMs) << "nobody waits";
  backlog.taken(clock.monotonic_ns(), true);
  EXPECT_EQ(backlog.bound_ns(clock.monotonic_ns(), 100 * kMs), 100 * kMs) << "the next burst";
}

// One thread, held by its first job; time stands still but for what the test lets pass.
class RequestPoolTest : public ::testing::Test {
 protected:
  static constexpr std::int64_t kWaitMax = 100 * kMs;
  void hold(RequestPool& pool) {
    ASSERT_TRUE(pool.try_submit([this] {
      MutexLock lock(mutex_);
      entered_ = true;
      changed_.notify_all();
      while (!go_) changed_.wait(mutex_);
    }));
    MutexLock lock(mutex_);
    while (!entered_) changed_.wait(mutex_);
  }
  void go() {
    MutexLock lock(mutex_);
    go_ = true;
    changed_.notify_all();
  }

  FakeClock clock_{50 * kMs};
  Mutex mutex_;
  Condition changed_;
  bool entered_ YUPU_GUARDED_BY(mutex_) = false;
  bool go_ YUPU_GUARDED_BY(mutex_) = false;
};

TEST_F(RequestPoolTest, RefusesWhoWouldWaitTooLong) {
  int answered = 0;
  {
    RequestPool pool({.thread_count = 1, .queue_max = 100, .wait_ns_max = kWaitMax, .clock = &clock_});
    hold(pool);
    EXPECT_TRUE(pool.try_submit([&] { ++answered; }));
    clock_.advance_ns(kWaitMax);
    EXPECT_TRUE(pool.try_submit([&] { ++answered; })) << "just as long is not too long";
    clock_.advance_ns(1);
    EXPECT_FALSE(pool.try_submit([&] { ++answered; }));
    EXPECT_EQ(pool.waiting(), 2);
    go();
  }
  EXPECT_EQ(answered, 2) << "who was let in is answered";
}

TEST_F(RequestPoolTest, WithoutABoundOnTimeTheCountAloneRefuses) {
  RequestPool pool({.thread_count = 1, .queue_max = 2, .wait_ns_max = 0, .clock = &clock_});
  hold(pool);
  clock_.advance_ns(1000 * kWaitMax);
  EXPECT_TRUE(pool.try_submit([] {}));
  EXPECT_TRUE(pool.try_submit([] {}));
  EXPECT_FALSE(pool.try_submit([] {}));
  go();
}

TEST_F(RequestPoolTest, AnIdleThreadTakesEverybody) {
  RequestPool pool({.thread_count = 2, .queue_max = 2, .wait_ns_max = kWaitMax, .clock = &clock_});
  hold(pool);
  clock_.advance_ns(1000 * kWaitMax);
  EXPECT_TRUE(pool.try_submit([] {}));
  go();
}

}  // namespace
}  // namespace yupu::http
