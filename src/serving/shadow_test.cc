#include "serving/shadow.h"

#include <atomic>
#include <chrono>
#include <memory>
#include <sstream>
#include <string>
#include <thread>

#include <gtest/gtest.h>

#include "base/log.h"
#include "handoff/live_release.h"
#include "handoff/record.h"
#include "handoff/types.h"
#include "store/testing.h"

namespace yupu::serving {
namespace {

// Sure of "late" where a text has an "l" in it, else of "open"; "!" it does not read.
class Candidate final : public TextModel {
 public:
  struct Watch {
    std::atomic<bool> hold{false};
    std::atomic<int> entered{0};
    std::string read;  // of the last text
  };
  explicit Candidate(std::shared_ptr<Watch> watch) : watch_(std::move(watch)) { card_.labels = {"open", "late"}; }
  const ModelCard& card() const override { return card_; }
  std::string weights_sha256() const override { return "weights"; }
  text::Encoding encode(std::string_view text) const override {
    text::Encoding encoding;
    encoding.ids.assign(text.begin(), text.end());
    watch_->read = text;
    return encoding;
  }
  Result<std::vector<std::vector<float>>> logits(std::span<const BatchText> texts) override {
    watch_->entered.fetch_add(1);
    while (watch_->hold) std::this_thread::sleep_for(std::chrono::milliseconds(1));
    std::vector<std::vector<float>> rows;
    for (const BatchText& text : texts) {
      const std::string said(text.encoding.ids.begin(), text.encoding.ids.end());
      if (said == "!") return internal_error("not this one");
      rows.push_back(said.find('l') == std::string::npos ? std::vector{9.0F, 0.0F} : std::vector{0.0F, 9.0F});
    }
    return rows;
  }

 private:
  ModelCard card_;
  std::shared_ptr<Watch> watch_;
};

class ShadowTest : public ::testing::Test {
 protected:
  void SetUp() override {
    log::set_level(log::Level::kNone);
    candidate_ = run("runs/b/model", "weights");
    ASSERT_TRUE(handoff::set_live_release(*store_, "shop", put("release", {{"run_id", "a"}}), "first", 1).ok());
  }
  std::string put(const std::string& kind, const Json& body) {
    const auto record = handoff::make_record(kind, "shop", {}, body, 1);
    EXPECT_TRUE(handoff::put_record(*store_, record).ok());
    return record.id;
  }
  std::string run(const std::string& directory, const std::string& weights) {
    handoff::Run run;
    run.dataset_id = "dataset_x";
    run.task = "classify";
    run.model_directory = directory;
    run.weights_sha256 = weights;
    run.config = run.report = Json::object();
    run.version = "test";
    return put("run", run.to_json());
  }
  void begin() {
    ASSERT_TRUE(
        handoff::begin_shadow(*store_, {.model = "shop", .candidate_id = candidate_, .started_by = "operator"}).ok());
  }
  std::unique_ptr<Shadow> shadow(ShadowOptions options = {.model = "shop"}) {
    const ModelLoader loader = [this](const std::string& directory) -> Result<std::unique_ptr<TextModel>> {
      opened_ = directory;
      if (is_torn_) return invalid_argument("runs/b/model: truncated");
      return std::unique_ptr<TextModel>(new Candidate(watch_));
    };
    return std::make_unique<Shadow>(clock_, *store_, loader, candidate_resolver(*store_, "w"), std::move(options));
  }
  Shadow::Call call(const std::string& text, const std::string& label = "open",
                    const std::string& decision = "answer") {
    return {.tenant_id = "t_1",
            .trace_id = "tr_" + std::to_string(++number_),
            .release_id = handoff::live_release(*store_, "shop").value()->release_id,
            .text = text,
            .live = {.decision = decision, .label = label, .score = 0.9}};
  }
  // The counters of /metrics, in the order they are said.
  static std::string totals(const Shadow& shadow) {
    std::string said;
    std::istringstream lines(shadow.metrics());
    const std::string name = "serving_shadow_";
    for (std::string line; std::getline(lines, line);) {
      const std::size_t end = line.find("_total ");
      if (!line.starts_with(name) || end == std::string::npos) continue;
      said += line.substr(name.size(), end - name.size()) + line.substr(end + 6) + " ";
    }
    return said;
  }
  handoff::ShadowFigures figures() { return handoff::shadow_figures(*store_, "shop", {}).value().value(); }

