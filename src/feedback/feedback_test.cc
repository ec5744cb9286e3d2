#include "feedback/feedback.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "store/testing.h"

namespace yupu::feedback {
namespace {

class FeedbackTest : public ::testing::Test {
 protected:
  void SetUp() override { store_ = store::open_store(yupu::testing::fresh_url()).value(); }

  void trace(const std::string& id, const std::string& tenant, const std::string& text, const std::string& decision,
             const std::string& label, std::int64_t created_ns, const std::string& model = "shop") {
    const Status status = store_->write([&](store::Transaction& transaction) {
      return transaction
          .execute(
              "INSERT INTO trace (trace_id, tenant_id, route, model, release_id, text, decision, label, score, body, "
              "created_ns) VALUES (?, ?, '/v1/answer', ?, 'rel_1', ?, ?, ?, 0.5, '{\"lang\":\"en\"}', ?)",
              {id, tenant, model, text, decision, label, created_ns})
          .status();
    });
    ASSERT_TRUE(status.ok()) << status.to_string();
  }
  Result<handoff::Feedback> say(const std::string& trace_id, std::optional<int> rating,
                                const std::optional<std::string>& correction, const std::string& reason = "",
                                const std::string& tenant = "t1", const std::string& id = "") {
    clock_.advance_ns(10);
    return record_feedback(*store_, clock_,
                           {.id = id,
                            .tenant_id = tenant,
                            .trace_id = trace_id,
                            .rating = rating,
                            .correction = correction,
                            .reason = reason,
                            .created_ns = 0},
                           labels_);
  }

