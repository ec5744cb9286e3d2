#include "strategy/live_shadow.h"

#include <memory>
#include <string>

#include <gtest/gtest.h>

#include "handoff/live_release.h"
#include "handoff/shadow.h"
#include "handoff/testing.h"
#include "handoff/types.h"
#include "improvement/release.h"
#include "store/testing.h"
#include "strategy/candidate.h"
#include "strategy/testing.h"

namespace yupu::strategy {
namespace {

class LiveShadowTest : public ::testing::Test {
 protected:
  void SetUp() override {
    const std::string rules = "[improve]\nshadow_live_calls = 2\nshadow_changed_max = 0.5\n";
    auto strategy = parse_strategy(testing::kSmallShop + rules, "s.toml", false);
    ASSERT_TRUE(strategy.ok()) << strategy.status().to_string();
    strategy_ = std::move(strategy).value();
    ASSERT_TRUE(release_candidate(context_, run(0.8)).ok());
  }
  // Of a run that is right in this share of the same rows.
  handoff::Record run(double accuracy) {
    const Json report{{"rows_sha256", "abc"},
                      {"accuracy", accuracy},
                      {"macro avg", {{"f1-score", accuracy}}},
                      {"labels", Json::object()},
                      {"slices", Json::object()}};
    const handoff::Run run{.dataset_id = "dataset_x",
                           .task = "classify",
                           .model_directory = "runs/x/model",
                           .weights_sha256 = "w",
                           .config = Json::object(),
                           .version = "test",
                           .figures = {{"test.accuracy", accuracy}},
                           .report = report};
    auto record = handoff::make_record("run", "shop", {}, run.to_json(), clock_.now_ns());
    EXPECT_TRUE(handoff::put_record(*store_, record).ok());
    return record;
  }
  std::string live() { return handoff::live_release(*store_, "shop").value()->release_id; }
  LiveShadow state() { return live_shadow_state(context_).value(); }
  // Two calls, of which so many are decided otherwise.
  void read_two(const std::string& candidate_id, int changed) {
    handoff::ShadowReads reads;
    for (int i = 0; i < 2; ++i) {
      reads.reads.push_back({.tenant_id = "t_1",
                             .trace_id = candidate_id + std::to_string(i),
                             .release_id = live(),
                             .live = {.decision = "answer", .label = "hours"},
                             .candidate = {.decision = i < changed ? "refuse" : "answer", .label = "hours"}});
    }
    ASSERT_TRUE(handoff::keep_shadow(*store_, "shop", candidate_id, reads, clock_.now_ns()).ok());
  }

  FakeClock clock_{1};
  std::unique_ptr<store::Store> store_ = store::open_store(yupu::testing::fresh_url()).value();
  handoff::SilentProgress progress_;
  Strategy strategy_;
  LoopContext context_{.strategy = strategy_,
                       .workdir = "w",
                       .version = "test",
                       .store = *store_,
                       .clock = clock_,
                       .progress = progress_,
                       .service = {}};
};

TEST_F(LiveShadowTest, ACandidateReadsItsCallsAndIsReleased) {
  const std::string before = live();
  const auto better = run(0.9);
  const Json begun = begin_live_shadow(context_, better).value().value();
  EXPECT_EQ(begun["in_shadow"], true);
  EXPECT_EQ(begun["run_id"], better.id);
  EXPECT_EQ(state(), LiveShadow::kReading);
  EXPECT_FALSE(settle_live_shadow(context_).value().has_value());
  const Json again = begin_live_shadow(context_, better).value().value();
  EXPECT_NE(again["reason"].get<std::string>().find("has read 0 of the 2 calls"), std::string::npos) << again;
  EXPECT_EQ(live(), before);
  read_two(better.id, 1);
  EXPECT_EQ(state(), LiveShadow::kRead);
  const Json settled = settle_live_shadow(context_).value().value();
  EXPECT_EQ(settled["released"], true) << settled;
  EXPECT_EQ(settled["live_shadow"]["changed"], 1);
  EXPECT_FALSE(settled["live_shadow"].contains("examples"));
  EXPECT_NE(live(), before);
  EXPECT_EQ(state(), LiveShadow::kNone);
  EXPECT_FALSE(handoff::shadow_candidate(*store_, "shop").value().has_value());
}

TEST_F(LiveShadowTest, OneThatWouldChangeTooMuchIsRefusedOnceAndReadsOn) {
  const std::string before = live();
  const auto better = run(0.9);
  ASSERT_TRUE(begin_live_shadow(context_, better).value().has_value());
  read_two(better.id, 2);
  const Json settled = settle_live_shadow(context_).value().value();
  EXPECT_EQ(settled["released"], false);
  EXPECT_NE(settled["reason"].get<std::string>().find("1.000 is more than improve.shadow_changed_max 0.500"),
            std::string::npos)
      << settled;
  EXPECT_EQ(live(), before);
  EXPECT_EQ(state(), LiveShadow::kNone);  // nobody waits for it
  EXPECT_FALSE(settle_live_shadow(context_).value().has_value());
  EXPECT_EQ(begin_live_shadow(context_, better).value().value()["released"], false);
  EXPECT_EQ(handoff::shadow_candidate(*store_, "shop").value()->refused, settled["reason"]);
  strategy_.improve.shadow_changed_max = 1.0;
  EXPECT_FALSE(begin_live_shadow(context_, better).value().has_value());  // now it may go to the gate
}

TEST_F(LiveShadowTest, WhatTheGateRefusesReadsNothingAndSomebodyElsesIsNotOurs) {
  EXPECT_FALSE(begin_live_shadow(context_, run(0.7)).value().has_value());
  EXPECT_FALSE(handoff::shadow_candidate(*store_, "shop").value().has_value());
  const auto other = run(0.6);
  ASSERT_TRUE(
      handoff::begin_shadow(*store_, {.model = "shop", .candidate_id = other.id, .started_by = "operator"}).ok());
  read_two(other.id, 0);
  EXPECT_EQ(state(), LiveShadow::kNone);
  EXPECT_FALSE(settle_live_shadow(context_).value().has_value());
  strategy_.improve.shadow_live_calls = 0;
  EXPECT_FALSE(begin_live_shadow(context_, run(0.9)).value().has_value());
}

}  // namespace
}  // namespace yupu::strategy