  FakeClock clock_{1};
  std::unique_ptr<store::Store> store_ = store::open_store(yupu::testing::fresh_url()).value();
  std::shared_ptr<Candidate::Watch> watch_ = std::make_shared<Candidate::Watch>();
  std::string candidate_, opened_;
  bool is_torn_ = false;
  int number_ = 0;
};

TEST_F(ShadowTest, ReadsEveryCallThatIsOfferedAndComparesIt) {
  const auto beside = shadow({.model = "shop", .mask_read = text::PersonalKinds::all()});
  ASSERT_TRUE(beside->look().ok());
  EXPECT_FALSE(beside->is_reading("shop"));  // off, until somebody asks for it
  begin();
  ASSERT_TRUE(beside->look().ok());
  EXPECT_EQ(opened_, "w/runs/b/model");
  EXPECT_TRUE(beside->is_reading("shop"));
  EXPECT_FALSE(beside->is_reading("tea"));
  beside->offer(call("now"));
  beside->offer(call("later"));
  beside->offer(call("call 13812345678", "late"));
  EXPECT_EQ(beside->read(), 3U);
  EXPECT_EQ(watch_->read, "call [phone]");  // as the live release reads it
  beside->offer(call("when", "open", "refuse"));
  EXPECT_EQ(beside->read(), 1U);
  EXPECT_EQ(beside->read(), 0U);
  ASSERT_TRUE(beside->keep().ok());
  ASSERT_TRUE(beside->keep().ok());  // nothing is counted twice
  const auto all = figures();
  EXPECT_EQ(all.call_count, 4);
  EXPECT_EQ(all.changed_count, 2);
  EXPECT_EQ(totals(*beside), "read 4 agreed 2 differed 2 failed 0 dropped 0 ");
  EXPECT_EQ(all.candidate.dropped_count, 0);
  ASSERT_TRUE(handoff::end_shadow(*store_, "shop").ok());
  ASSERT_TRUE(beside->look().ok());
  EXPECT_FALSE(beside->is_reading("shop"));
}

TEST_F(ShadowTest, WhatItHasNoTimeForIsDroppedAndCounted) {
  const auto beside = shadow({.model = "shop", .queue_calls_max = 2});
  begin();
  ASSERT_TRUE(beside->look().ok());
  for (int i = 0; i < 5; ++i) beside->offer(call("now"));
  EXPECT_EQ(beside->read(), 2U);
  ASSERT_TRUE(beside->keep().ok());
  EXPECT_EQ(figures().call_count, 2);
  EXPECT_EQ(figures().candidate.dropped_count, 3);
  EXPECT_EQ(totals(*beside), "read 2 agreed 2 differed 0 failed 0 dropped 3 ");
}

TEST_F(ShadowTest, WhoOffersNeverWaitsForTheCandidate) {
  const auto beside = shadow({.model = "shop", .queue_calls_max = 8});
  begin();
  watch_->hold = true;
  beside->start();
  while (!beside->is_reading("shop")) std::this_thread::yield();
  std::int64_t offered = 0;
  for (; watch_->entered == 0; ++offered) beside->offer(call("now"));
  for (int i = 0; i < 100; ++i, ++offered) beside->offer(call("now"));  // while the candidate holds on to a text
  watch_->hold = false;
  beside->stop();
  const auto all = figures();
  EXPECT_GT(all.call_count, 0);
  EXPECT_GE(all.candidate.dropped_count, 100 - 8);
  EXPECT_LE(all.call_count + all.candidate.dropped_count, offered);
}

TEST_F(ShadowTest, OneThatFailsIsCountedAndOneThatDoesNotLoadIsTriedAgain) {
  const auto beside = shadow();
  begin();
  is_torn_ = true;
  ASSERT_TRUE(beside->look().ok());
  EXPECT_FALSE(beside->is_reading("shop"));
  EXPECT_EQ(figures().candidate.problem, "runs/b/model: truncated");
  is_torn_ = false;
  ASSERT_TRUE(beside->look().ok());
  EXPECT_FALSE(beside->is_reading("shop"));  // it was tried a moment ago
  clock_.advance_ns(Shadow::kRetryNs);
  ASSERT_TRUE(beside->look().ok());
  EXPECT_TRUE(beside->is_reading("shop"));
  EXPECT_EQ(figures().candidate.problem, "");
  beside->offer(call("!"));
  EXPECT_EQ(beside->read(), 1U);
  beside->offer(call("now"));
  EXPECT_EQ(beside->read(), 1U);
  ASSERT_TRUE(beside->keep().ok());
  EXPECT_EQ(figures().call_count, 1);
  EXPECT_EQ(figures().candidate.failed_count, 1);
  EXPECT_EQ(totals(*beside), "read 1 agreed 1 differed 0 failed 1 dropped 0 ");
  ASSERT_TRUE(handoff::end_shadow(*store_, "shop").ok());
  ASSERT_TRUE(beside->look().ok());
  EXPECT_EQ(totals(*beside), "read 1 agreed 1 differed 0 failed 1 dropped 0 ") << "counters do not go back";
}

TEST_F(ShadowTest, OneThatIsMadeLiveReadsNoMore) {
  const auto beside = shadow();
  begin();
  ASSERT_TRUE(beside->look().ok());
  const std::string released = put("release", {{"run_id", candidate_}});
  ASSERT_TRUE(handoff::set_live_release(*store_, "shop", released, "gate passed", 2).ok());
  ASSERT_TRUE(beside->look().ok());
  EXPECT_FALSE(beside->is_reading("shop"));
  EXPECT_FALSE(handoff::shadow_candidate(*store_, "shop").value().has_value());
}

TEST_F(ShadowTest, OtherWeightsThanTheRunsAreRefused) {
  candidate_ = run("runs/c/model", "others");
  const auto beside = shadow();
  begin();
  ASSERT_TRUE(beside->look().ok());
  EXPECT_FALSE(beside->is_reading("shop"));
  EXPECT_NE(figures().candidate.problem.find("these are not the weights of " + candidate_), std::string::npos);
}

}  // namespace
}  // namespace yupu::serving
