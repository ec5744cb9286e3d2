#include "handoff/shadow.h"

#include <memory>

#include <gtest/gtest.h>

#include "handoff/live_release.h"
#include "handoff/record.h"
#include "store/testing.h"

namespace yupu::handoff {
namespace {

const ShadowVerdict kHours{.decision = "answer", .label = "hours", .score = 0.9};
const ShadowVerdict kRefund{.decision = "answer", .label = "refund", .score = 0.8};
const ShadowVerdict kUnsure{.decision = "clarify", .label = "hours", .score = 0.4};
const ShadowVerdict kNothing{.decision = "refuse", .label = "hours", .score = 0.1};
const ShadowVerdict kNothingElse{.decision = "refuse", .label = "refund", .score = 0.1};

class ShadowStore : public ::testing::Test {
 protected:
  void SetUp() override {
    live_ = put("release", {{"run_id", "run_of_live"}});
    candidate_ = put("run", {{"dataset_id", "x"}});
    ASSERT_TRUE(set_live_release(*store_, "shop", live_, "first release", 1).ok());
  }
  std::string put(const std::string& kind, const Json& body) {
    const Record record = make_record(kind, "shop", {}, body, 1);
    EXPECT_TRUE(put_record(*store_, record).ok());
    return record.id;
  }
  Status begin(const std::string& id) {
    return begin_shadow(*store_, {.model = "shop", .candidate_id = id, .started_by = "operator", .started_ns = 5});
  }
  void trace(const std::string& id, const std::string& tenant, const std::string& text) {
    const Status status = store_->write([&](store::Transaction& transaction) {
      return transaction
          .execute(
              "INSERT INTO trace (trace_id, tenant_id, route, model, release_id, text, decision, label, score, body, "
              "created_ns) VALUES (?, ?, '/v1/answer', 'shop', ?, ?, 'answer', 'a', 0.5, '{}', 1)",
              {id, tenant, live_, text})
          .status();
    });
    ASSERT_TRUE(status.ok()) << status.to_string();
  }
  ShadowRead read(const std::string& trace, const ShadowVerdict& live, const ShadowVerdict& candidate,
                  const std::string& tenant = "t_1") {
    return {.tenant_id = tenant, .trace_id = trace, .release_id = live_, .live = live, .candidate = candidate};
  }
  ShadowFigures figures(const std::optional<std::string>& tenant = {}) {
    return shadow_figures(*store_, "shop", tenant).value().value();
  }

