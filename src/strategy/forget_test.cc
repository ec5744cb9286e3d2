#include "strategy/forget.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/file.h"
#include "base/testing.h"
#include "feedback/feedback.h"
#include "strategy/retention.h"

namespace yupu::strategy {
namespace {

using ::testing::ElementsAre;

constexpr std::int64_t kDayNs = 86'400'000'000'000;
constexpr std::int64_t kNow = 20'784 * kDayNs;
const std::vector<std::string> kLabels = {"order", "refund"};

class ForgetTest : public ::testing::Test {
 protected:
  // A conversation of two turns with everything a call leaves: message, trace, stored answer, a correction.
  // Every text of it has `secret` in it.
  void talk(const std::string& id, const std::string& tenant, const std::string& visitor, const std::string& secret,
            std::int64_t active_ns) {
    for (int turn = 0; turn < 2; ++turn) {
      const std::string trace_id = "tr_" + id + std::to_string(turn);
      products::Conversation conversation{.id = id, .tenant_id = tenant, .bot = "shop", .channel = "web"};
      conversation.visitor = visitor;
      conversation.turn_count = turn;
      conversation.state.offered_text = "asked: " + secret;
      conversation.created_ns = conversation.active_ns = active_ns;
      const Status kept = store_->write([&](store::Transaction& transaction) -> Status {
        YUPU_RETURN_IF_ERROR(products::keep_turn(transaction, conversation,
                                                 {{"visitor", "my number is " + secret, trace_id, active_ns},
                                                  {"bot", "so it is " + secret, trace_id, active_ns}})
                                 .status());
        YUPU_RETURN_IF_ERROR(
            transaction
                .execute(
                    "INSERT INTO trace (trace_id, tenant_id, route, model, release_id, text, decision, label, score, "
                    "body, created_ns) VALUES (?, ?, '/v1/answer', 'shop', 'rel', ?, 'answer', 'order', 0.5, ?, ?)",
                    {trace_id, tenant, "my number is " + secret, "{\"text\":\"" + secret + "\"}", active_ns})
                .status());
        return transaction
            .execute(
                "INSERT INTO idempotency (tenant_id, key, route, body_sha256, status, response, subject, created_ns) "
                "VALUES (?, ?, '/v1/answer', 'x', 200, ?, ?, ?)",
                {tenant, trace_id, "{\"text\":\"" + secret + "\"}", id, active_ns})
            .status();
      });
      ASSERT_TRUE(kept.ok()) << kept.to_string();
    }
    const Status beside = store_->write([&](store::Transaction& transaction) -> Status {
      YUPU_RETURN_IF_ERROR(transaction
                               .execute("INSERT INTO ticket (tenant_id, conversation_id, contact, text, created_ns) "
                                        "VALUES (?, ?, ?, ?, ?)",
                                        {tenant, id, "call " + secret, "it is " + secret, active_ns})
                               .status());
      YUPU_RETURN_IF_ERROR(transaction
                               .execute("INSERT INTO handover (conversation_id, tenant_id, intent, lang, queued_ns) "
                                        "VALUES (?, ?, ?, 'en', ?)",
                                        {id, tenant, "order " + secret, active_ns})
                               .status());
      return transaction
          .execute("INSERT INTO visitor_conversation (tenant_id, conversation_id, visitor_id) VALUES (?, ?, ?)",
                   {tenant, id, "vi_" + secret})
          .status();
    });
    ASSERT_TRUE(beside.ok()) << beside.to_string();
    const handoff::Feedback said{.id = "fb_" + id,
                                 .tenant_id = tenant,
                                 .trace_id = "tr_" + id + "0",
                                 .rating = {},
                                 .correction = "refund",
                                 .reason = "because of " + secret};
    ASSERT_TRUE(feedback::record_feedback(*store_, clock_, said, kLabels).ok());
  }
  bool is_on_disk(const std::string& text) const {
    for (const char* suffix : {"", "-wal"}) {
      const auto bytes = read_file(path_ + suffix);
      if (bytes.ok() && bytes->find(text) != std::string::npos) return true;
    }
    return false;
  }
  Forgotten forget(const products::ConversationQuery& which) {
    const auto forgotten = forget_conversations(*store_, clock_, which);
    EXPECT_TRUE(forgotten.ok()) << forgotten.status().to_string();
    return *forgotten;
  }
  std::vector<std::string> left() {
    std::vector<std::string> ids;
    const auto rows = products::list_conversations(*store_, {.limit = 1000});
    for (const auto& row : *rows) ids.push_back(row.id);
    std::sort(ids.begin(), ids.end());
    return ids;
  }

