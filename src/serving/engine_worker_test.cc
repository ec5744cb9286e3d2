#include "serving/engine_worker.h"

#include <algorithm>
#include <cmath>

#include <gtest/gtest.h>

#include "serving/testing.h"

namespace yupu::serving {
namespace {

using testing::DigitModel;
using Watch = DigitModel::Watch;

std::int64_t steady_in_ms(std::int64_t ms) {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(
             (std::chrono::steady_clock::now() + std::chrono::milliseconds(ms)).time_since_epoch())
      .count();
}

std::size_t best(const std::vector<float>& row) {
  return static_cast<std::size_t>(std::max_element(row.begin(), row.end()) - row.begin());
}

class EngineWorkerTest : public ::testing::Test {
 protected:
  EngineCall call(const std::vector<std::string>& texts, std::int64_t timeout_ms = 20'000) {
    EngineCall made{.model = model_, .texts = {}, .deadline_ns = steady_in_ms(timeout_ms)};
    for (const std::string& text : texts) made.texts.push_back(model_->encode(text));
    return made;
  }
  void wait_entered(int count) {
    for (int i = 0; i < 10'000 && watch_->entered < count; ++i)
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    ASSERT_GE(watch_->entered.load(), count);
  }
  std::shared_ptr<Watch> watch_ = std::make_shared<Watch>();
  std::shared_ptr<DigitModel> model_ = std::make_shared<DigitModel>(watch_);
  Metrics metrics_;
};

TEST_F(EngineWorkerTest, EachAnswerBelongsToItsQuestion) {
  EngineWorker engine(metrics_, {.batch_tokens = 64, .queue_tokens_max = 1 << 20});
  const auto other_watch = std::make_shared<Watch>();
  const auto other = std::make_shared<DigitModel>(other_watch);
  std::atomic<int> right{0};
  std::vector<std::thread> crowd;
  for (int t = 0; t < 64; ++t) {
    crowd.emplace_back([&, t] {
      for (int i = 0; i < 20; ++i) {
        EngineCall asked = call({"a" + std::to_string(t % 10), "bb" + std::to_string(i % 10)});
        if (t % 3 == 0) asked.model = other;
        const auto outcome = engine.run(std::move(asked));
        right += outcome.ok() && best(outcome.value().logits[0]) == static_cast<std::size_t>(t % 10) &&
                 best(outcome.value().logits[1]) == static_cast<std::size_t>(i % 10);
      }
    });
  }
  for (std::thread& thread : crowd) thread.join();
  EXPECT_EQ(right.load(), 64 * 20);
  EXPECT_FALSE(watch_->overlapped);
  EXPECT_LE(watch_->tokens_max, 64);
}

TEST_F(EngineWorkerTest, GathersWhileTheEngineWorksAndKeepsTheBudget) {
  EngineWorker engine(metrics_, {.batch_tokens = 30, .queue_tokens_max = 1 << 20});
  watch_->hold = true;
  std::vector<std::thread> crowd;
  std::atomic<int> fine{0};
  const auto ask = [&](const std::string& text) {
    crowd.emplace_back([&, text] { fine += engine.run(call({text})).ok(); });
  };
  ask("1");  // goes at once, alone: an idle engine does not wait
  wait_entered(1);
  for (int i = 0; i < 20; ++i) ask("x1");  // four tokens each: seven fit
  ask(std::string(100, '7'));              // larger than the budget: travels alone
  std::this_thread::sleep_for(std::chrono::milliseconds(200));
  watch_->hold = false;
  for (std::thread& thread : crowd) thread.join();
  EXPECT_EQ(fine.load(), 22);
  EXPECT_EQ(watch_->texts_max, 7);
  EXPECT_EQ(watch_->tokens_max, 102);
  EXPECT_LE(watch_->batches, 6);
}

// Adapters of one base, as the worker sees them: each text is answered with its own model's number.
struct Base {
  Mutex mutex;
  Condition changed;
  bool held YUPU_GUARDED_BY(mutex) = true;
  std::vector<std::vector<float>> batches YUPU_GUARDED_BY(mutex);  // whose texts, in order
};

class OneOfMany final : public TextModel {
 public:
  OneOfMany(std::shared_ptr<Base> base, float number) : base_(std::move(base)), number_(number) {
    card_.labels = {"number"};
  }
  const ModelCard& card() const override { return card_; }
  std::string weights_sha256() const override { return "one of many"; }
  text::Encoding encode(std::string_view text) const override {
    text::Encoding encoding;
    encoding.ids.assign(text.size(), 1);
    return encoding;
  }
  const void* batch_group() const override { return base_.get(); }
  Result<std::vector<std::vector<float>>> logits(std::span<const BatchText> texts) override {
    MutexLock lock(base_->mutex);
    std::vector<std::vector<float>> rows;
    base_->batches.emplace_back();
    for (const BatchText& text : texts) {
      const float number = static_cast<const OneOfMany*>(text.model)->number_;
      rows.push_back({number});
      base_->batches.back().push_back(number);
    }
    base_->changed.notify_all();
    while (base_->held) base_->changed.wait(base_->mutex);
    return rows;
  }

