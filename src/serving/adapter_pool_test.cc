// Paging with a source that loads when the test says so: no sleeps, no files.
#include "serving/adapter_pool.h"

#include <functional>
#include <optional>
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/log.h"
#include "base/testing.h"
#include "serving/testing.h"

namespace yupu::serving {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::int64_t steady_in_ms(std::int64_t ms) {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(
             (std::chrono::steady_clock::now() + std::chrono::milliseconds(ms)).time_since_epoch())
      .count();
}
constexpr std::int64_t kLongMs = 60'000;

// What the test and the source share: the source itself belongs to the pool.
struct World {
  Mutex mutex;
  Condition changed;
  std::set<std::string> held YUPU_GUARDED_BY(mutex);        // loads that wait
  std::map<std::string, int> begun YUPU_GUARDED_BY(mutex);  // loads
  std::map<std::string, int> opened YUPU_GUARDED_BY(mutex);
  std::map<std::string, std::string> stamps YUPU_GUARDED_BY(mutex);
  std::map<std::string, std::size_t> bytes YUPU_GUARDED_BY(mutex);
  std::set<std::string> broken YUPU_GUARDED_BY(mutex);
  std::atomic<int> alive{0};  // models

  void hold(const std::string& name) {
    MutexLock lock(mutex);
    held.insert(name);
  }
  void let_go(const std::string& name) {
    MutexLock lock(mutex);
    held.erase(name);
    changed.notify_all();
  }
  void wait_begun(const std::string& name, int loads = 1) {
    MutexLock lock(mutex);
    while (begun[name] < loads) changed.wait(mutex);
  }
  void change(const std::string& name, const std::string& stamp, bool is_broken = false) {
    MutexLock lock(mutex);
    stamps[name] = stamp;
    is_broken ? void(broken.insert(name)) : void(broken.erase(name));
  }
  int loads(const std::string& name) {
    MutexLock lock(mutex);
    return opened[name];
  }
};

class SizedModel final : public TextModel {
 public:
  SizedModel(std::size_t bytes, World& world) : bytes_(bytes), world_(world) { ++world_.alive; }
  ~SizedModel() override { --world_.alive; }
  const ModelCard& card() const override { return digits_.card(); }
  std::string weights_sha256() const override { return "sized"; }
  text::Encoding encode(std::string_view text) const override { return digits_.encode(text); }
  Result<std::vector<std::vector<float>>> logits(std::span<const BatchText> texts) override {
    return std::vector<std::vector<float>>(texts.size(), std::vector<float>(10));
  }
  std::size_t own_bytes() const override { return bytes_; }

 private:
  const std::size_t bytes_;
  World& world_;
  testing::DigitModel digits_;
};

class FakeSource final : public AdapterSource {
 public:
  explicit FakeSource(World& world) : world_(world) {}
  std::string stamp(std::string_view name) const override {
    MutexLock lock(world_.mutex);
    const auto found = world_.stamps.find(std::string(name));
    return found != world_.stamps.end() ? found->second : "1";
  }
  std::string directory(std::string_view name) const override { return "dir/" + std::string(name); }
  Result<std::unique_ptr<TextModel>> open(const std::string& name) override {
    MutexLock lock(world_.mutex);
    ++world_.begun[name];
    world_.changed.notify_all();
    while (world_.held.count(name) != 0) world_.changed.wait(world_.mutex);
    ++world_.opened[name];
    if (world_.broken.count(name) != 0) return invalid_argument("dir/" + name + ": torn", "adapter_config.json");
    const auto bytes = world_.bytes.find(name);
    return std::unique_ptr<TextModel>(new SizedModel(bytes != world_.bytes.end() ? bytes->second : 100, world_));
  }