  yupu::testing::TempDir folder_;
  std::string path_ = folder_.file("yupu.db");
  FakeClock clock_{kNow};
  std::unique_ptr<store::Store> store_ = store::open_store("sqlite:" + path_).value();
};

TEST_F(ForgetTest, NothingOfAVisitorIsLeftInTheFiles) {
  talk("cv_1", "tn_1", "ann", "4111-SECRET-1111", kNow);
  talk("cv_2", "tn_1", "ann", "4111-SECRET-2222", kNow);
  talk("cv_3", "tn_1", "bob", "5222-SECRET-3333", kNow);
  talk("cv_4", "tn_2", "ann", "6333-SECRET-4444", kNow);
  ASSERT_TRUE(is_on_disk("4111-SECRET"));
  const Forgotten forgotten = forget({.tenant_id = "tn_1", .visitor = "ann"});
  EXPECT_EQ(forgotten.conversation_count, 2);
  EXPECT_EQ(forgotten.message_count, 8);
  EXPECT_EQ(forgotten.trace_count, 4);
  EXPECT_EQ(forgotten.feedback_count, 2);
  EXPECT_EQ(forgotten.stored_answer_count, 4);
  EXPECT_FALSE(is_on_disk("4111-SECRET"));
  EXPECT_TRUE(is_on_disk("5222-SECRET-3333"));
  EXPECT_TRUE(is_on_disk("6333-SECRET-4444"));
  EXPECT_THAT(left(), ElementsAre("cv_3", "cv_4"));
  EXPECT_EQ(forget({.tenant_id = "tn_1", .visitor = "ann"}).conversation_count, 0);
}

TEST_F(ForgetTest, NothingOfItIsLearnedFrom) {
  talk("cv_1", "tn_1", "ann", "SECRET", kNow);
  talk("cv_2", "tn_1", "bob", "public", kNow);
  EXPECT_EQ(feedback::corrections(*store_, {})->size(), 2U);
  EXPECT_TRUE(feedback::forgotten_sources(*store_)->empty());
  forget({.tenant_id = "tn_1", .visitor = "ann"});
  const auto rows = feedback::corrections(*store_, {}).value();
  ASSERT_EQ(rows.size(), 1U);
  EXPECT_EQ(rows[0].text, "my number is public");
  // What was learned from it before is left out of the next version (data/next_version.h).
  EXPECT_THAT(feedback::forgotten_sources(*store_).value(), ElementsAre("feedback:fb_cv_1"));
}

TEST_F(ForgetTest, ByTimeAndNotWhatIsNewer) {
  talk("cv_old", "tn_1", "", "SECRET-A", kNow - 31 * kDayNs);
  talk("cv_new", "tn_1", "", "SECRET-B", kNow - 29 * kDayNs);
  forget({.bot = "another", .idle_since_ns = kNow});
  EXPECT_THAT(left(), ElementsAre("cv_new", "cv_old"));
  forget({.idle_since_ns = kNow - 30 * kDayNs});
  EXPECT_THAT(left(), ElementsAre("cv_new"));
  EXPECT_FALSE(is_on_disk("SECRET-A"));
}

TEST_F(ForgetTest, MoreThanOneBatch) {
  for (int i = 0; i < 230; ++i) {
    const products::Conversation conversation{
        .id = "cv_" + std::to_string(i), .tenant_id = "tn_1", .bot = "shop", .channel = "web", .visitor = "ann"};
    ASSERT_TRUE(store_
                    ->write([&](store::Transaction& transaction) {
                      return products::keep_turn(transaction, conversation, {}).status();
                    })
                    .ok());
  }
  EXPECT_EQ(forget({.visitor = "ann"}).conversation_count, 230);
}

TEST_F(ForgetTest, WhatMovedOnMeanwhileIsNotDeletedHalf) {
  talk("cv_1", "tn_1", "ann", "SECRET", kNow);
  products::Conversation seen = products::get_conversation(*store_, "tn_1", "cv_1").value();
  seen.turn_count = 1;  // as it was before the last turn
  const Status deleted = store_->write([&](store::Transaction& transaction) -> Status {
    YUPU_ASSIGN_OR_RETURN(const auto gone, products::delete_conversation(transaction, seen));
    EXPECT_FALSE(gone.has_value());
    return ok_status();
  });
  EXPECT_TRUE(deleted.ok());
  EXPECT_EQ(products::messages_of(*store_, seen)->size(), 4U);
}

TEST_F(ForgetTest, RetentionDeletesOnItsOwn) {
  talk("cv_old", "tn_1", "", "SECRET", kNow - 8 * kDayNs);
  talk("cv_new", "tn_1", "", "public", kNow - 6 * kDayNs);
  Retention retention(*store_, clock_, {.bot = "shop", .keep_days = 7});
  EXPECT_EQ(retention.sweep()->conversation_count, 1);
  EXPECT_THAT(left(), ElementsAre("cv_new"));
  clock_.advance_ns(2 * kDayNs);
  retention.start(3'600'000);  // sweeps at once
  for (int i = 0; i < 500 && !left().empty(); ++i) std::this_thread::sleep_for(std::chrono::milliseconds(10));
  retention.stop();
  EXPECT_TRUE(left().empty());
}

}  // namespace
}  // namespace yupu::strategy