  std::unique_ptr<store::Store> store_ = store::open_store(yupu::testing::fresh_url()).value();
  std::string live_, candidate_;
};

TEST_F(ShadowStore, OtherDecisionsAndOtherIntentsAreChanges) {
  EXPECT_FALSE(is_changed(kHours, kHours));
  EXPECT_TRUE(is_changed(kHours, kRefund));
  EXPECT_TRUE(is_changed(kHours, kUnsure));
  EXPECT_FALSE(is_changed(kNothing, kNothingElse));
}

TEST_F(ShadowStore, CountsOfManyTimesAddUpByIntentAndChange) {
  EXPECT_FALSE(shadow_figures(*store_, "shop", {}).value().has_value());
  ASSERT_TRUE(begin(candidate_).ok());
  EXPECT_EQ(figures().changed_share(), 0.0);
  trace("tr_1", "t_1", "when?");
  trace("tr_2", "t_2", "when now?");
  ASSERT_TRUE(keep_shadow(*store_, "shop", candidate_,
                          {.reads = {read("tr_0", kHours, kHours), read("tr_1", kHours, kUnsure)}, .dropped_count = 3},
                          10)
                  .ok());
  ASSERT_TRUE(keep_shadow(*store_, "shop", candidate_,
                          {.reads = {read("tr_2", kHours, kUnsure, "t_2"), read("tr_3", kRefund, kHours)},
                           .dropped_count = 1,
                           .failed_count = 2},
                          20)
                  .ok());
  const ShadowFigures all = figures();
  EXPECT_EQ(all.call_count, 4);
  EXPECT_EQ(all.changed_count, 3);
  EXPECT_DOUBLE_EQ(all.changed_share(), 0.75);
  EXPECT_EQ(all.candidate.dropped_count, 4);
  EXPECT_EQ(all.candidate.failed_count, 2);
  EXPECT_EQ(all.release_id, live_);
  ASSERT_EQ(all.intents.size(), 2U);
  EXPECT_EQ(all.intents[0].intent, "hours");
  EXPECT_EQ(all.intents[0].call_count, 3);
  EXPECT_EQ(all.intents[0].changed_count, 2);
  ASSERT_EQ(all.changes.size(), 2U);
  EXPECT_EQ(all.changes[0].candidate, "clarify");
  EXPECT_EQ(all.changes[0].call_count, 2);
  EXPECT_EQ(all.changes[1].live, all.changes[1].candidate);  // another intent
  ASSERT_EQ(all.examples.size(), 2U);                        // tr_3 has no trace any more
  EXPECT_EQ(all.examples[0].text, "when now?");
  EXPECT_EQ(all.examples[1].candidate.label, "hours");
  ASSERT_EQ(figures("t_1").examples.size(), 1U);
  EXPECT_EQ(figures("t_1").examples[0].text, "when?");
  EXPECT_EQ(all.to_json()["examples"][0]["live"]["decision"], "answer");
}

TEST_F(ShadowStore, WhatAnotherHasReadIsForgottenAndLateWordsOfItAreNotKept) {
  ASSERT_TRUE(begin(candidate_).ok());
  const ShadowReads one{.reads = {read("tr_1", kHours, kUnsure)}};
  ASSERT_TRUE(keep_shadow(*store_, "shop", candidate_, one, 10).ok());
  ASSERT_TRUE(begin(candidate_).ok());  // it goes on
  EXPECT_EQ(figures().call_count, 1);
  ASSERT_TRUE(refuse_shadow(*store_, "shop", candidate_, "too much").ok());
  EXPECT_EQ(figures().candidate.refused, "too much");
  const std::string next = put("run", {{"dataset_id", "y"}});
  ASSERT_TRUE(begin(next).ok());
  ASSERT_TRUE(keep_shadow(*store_, "shop", candidate_, one, 10).ok());
  EXPECT_EQ(figures().candidate.candidate_id, next);
  EXPECT_EQ(figures().candidate.refused, "");
  EXPECT_EQ(figures().call_count, 0);
  EXPECT_TRUE(end_shadow(*store_, "shop").value());
  EXPECT_FALSE(end_shadow(*store_, "shop").value());
}

TEST_F(ShadowStore, FiguresAreOfTheReleaseThatIsLiveNow) {
  ASSERT_TRUE(begin(candidate_).ok());
  ASSERT_TRUE(keep_shadow(*store_, "shop", candidate_, {.reads = {read("tr_1", kHours, kUnsure)}}, 10).ok());
  ASSERT_TRUE(set_live_release(*store_, "shop", put("release", {{"run_id", "other"}}), "rollback", 2).ok());
  EXPECT_EQ(figures().call_count, 0);
}

TEST_F(ShadowStore, WhoCannotReadBesideIsNamed) {
  EXPECT_EQ(begin("run_none").code(), Code::kNotFound);
  EXPECT_EQ(begin("run_none").field(), "candidate");
  EXPECT_EQ(begin(put("dataset", {{"rows", 1}})).code(), Code::kNotFound);
  EXPECT_EQ(begin(live_).code(), Code::kConflict);
  const std::string trained = put("run", {{"dataset_id", "z"}});
  ASSERT_TRUE(set_live_release(*store_, "shop", put("release", {{"run_id", trained}}), "gate passed", 3).ok());
  EXPECT_EQ(begin(trained).code(), Code::kConflict);
}

TEST_F(ShadowStore, OnlyTheNewestDifferencesAreKept) {
  ASSERT_TRUE(begin(candidate_).ok());
  for (int round = 0; round < 6; ++round) {
    ShadowReads more;
    for (int i = 0; i < 60; ++i) {
      more.reads.push_back(read("tr_" + std::to_string(100 * round + i), kHours, kUnsure));
    }
    ASSERT_TRUE(keep_shadow(*store_, "shop", candidate_, more, 10 + round).ok());
  }
  std::int64_t kept = 0;
  ASSERT_TRUE(store_
                  ->read([&](store::Transaction& transaction) -> Status {
                    YUPU_ASSIGN_OR_RETURN(const auto rows, transaction.query("SELECT COUNT(*) FROM shadow_difference"));
                    kept = rows[0].integer(0);
                    return ok_status();
                  })
                  .ok());
  EXPECT_EQ(kept, 200);
  EXPECT_EQ(figures().call_count, 360);
}

}  // namespace
}  // namespace yupu::handoff
