#include "strategy/stages.h"

#include <gtest/gtest.h>

#include "store/testing.h"

namespace yupu::strategy {
namespace {

struct Fixture : ::testing::Test {
  void SetUp() override {
    auto opened = store::open_store(yupu::testing::fresh_url());
    ASSERT_TRUE(opened.ok()) << opened.status().to_string();
    store = std::move(opened).value();
  }
  // Two stages: the second's input is the first's output.
  std::vector<Stage> stages() {
    return {{.name = "data",
             .summary = "rows",
             .input = [this](const Outputs&) -> Result<Json> {
               return Json{{"seed", seed}};
             },
             .run = [this](const Outputs&) -> Result<Json> {
               ++data_runs;
               return Json{{"rows", seed * 10}};
             },
             .describe = [](const Json& output) { return to_text(output); }},
            {.name = "train",
             .summary = "model",
             .input = [this](const Outputs& done) -> Result<Json> {
               return Json{{"rows", done.at("data")["rows"]}, {"train", {{"epochs", epochs}}}};
             },
             .run = [this](const Outputs&) -> Result<Json> {
               ++train_runs;
               if (fail) return unavailable("the power went");
               return Json{{"accuracy", 0.9}};
             },
             .describe = {}}};
  }
  StageRunner runner() { return {*store, clock, progress, "shop"}; }

  std::unique_ptr<store::Store> store;
  FakeClock clock{1};
  handoff::SilentProgress progress;
  int seed = 1, epochs = 3, data_runs = 0, train_runs = 0;
  bool fail = false;
};

TEST_F(Fixture, SecondRunDoesNothing) {
  ASSERT_TRUE(runner().run(stages()).ok());
  const auto again = runner().run(stages());
  ASSERT_TRUE(again.ok());
  EXPECT_TRUE(again.value()[0].skipped && again.value()[1].skipped);
  EXPECT_EQ(again.value()[1].output["accuracy"], 0.9);
  EXPECT_EQ(data_runs, 1);
  EXPECT_EQ(train_runs, 1);
}

TEST_F(Fixture, AChangeRunsWhatDependsOnIt) {
  ASSERT_TRUE(runner().run(stages()).ok());
  epochs = 4;
  const auto plan = runner().plan(stages());
  ASSERT_TRUE(plan.ok());
  EXPECT_EQ(plan.value()[0].state, StageState::kDone);
  EXPECT_EQ(plan.value()[1].state, StageState::kChanged);
  EXPECT_EQ(plan.value()[1].why, "changed: train.epochs");
  EXPECT_EQ(train_runs, 1);  // plan ran nothing
  ASSERT_TRUE(runner().run(stages()).ok());
  EXPECT_EQ(data_runs, 1);
  EXPECT_EQ(train_runs, 2);
  seed = 2;
  const auto later = runner().plan(stages());
  ASSERT_TRUE(later.ok());
  EXPECT_EQ(later.value()[1].state, StageState::kWaits);
}

TEST_F(Fixture, AFailureKeepsWhatWasDone) {
  fail = true;
  const auto failed = runner().run(stages());
  EXPECT_EQ(failed.status().code(), Code::kUnavailable);
  EXPECT_EQ(failed.status().message(), "stage 'train': the power went");
  fail = false;
  ASSERT_TRUE(runner().run(stages()).ok());
  EXPECT_EQ(data_runs, 1);
}

TEST_F(Fixture, UntilStopsThere) {
  const auto outcomes = runner().run(stages(), "data");
  ASSERT_TRUE(outcomes.ok());
  EXPECT_EQ(outcomes.value().size(), 1u);
  EXPECT_EQ(train_runs, 0);
}

}  // namespace
}  // namespace yupu::strategy