 private:
  const std::shared_ptr<Base> base_;
  const float number_;
  ModelCard card_;
};

TEST_F(EngineWorkerTest, ModelsOfOneGroupTravelTogetherInOrderOfArrivalWithinTheBudget) {
  EngineWorker engine(metrics_, {.batch_tokens = 10});
  const auto base = std::make_shared<Base>();
  const auto other = std::make_shared<Base>();
  {
    MutexLock lock(other->mutex);
    other->held = false;
  }
  std::vector<std::thread> callers;
  const auto ask = [&](const std::shared_ptr<Base>& of, float number, std::size_t tokens, int waiting) {
    callers.emplace_back([&engine, of, number, tokens] {
      const auto model = std::make_shared<OneOfMany>(of, number);
      const auto outcome = engine.run(
          {.model = model, .texts = {model->encode(std::string(tokens, 'x'))}, .deadline_ns = steady_in_ms(60'000)});
      EXPECT_TRUE(outcome.ok() && outcome->logits[0][0] == number);
    });
    const std::string wanted = "serving_queue_tokens " + std::to_string(waiting) + "\n";
    while (metrics_.prometheus({}).find(wanted) == std::string::npos) std::this_thread::yield();
  };
  callers.emplace_back([&engine, base] {
    const auto model = std::make_shared<OneOfMany>(base, 0.0F);
    EXPECT_TRUE(engine.run({.model = model, .texts = {model->encode("x")}, .deadline_ns = steady_in_ms(60'000)}).ok());
  });
  {
    MutexLock lock(base->mutex);
    while (base->batches.empty()) base->changed.wait(base->mutex);  // the engine is busy: what follows gathers
  }
  ask(base, 1.0F, 4, 4);
  ask(other, 2.0F, 3, 7);
  ask(base, 3.0F, 5, 12);
  ask(base, 4.0F, 6, 18);  // over the budget: the batch is full, nobody of the group overtakes
  ask(base, 5.0F, 1, 19);
  {
    MutexLock lock(base->mutex);
    base->held = false;
    base->changed.notify_all();
  }
  for (std::thread& caller : callers) caller.join();
  const std::vector<std::vector<float>> expected = {{0}, {1, 3}, {4, 5}};
  MutexLock lock(base->mutex);
  EXPECT_EQ(base->batches, expected);
  MutexLock other_lock(other->mutex);
  EXPECT_EQ(other->batches, (std::vector<std::vector<float>>{{2}}));
}

TEST_F(EngineWorkerTest, FullQueueRefusesAtOnce) {
  EngineWorker engine(metrics_, {.batch_tokens = 8, .queue_tokens_max = 10});
  watch_->hold = true;
  std::thread first([&] { EXPECT_TRUE(engine.run(call({"1"})).ok()); });
  wait_entered(1);
  // Seven tokens each, ten may wait: of the two, one waits and the other is told at once.
  std::atomic<int> fine{0};
  std::atomic<int> refused{0};
  std::vector<std::thread> pair;
  for (int i = 0; i < 2; ++i) {
    pair.emplace_back([&] {
      const auto outcome = engine.run(call({"abcd1"}));
      fine += outcome.ok();
      refused += outcome.status().code() == Code::kResourceExhausted;
    });
  }
  for (int i = 0; i < 10'000 && refused == 0; ++i) std::this_thread::sleep_for(std::chrono::milliseconds(1));
  EXPECT_EQ(refused, 1);
  EXPECT_EQ(fine, 0);
  watch_->hold = false;
  first.join();
  for (std::thread& thread : pair) thread.join();
  EXPECT_EQ(fine, 1);
}

TEST_F(EngineWorkerTest, DropsTheLateAndTheGone) {
  EngineWorker engine(metrics_, {});
  watch_->hold = true;
  std::thread first([&] { EXPECT_TRUE(engine.run(call({"1"})).ok()); });
  wait_entered(1);
  EXPECT_EQ(engine.run(call({"2"}, 30)).status().code(), Code::kUnavailable);
  const auto gone = std::make_shared<std::atomic<bool>>(false);
  std::thread leaver([&] {
    EngineCall asked = call({"3"});
    asked.gone = gone;
    EXPECT_EQ(engine.run(std::move(asked)).status().code(), Code::kUnavailable);
  });
  std::this_thread::sleep_for(std::chrono::milliseconds(50));
  *gone = true;
  watch_->hold = false;
  first.join();
  leaver.join();
  EXPECT_EQ(watch_->batches, 1);  // neither of the two cost the engine anything
}

TEST_F(EngineWorkerTest, AFailedBatchFailsItsCallsAndTheNextGoesOn) {
  EngineWorker engine(metrics_, {});
  watch_->fail = true;
  EXPECT_EQ(engine.run(call({"1", "2"})).status().code(), Code::kResourceExhausted);
  watch_->fail = false;
  EXPECT_TRUE(engine.run(call({"1", "2"})).ok());
}

TEST_F(EngineWorkerTest, StopRefusesWhatWaits) {
  EngineWorker engine(metrics_, {});
  watch_->hold = true;
  std::thread first([&] { EXPECT_TRUE(engine.run(call({"1"})).ok()); });
  wait_entered(1);
  std::thread second([&] { EXPECT_EQ(engine.run(call({"2"})).status().code(), Code::kUnavailable); });
  std::this_thread::sleep_for(std::chrono::milliseconds(50));
  std::thread stopper([&] { engine.stop(); });
  // It has begun when who comes now is told so, and not that there was no time.
  while (engine.run(call({"3"}, 1)).status().message() != "the server is shutting down")
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  watch_->hold = false;
  stopper.join();
  first.join();
  second.join();
  EXPECT_EQ(engine.run(call({"1"})).status().code(), Code::kUnavailable);
}

TEST(RankedScores, CalibratedAndOrdered) {
  const ModelCard card{.labels = {"a", "b", "c"}, .temperature = 2.0};
  const std::vector<float> logits = {0.0F, 2.0F, 0.0F};
  const auto ranked = scored_text(card, logits).ranked;
  EXPECT_EQ(ranked[0].label, "b");
  EXPECT_EQ(ranked[1].label, "a");
  EXPECT_NEAR(ranked[0].score, std::exp(1.0) / (std::exp(1.0) + 2), 1e-12);
}

}  // namespace
}  // namespace yupu::serving
