#include "serving/engine_wait.h"

#include <gtest/gtest.h>

#include "base/clock.h"
#include "serving/engine_worker.h"
#include "serving/testing.h"

namespace yupu::serving {
namespace {

constexpr std::int64_t kMs = 1'000'000;

TEST(EngineWait, TheBatchInWorkAndWhatWaitsAtTheMeasuredPace) {
  FakeClock clock(kMs);
  EngineWait wait;
  EXPECT_EQ(wait.expected_ns(clock.monotonic_ns(), 1 << 20), 0) << "nothing was measured yet";
  EXPECT_EQ(wait.tokens_per_s(), 0);
  wait.batch_began(clock.monotonic_ns(), 1000);
  clock.advance_ns(250 * kMs);
  EXPECT_EQ(wait.expected_ns(clock.monotonic_ns(), 0), 250 * kMs) << "as long again";
  wait.batch_ended(clock.monotonic_ns());
  EXPECT_EQ(wait.tokens_per_s(), 4000);
  EXPECT_EQ(wait.expected_ns(clock.monotonic_ns(), 400), 100 * kMs);

  wait.batch_began(clock.monotonic_ns(), 400);
  EXPECT_EQ(wait.expected_ns(clock.monotonic_ns(), 200), 150 * kMs);
  clock.advance_ns(60 * kMs);
  EXPECT_EQ(wait.expected_ns(clock.monotonic_ns(), 200), 90 * kMs);
  clock.advance_ns(140 * kMs);  // twice what it should
  EXPECT_EQ(wait.expected_ns(clock.monotonic_ns(), 200), 150 * kMs);
}

TEST(EngineWait, AFasterModelIsNoticed) {
  FakeClock clock(kMs);
  EngineWait wait;
  const auto batch = [&](std::int64_t tokens, std::int64_t duration_ns) {
    wait.batch_began(clock.monotonic_ns(), tokens);
    clock.advance_ns(duration_ns);
    wait.batch_ended(clock.monotonic_ns());
  };
  for (int i = 0; i < 20; ++i) batch(500, 500 * kMs);
  EXPECT_EQ(wait.tokens_per_s(), 1000);
  for (int i = 0; i < 60; ++i) batch(500, 5 * kMs);
  EXPECT_GT(wait.tokens_per_s(), 50'000);
}

TEST(EngineWait, TheWorkerRefusesWhoWouldWaitTooLongAndTakesAProbe) {
  Metrics metrics;
  const auto watch = std::make_shared<testing::DigitModel::Watch>();
  const auto model = std::make_shared<testing::DigitModel>(watch);
  EngineWorker engine(metrics, {.wait_ms_max = 20});
  const auto ask = [&](bool urgent) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(60);
    return engine
        .run({.model = model,
              .texts = {model->encode("1")},
              .deadline_ns = std::chrono::duration_cast<std::chrono::nanoseconds>(deadline.time_since_epoch()).count(),
              .urgent = urgent})
        .status();
  };
  watch->hold = true;
  std::thread in_work([&] { EXPECT_TRUE(ask(false).ok()); });
  while (watch->entered < 1) std::this_thread::sleep_for(std::chrono::milliseconds(1));
  std::this_thread::sleep_for(std::chrono::milliseconds(25));  // the engine stands still for longer than anybody waits
  std::thread first([&] { EXPECT_TRUE(ask(false).ok()); });    // nobody waits yet: whatever is in work
  const auto until_waiting = [&](const std::string& tokens) {
    while (metrics.prometheus({}).find("serving_queue_tokens " + tokens + "\n") == std::string::npos) {
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
  };
  until_waiting("3");  // before the probe: behind it, it would not be let in
  std::thread probe([&] { EXPECT_TRUE(ask(true).ok()); });
  until_waiting("6");
  EXPECT_EQ(ask(false).code(), Code::kResourceExhausted);
  EXPECT_NE(metrics.prometheus({}).find("serving_refused_total{reason=\"engine_wait\"} 1\n"), std::string::npos);
  watch->hold = false;
  in_work.join();
  first.join();
  probe.join();
}

}  // namespace
}  // namespace yupu::serving