  std::unique_ptr<store::Store> store_;
  FakeClock clock_{1'000};
  std::vector<std::string> labels_ = {"order", "refund"};
};

TEST_F(FeedbackTest, RulesAsRows) {
  trace("tr_1", "t1", "where is it", "answer", "order", 500);
  EXPECT_TRUE(say("tr_1", 1, {}).ok());
  EXPECT_TRUE(say("tr_1", -1, "refund", "not what I asked").ok());
  EXPECT_TRUE(say("tr_1", {}, "out_of_scope").ok());
  EXPECT_EQ(say("tr_1", 0, {}).status().field(), "rating");
  EXPECT_EQ(say("tr_1", 5, {}).status().field(), "rating");
  EXPECT_EQ(say("tr_1", {}, "no_such").status().field(), "correction");
  EXPECT_EQ(say("tr_1", {}, {}).status().field(), "feedback");
  EXPECT_EQ(say("tr_1", 1, {}, "\xFF").status().field(), "reason");
  EXPECT_TRUE(say("tr_1", 1, {}, "a \"quoted\" \\ reason\n语").ok());
  EXPECT_EQ(say("tr_1", 1, {}, std::string(5000, 'x')).status().code(), Code::kTooLarge);
  EXPECT_EQ(say("tr_none", 1, {}).status().code(), Code::kNotFound);
}

TEST_F(FeedbackTest, InATransactionItIsKeptOrNotWithTheRest) {
  trace("tr_1", "t1", "where is it", "clarify", "order", 500);
  handoff::Feedback label;
  label.tenant_id = "t1";
  label.trace_id = "tr_1";
  label.correction = "refund";
  const auto write = [&](const Status& rest) {
    return store_->write([&](store::Transaction& transaction) -> Status {
      YUPU_RETURN_IF_ERROR(record_feedback(transaction, clock_, label, labels_).status());
      return rest;
    });
  };
  EXPECT_EQ(write(conflict("overtaken")).code(), Code::kConflict);
  EXPECT_TRUE(corrections(*store_, {})->empty());
  EXPECT_TRUE(write(ok_status()).ok());
  EXPECT_EQ(corrections(*store_, {})->size(), 1U);
  label.correction = "no_such";
  EXPECT_EQ(write(ok_status()).field(), "correction");
}

TEST_F(FeedbackTest, AnotherTenantsTraceLooksLikeNone) {
  trace("tr_1", "t1", "where is it", "answer", "order", 500);
  const Status theirs = say("tr_1", 1, {}, "", "t2").status();
  const Status none = say("tr_9", 1, {}, "", "t2").status();
  EXPECT_EQ(theirs.code(), Code::kNotFound);
  EXPECT_EQ(theirs.message(), "no trace 'tr_1'");
  EXPECT_EQ(none.message(), "no trace 'tr_9'");
}

TEST_F(FeedbackTest, TheSameIdAgainChangesNothing) {
  trace("tr_1", "t1", "where is it", "answer", "order", 500);
  const auto first = say("tr_1", 1, {}, "", "t1", "fb_x").value();
  EXPECT_EQ(say("tr_1", 1, {}, "", "t1", "fb_x").value().created_ns, first.created_ns);
  EXPECT_EQ(say("tr_1", -1, {}, "", "t1", "fb_x").status().code(), Code::kConflict);
  EXPECT_EQ(summary(*store_, {}).value()["up"], 1);
}

TEST_F(FeedbackTest, TheNewestVoteAndCorrectionCount) {
  trace("tr_1", "t1", "where is it", "answer", "refund", 500);
  const std::int64_t stopped = clock_.now_ns();
  ASSERT_TRUE(say("tr_1", -1, "order").ok());
  clock_.set_ns(stopped - 500);  // a clock set back must not bring an old vote to the front
  ASSERT_TRUE(say("tr_1", 1, {}).ok());
  const auto rows = corrections(*store_, {}).value();
  ASSERT_EQ(rows.size(), 1u);
  EXPECT_EQ(rows[0].label, "order");  // the newer row has no correction: the older one's stands
  EXPECT_TRUE(misses(*store_, {}).value().empty());
  clock_.set_ns(stopped - 500);
  const auto third = say("tr_1", -1, "refund").value();
  EXPECT_EQ(corrections(*store_, {}).value()[0].source, "feedback:" + third.id);
  EXPECT_EQ(corrections(*store_, {}).value()[0].label, "refund");
  EXPECT_EQ(misses(*store_, {}).value().size(), 1u);
}

TEST_F(FeedbackTest, CorrectionsAreRowsOfTheNextDataset) {
  trace("tr_1", "t1", "first", "answer", "refund", 500);
  trace("tr_2", "t2", "second", "refuse", "", 600);
  trace("tr_3", "t1", "third", "answer", "order", 700, "other");
  ASSERT_TRUE(say("tr_1", {}, "order").ok());
  const auto second = say("tr_2", {}, "out_of_scope", "", "t2").value();
  ASSERT_TRUE(say("tr_3", {}, "refund").ok());
  const auto rows = corrections(*store_, {.model = "shop"}).value();
  ASSERT_EQ(rows.size(), 2u);
  EXPECT_EQ(rows[0].text, "first");
  EXPECT_EQ(rows[0].lang, "en");
  EXPECT_EQ(rows[1].label, "out_of_scope");
  EXPECT_EQ(corrections(*store_, {.model = "shop", .since_ns = second.created_ns}).value().size(), 1u);
  EXPECT_EQ(corrections(*store_, {.tenant_id = "t2"}).value().size(), 1u);
  EXPECT_EQ(corrections(*store_, {.limit = 1}).value()[0].text, "first");
}

TEST_F(FeedbackTest, AScoreIsOfAConversationAndTheNewestCounts) {
  trace("tr_1", "t1", "hello", "answer", "order", 500);
  trace("tr_2", "t1", "and then", "answer", "order", 600);
  trace("tr_3", "t2", "elsewhere", "answer", "order", 700);
  const auto score = [&](const std::string& trace_id, int satisfaction, const std::string& conversation,
                         const std::string& tenant = "t1") {
    clock_.advance_ns(10);
    handoff::Feedback said;
    said.tenant_id = tenant;
    said.trace_id = trace_id;
    said.satisfaction = satisfaction;
    said.conversation = conversation;
    return record_feedback(*store_, clock_, said, labels_);
  };
  EXPECT_EQ(score("tr_1", 0, "cv_1").status().field(), "score");
  EXPECT_EQ(score("tr_1", 6, "cv_1").status().field(), "score");
  EXPECT_EQ(score("tr_1", 5, "").status().field(), "conversation");
  EXPECT_EQ(score("tr_1", 5, "cv_1", "t2").status().code(), Code::kNotFound);
  EXPECT_EQ(summary(*store_, {})->at("satisfaction").at("mean"), Json());
  ASSERT_TRUE(score("tr_1", 1, "cv_1").ok());
  const std::int64_t stopped = clock_.now_ns();
  clock_.set_ns(stopped - 500);  // of another call of the same conversation, and the clock was set back
  ASSERT_TRUE(score("tr_2", 5, "cv_1").ok());
  ASSERT_TRUE(score("tr_3", 2, "cv_1", "t2").ok());  // the other tenant's conversation of the same name
  const Json both = summary(*store_, {})->at("satisfaction");
  EXPECT_EQ(both.at("conversations"), 2);
  EXPECT_EQ(both.at("mean"), 3.5);
  EXPECT_EQ(both.at("satisfied"), 0.5);
  EXPECT_EQ(both.at("scores"), (Json{{"1", 0}, {"2", 1}, {"3", 0}, {"4", 0}, {"5", 1}}));
  EXPECT_EQ(summary(*store_, {.tenant_id = "t1"})->at("satisfaction").at("mean"), 5.0);
  EXPECT_EQ(summary(*store_, {})->at("rated"), 0);  // a score is no vote
  EXPECT_TRUE(misses(*store_, {})->empty());
}

TEST_F(FeedbackTest, OneQueueOfAllThatIsSaidAndCounts) {
  trace("tr_1", "t1", "where is it", "answer", "refund", 500);
  trace("tr_2", "t2", "elsewhere", "answer", "order", 600, "other");
  ASSERT_TRUE(say("tr_1", 1, {}).ok());
  ASSERT_TRUE(say("tr_1", -1, {}, "wrong").ok());
  ASSERT_TRUE(say("tr_2", 1, {}, "", "t2").ok());
  handoff::Feedback of_agent;
  of_agent.tenant_id = "t1";
  of_agent.trace_id = "tr_1";
  of_agent.correction = "order";
  of_agent.author = "agent:ag_1";
  clock_.advance_ns(10);
  ASSERT_TRUE(record_feedback(*store_, clock_, of_agent, labels_).ok());
  handoff::Feedback score = of_agent;
  score.correction.reset();
  score.author.clear();
  score.satisfaction = 2;
  score.conversation = "cv_1";
  clock_.advance_ns(10);
  ASSERT_TRUE(record_feedback(*store_, clock_, score, labels_).ok());
  const auto queue = opinions(*store_, {}).value();
  ASSERT_EQ(queue.size(), 4U);  // the first vote on tr_1 is replaced
  EXPECT_EQ(queue[0].said.satisfaction, 2);
  EXPECT_EQ(queue[0].conversation, "cv_1");
  EXPECT_EQ(queue[1].said.correction, "order");
  EXPECT_EQ(queue[1].said.author, "agent:ag_1");
  EXPECT_EQ(queue[2].said.trace_id, "tr_2");
  EXPECT_EQ(queue[3].said.rating, -1);
  EXPECT_EQ(queue[3].said.reason, "wrong");
  for (const std::size_t i : {0U, 1U, 3U}) {
    EXPECT_EQ(queue[i].text, "where is it");
    EXPECT_EQ(queue[i].label, "refund");
    EXPECT_EQ(queue[i].decision, "answer");
  }
  const Json json = queue[1].to_json();
  EXPECT_EQ(json.at("rating"), Json());
  EXPECT_EQ(json.at("trace_id"), "tr_1");
  EXPECT_EQ(opinions(*store_, {.tenant_id = "t1"})->size(), 3U);
  EXPECT_EQ(opinions(*store_, {.model = "other"})->size(), 1U);
  EXPECT_EQ(opinions(*store_, {.since_ns = queue[1].said.created_ns})->size(), 2U);
  EXPECT_EQ(opinions(*store_, {.limit = 1})->front().said.satisfaction, 2);
  // What goes with its conversation is in it no more.
  const std::string gone[] = {"tr_1"};
  ASSERT_TRUE(store_
                  ->write([&](store::Transaction& transaction) {
                    return forget_feedback(transaction, clock_, "t1", gone).status();
                  })
                  .ok());
  EXPECT_EQ(opinions(*store_, {})->size(), 1U);
}

TEST_F(FeedbackTest, MissesAndSummary) {
  trace("tr_1", "t1", "good", "answer", "order", 500);
  trace("tr_2", "t1", "voted down", "answer", "order", 600);
  trace("tr_3", "t1", "unsure", "clarify", "refund", 700);
  trace("tr_4", "t1", "silent", "answer", "refund", 800);
  ASSERT_TRUE(say("tr_1", 1, {}).ok());
  ASSERT_TRUE(say("tr_2", -1, "refund", "wrong").ok());
  const auto found = misses(*store_, {}).value();
  ASSERT_EQ(found.size(), 2u);
  EXPECT_EQ(found[0].trace_id, "tr_3");
  EXPECT_EQ(found[1].reason, "wrong");
  EXPECT_EQ(found[1].to_json()["correction"], "refund");
  EXPECT_EQ(found[0].to_json()["rating"], Json());
  EXPECT_EQ(misses(*store_, {.since_ns = 650}).value().size(), 1u);
  EXPECT_EQ(misses(*store_, {.limit = 1}).value().size(), 1u);

  const Json json = summary(*store_, {}).value();
  EXPECT_EQ(json["calls"], 4);
  EXPECT_EQ(json["decisions"], (Json{{"answer", 3}, {"clarify", 1}}));
  EXPECT_EQ(json["approval"], 0.5);
  EXPECT_EQ(json["confused"], (Json{{{"answered", "order"}, {"corrected", "refund"}, {"count", 1}}}));
  EXPECT_EQ(json["labels"]["order"], (Json{{"calls", 2}, {"up", 1}, {"down", 1}, {"corrected", 1}}));
  EXPECT_EQ(summary(*store_, {.tenant_id = "nobody"}).value()["approval"], Json());
}

}  // namespace
}  // namespace yupu::feedback
