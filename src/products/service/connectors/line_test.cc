// What comes in is answered once.
#include <string>
#include <vector>

#include "products/service/connectors/testing/line_fixture.h"

namespace yupu::products {
namespace {

using line_testing::kMinute;
using line_testing::kSecond;
using line_testing::LineTest;
using line_testing::Told;

TEST_F(LineTest, AMessageIsAnsweredInItsConversation) {
  EXPECT_EQ(come("e1|u1|hello").status, 200);
  EXPECT_EQ(asked_.size(), 0u);  // the network waits for the disk alone
  work();
  come("e2|u1|and then");
  work();
  EXPECT_EQ(connector_->told, (Told{{"u1", "bot: re: hello"}, {"u1", "bot: re: and then"}}));
  ASSERT_EQ(asked_.size(), 2u);
  EXPECT_EQ(asked_[0], (Json{{"bot", "shop"}, {"channel", "plain"}, {"visitor", "plain:u1"}, {"text", "hello"}}));
  EXPECT_EQ(asked_[1].at("conversation"), "cv_plain:u1");
}

TEST_F(LineTest, WhatIsDeliveredAgainIsAnsweredOnce) {
  for (int i = 0; i < 3; ++i) EXPECT_EQ(come("e1|u1|hello").status, 200);
  work();
  EXPECT_EQ(come("e1|u1|hello").status, 200);
  work();
  EXPECT_EQ(connector_->told.size(), 1u);
  const http::Response other = come("e1|u1|something else");
  EXPECT_EQ(other.status, 409);
  EXPECT_EQ(parse_json(other.body)->at("field"), "id");
  EXPECT_EQ(come("forged").status, 401);
  EXPECT_EQ(asked_.size(), 1u);
}

TEST_F(LineTest, WhatWasKeptIsAnsweredAfterTheProcessHasDied) {
  come("e1|u1|hello");
  open();
  work();
  EXPECT_EQ(connector_->told, (Told{{"u1", "bot: re: hello"}}));
}

TEST_F(LineTest, ABotThatCannotAnswerNowIsAskedAgain) {
  for (const int status : {503, 429, 402, 409}) answers_.push_back(http::json_response(status, R"({"detail":"x"})"));
  come("e1|u1|hello");
  come("e2|u1|second");
  work();
  EXPECT_TRUE(connector_->told.empty());
  for (int i = 0; i < 60; ++i) {
    clock_.advance_ns(kSecond);
    work();
  }
  EXPECT_EQ(connector_->told, (Told{{"u1", "bot: re: hello"}, {"u1", "bot: re: second"}}));  // in order
  EXPECT_EQ(charged_, 2);
}

TEST_F(LineTest, AMessageTheBotDoesNotTakeIsGivenUpAndCanBeTriedAgain) {
  answers_.push_back(http::json_response(413, R"({"detail":"too long"})"));
  come("e1|u1|hello");
  work();
  const OrderedJson dead = *list_dead_events(*store_, "", 10);
  ASSERT_EQ(dead.size(), 1u);
  EXPECT_NE(dead[0].at("last_error").get<std::string>().find("413"), std::string::npos);
  ASSERT_TRUE(resend(*store_, "e1", clock_.now_ns()).ok());
  work();
  EXPECT_EQ(connector_->told.size(), 1u);
}

TEST_F(LineTest, AConversationThatIsGoneBeginsAnew) {
  come("e1|u1|hello");
  work();
  answers_.push_back(http::problem(Status(Code::kNotFound, "no such conversation", "conversation"), "req_1"));
  come("e2|u1|again");
  work();
  ASSERT_EQ(asked_.size(), 3u);
  EXPECT_TRUE(asked_[1].contains("conversation"));
  EXPECT_FALSE(asked_[2].contains("conversation"));
  EXPECT_EQ(connector_->told.back().second, "bot: re: again");
}

TEST_F(LineTest, ButtonsAreNumbersToSendBack) {
  options_ = {{{"intent", "refund"}, {"title", "Refunds"}}, {{"intent", "hours"}, {"title", "Opening hours"}}};
  come("e1|u1|hm");
  work();
  EXPECT_EQ(connector_->told.back().second, "bot: re: hm\n1. Refunds\n2. Opening hours");
  come("e2|u2|2");  // nothing was shown to this one
  come("e3|u1|2");
  options_ = Json::array();
  work();
  EXPECT_EQ(asked_[1].at("text"), "2");
  EXPECT_EQ(asked_[2].at("option"), "hours");
  EXPECT_FALSE(asked_[2].contains("text"));
  come("e4|u1|3");
  work();
  EXPECT_EQ(asked_[3].at("text"), "3");
}

TEST_F(LineTest, RepliesAtOnceAndTheSameAgain) {
  open(true);
  EXPECT_EQ(come("e1|u1|hello").body, "re: hello");
  EXPECT_EQ(come("e1|u1|hello").body, "re: hello");  // the first answer did not arrive
  EXPECT_EQ(asked_.size(), 1u);
  clock_.advance_ns(kMinute);
  work();
  EXPECT_TRUE(connector_->told.empty());
}

TEST_F(LineTest, WhatIsNotReadyAtOnceIsSent) {
  open(true);
  answers_.push_back(http::json_response(503, "{}"));
  EXPECT_EQ(come("e1|u1|hello").body, "{}");
  clock_.advance_ns(kMinute);
  work();  // answered, and held back for a callback that may still ask
  clock_.advance_ns(kMinute);
  work();
  EXPECT_EQ(connector_->told, (Told{{"u1", "bot: re: hello"}}));
  EXPECT_EQ(come("e1|u1|hello").body, "{}");  // not twice
}

TEST_F(LineTest, WhoFloodsFillsNoQueueButTheirOwn) {
  for (std::int64_t i = 0; i < kEventsWaitingOfPeerMax; ++i)
    EXPECT_EQ(come("e" + std::to_string(i) + "|u1|hello").status, 200);
  const http::Response refused = come("more|u1|hello");
  EXPECT_EQ(refused.status, 429);
  EXPECT_FALSE(refused.headers.get("retry-after").empty());
  EXPECT_EQ(come("e0|u1|hello").status, 200);  // known
  EXPECT_EQ(come("other|u2|hello").status, 200);
  work();
  EXPECT_EQ(come("more|u1|hello").status, 200);
}

}  // namespace
}  // namespace yupu::products