 private:
  World& world_;
};

class AdapterPoolTest : public ::testing::Test {
 protected:
  void SetUp() override { log::set_level(log::Level::kNone); }
  void make(AdapterPoolOptions options) {
    pool_ = std::make_unique<AdapterPool>(clock_, metrics_, std::make_unique<FakeSource>(world_), options);
  }
  Result<AdapterPool::Pin> get(const std::string& name, std::int64_t ms = kLongMs) {
    return pool_->acquire(name, steady_in_ms(ms));
  }
  World world_;
  FakeClock clock_{1'000'000'000};
  Metrics metrics_;
  std::unique_ptr<AdapterPool> pool_;
};

TEST_F(AdapterPoolTest, DropsTheLongestUnusedAndKeepsTheMemory) {
  make({.bytes_max = 300});
  for (const char* name : {"a", "b", "c", "a", "d"}) ASSERT_TRUE(get(name).ok());
  EXPECT_THAT(pool_->resident(), ElementsAre("d", "a", "c"));
  EXPECT_EQ(pool_->bytes(), 300);
  while (world_.alive != 3) std::this_thread::yield();  // what was dropped is freed, if not under the lock
  ASSERT_TRUE(get("b").ok());
  EXPECT_EQ(world_.loads("b"), 2);
  EXPECT_EQ(world_.loads("a"), 1);
}

TEST_F(AdapterPoolTest, WhatIsPinnedStaysAndItsEndMakesRoom) {
  make({.bytes_max = 200});
  AdapterPool::Pin a = *get("a");
  AdapterPool::Pin b = *get("b");
  std::thread third([&] { EXPECT_TRUE(get("c").ok()); });
  world_.wait_begun("c");
  while (world_.loads("c") == 0) std::this_thread::yield();
  EXPECT_EQ(world_.loads("c"), 1);
  EXPECT_THAT(pool_->resident(), ElementsAre("b", "a"));  // nothing can go
  EXPECT_EQ(a->model->card().labels.size(), 10u);
  a.reset();
  third.join();
  EXPECT_THAT(pool_->resident(), ElementsAre("c", "b"));
  EXPECT_EQ(b->name, "b");
}

TEST_F(AdapterPoolTest, ACallThatFindsNoRoomEndsAtItsDeadlineAndLeavesNothing) {
  make({.bytes_max = 100, .loaders = 1});
  const AdapterPool::Pin a = *get("a");
  const auto refused = get("b", 1);
  EXPECT_EQ(refused.status().code(), Code::kUnavailable);
  while (world_.alive != 1) std::this_thread::yield();  // the loader gives up: nobody waits
  EXPECT_TRUE(get("a").ok());
}

TEST_F(AdapterPoolTest, AColdLoadKeepsNobodyElseWaiting) {
  make({.bytes_max = 1000, .loaders = 2});
  ASSERT_TRUE(get("warm").ok());
  world_.hold("slow");
  std::thread slow([&] { EXPECT_TRUE(get("slow").ok()); });
  world_.wait_begun("slow");
  EXPECT_TRUE(get("warm").ok());        // resident
  EXPECT_TRUE(get("other cold").ok());  // a load of its own
  EXPECT_EQ(world_.loads("slow"), 0);
  world_.let_go("slow");
  slow.join();
}

TEST_F(AdapterPoolTest, CallsForOneAdapterShareItsLoad) {
  make({.bytes_max = 1000});
  world_.hold("a");
  std::vector<std::thread> crowd;
  std::atomic<int> right{0};
  for (int i = 0; i < 8; ++i) crowd.emplace_back([&] { right += get("a").ok(); });
  world_.wait_begun("a");
  world_.let_go("a");
  for (std::thread& thread : crowd) thread.join();
  EXPECT_EQ(right, 8);
  EXPECT_EQ(world_.loads("a"), 1);
}

TEST_F(AdapterPoolTest, TooManyWaitingAreRefusedAtOnce) {
  make({.bytes_max = 1000, .loaders = 1, .waiting_max = 1});
  world_.hold("a");
  std::thread first([&] { EXPECT_TRUE(get("a").ok()); });
  world_.wait_begun("a");
  EXPECT_EQ(get("b").status().code(), Code::kResourceExhausted);
  world_.let_go("a");
  first.join();
}

TEST_F(AdapterPoolTest, ABrokenAdapterFailsItsOwnCallsAndIsTriedAgainWhenItChanges) {
  make({.bytes_max = 1000});
  world_.change("a", "1", true);
  EXPECT_THAT(get("a").status().message(), HasSubstr("torn"));
  EXPECT_EQ(get("a").status().code(), Code::kInvalidArgument);
  EXPECT_EQ(world_.loads("a"), 1) << "remembered";
  EXPECT_TRUE(get("b").ok());
  clock_.advance_ns(AdapterPoolOptions{}.retry_ns);
  EXPECT_FALSE(get("a").ok());
  EXPECT_EQ(world_.loads("a"), 2);
  world_.change("a", "2");
  EXPECT_TRUE(get("a").ok());
  world_.change("a", "");
  EXPECT_EQ(get("a").status().code(), Code::kNotFound);
}

TEST_F(AdapterPoolTest, LargerThanTheMemoryIsSaidSo) {
  make({.bytes_max = 99});
  const Status status = get("a").status();
  EXPECT_EQ(status.code(), Code::kResourceExhausted);
  EXPECT_THAT(status.message(), HasSubstr("takes 100 bytes"));
  EXPECT_EQ(world_.alive, 0);
}

TEST_F(AdapterPoolTest, AChangedDirectoryIsLoadedWhileTheOldVersionAnswers) {
  make({.bytes_max = 1000});
  const AdapterPool::Pin old = *get("a");
  world_.change("a", "2");
  world_.hold("a");
  EXPECT_EQ(*get("a"), old) << "the old one answers";
  world_.wait_begun("a", 2);
  EXPECT_EQ(*get("a"), old);
  world_.let_go("a");
  while (*get("a") == old) std::this_thread::yield();
  EXPECT_EQ(world_.loads("a"), 2);
  EXPECT_EQ(world_.alive, 2) << "the old one lives as long as it is held";
  EXPECT_EQ(pool_->bytes(), 200);
  // A version that does not load leaves the one before, and is not tried for every call.
  const AdapterPool::Pin second = *get("a");
  world_.change("a", "3", true);
  while (world_.loads("a") < 3) EXPECT_EQ(*get("a"), second);
  for (int i = 0; i < 100; ++i) EXPECT_EQ(*get("a"), second);
  EXPECT_EQ(world_.loads("a"), 3);
}

TEST_F(AdapterPoolTest, StopRefusesWhoWaitsAndPinsOutliveThePool) {
  make({.bytes_max = 1000, .loaders = 1});
  AdapterPool::Pin a = *get("a");
  world_.hold("b");
  std::thread waiting([&] { EXPECT_EQ(get("b").status().code(), Code::kUnavailable); });
  world_.wait_begun("b");
  std::thread stopping([&] { pool_->stop(); });
  waiting.join();
  world_.let_go("b");
  stopping.join();
  pool_.reset();
  EXPECT_EQ(a->model->card().labels.size(), 10u);
  a.reset();
  EXPECT_EQ(world_.alive, 0);
}

TEST_F(AdapterPoolTest, TheDepartedDoNotWait) {
  make({.bytes_max = 1000});
  world_.hold("a");
  const auto gone = std::make_shared<const std::atomic<bool>>(true);
  EXPECT_EQ(pool_->acquire("a", steady_in_ms(kLongMs), gone).status().code(), Code::kUnavailable);
  world_.let_go("a");
}

}  // namespace
}  // namespace yupu::serving
