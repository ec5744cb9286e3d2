#include "products/service/agents/desk.h"

#include <gtest/gtest.h>

#include "products/service/agents/inbox.h"
#include "products/service/agents/testing.h"
#include "store/testing.h"

namespace yupu::products {
namespace {

using testing::count_of;
using testing::Shift;

class DeskTest : public testing::DeskFixture {
 protected:
  Result<SaidMessage> reply(const Shift& shift, const std::string& id, const std::string& message_id,
                            const std::string& text) {
    auto said = say_as_agent(*store_, clock_, shift.agent, id, message_id, text);
    if (said.ok()) desk_->note_change(said->conversation);
    return said;
  }
  std::shared_ptr<http::EventStream> follow(const std::string& id, std::int64_t after = -1) {
    auto stream = std::make_shared<http::EventStream>();
    desk_->follow_as_visitor(get(id), after, stream);
    return stream;
  }
  std::string heard_by_visitor(http::EventStream& stream) {
    desk_->look();
    return http::testing::StreamReader::take(stream);
  }
};

TEST_F(DeskTest, AConversationGoesToAPersonAndBack) {
  const Shift mei = hire("Mei");
  heard(mei);
  const std::string id = ask_for_person();
  EXPECT_EQ(count_of(heard(mei), "event: assigned"), 1U);
  EXPECT_EQ(state(id), (Json{{"state", "with"}, {"agent", "Mei"}}));
  const auto visitor = follow(id, 1);
  EXPECT_NE(heard_by_visitor(*visitor).find(R"("state":"with")"), std::string::npos);

  const auto silent = say(id, "are you there?", "hours");
  EXPECT_EQ(silent.decision, "handoff");
  EXPECT_EQ(silent.text, "");  // a person speaks now
  EXPECT_EQ(silent.handover.at("agent"), "Mei");
  const std::string told = heard(mei);
  EXPECT_EQ(count_of(told, "event: message"), 1U);
  EXPECT_NE(told.find("are you there?"), std::string::npos);
  EXPECT_EQ(count_of(heard(mei), "event: message"), 0U);

  EXPECT_FALSE(reply(mei, id, "m1", "I am")->was_known);
  EXPECT_TRUE(reply(mei, id, "m1", "I am")->was_known);
  const std::string answered = heard_by_visitor(*visitor);
  EXPECT_EQ(count_of(answered, "\"text\":\"I am\""), 1U);
  EXPECT_EQ(count_of(answered, "are you there?"), 1U);
  EXPECT_NE(answered.find(R"("agent":"Mei")"), std::string::npos);

  ASSERT_TRUE(settle_as_agent(*store_, mei.agent, id, ConversationStatus::kBot).ok());
  EXPECT_EQ(count_of(heard(mei), "event: released"), 1U);
  EXPECT_NE(heard_by_visitor(*visitor).find(R"("state":"bot")"), std::string::npos);
  EXPECT_EQ(say(id, "when do you open", "hours").decision, "answer");
  EXPECT_EQ(reply(mei, id, "m2", "too late").status().code(), Code::kConflict);
  EXPECT_TRUE(reply(mei, id, "m1", "I am")->was_known);  // what was said stays said
}

TEST_F(DeskTest, NobodyOnDutyIsOffline) {
  const auto said = say("", "a person please", "talk_to_human");
  EXPECT_EQ(said.handover, (Json{{"state", "offline"}}));
  EXPECT_NE(said.text, "");
  Shift mei = hire("Mei", {}, 1);
  EXPECT_EQ(state(said.conversation).at("state"), "with");
  const auto second = say("", "a person please", "talk_to_human");
  EXPECT_EQ(second.handover, (Json{{"state", "waiting"}, {"place", 1}}));
  const std::string third = ask_for_person();
  EXPECT_EQ(state(third), (Json{{"state", "waiting"}, {"place", 2}}));
  leave(mei);
  EXPECT_EQ(state(third).at("state"), "waiting");  // gone for a moment
  pass_seconds(31);
  EXPECT_EQ(state(third), (Json{{"state", "offline"}}));
}

TEST_F(DeskTest, WhoIsGoneForTooLongLosesTheirConversations) {
  Shift mei = hire("Mei");
  const std::string first = ask_for_person();
  const std::string second = ask_for_person();
  heard(mei);
  EXPECT_EQ(state(second).at("state"), "with");
  leave(mei);
  pass_seconds(29);
  EXPECT_EQ(state(first).at("agent"), "Mei");
  begin(mei);  // back in time
  EXPECT_EQ(count_of(heard(mei), "event: assigned"), 2U);
  leave(mei);
  Shift lin = hire("Lin", {}, 1);
  pass_seconds(29);
  EXPECT_EQ(state(first).at("agent"), "Mei");
  pass_seconds(1);
  desk_->look();
  EXPECT_EQ(state(first).at("agent"), "Lin");  // where it was in the queue: first
  EXPECT_EQ(state(second), (Json{{"state", "waiting"}, {"place", 1}}));
  EXPECT_EQ(reply(mei, first, "m", "hello").status().code(), Code::kConflict);
}

TEST_F(DeskTest, ARestartKeepsWhoseConversationItIs) {
  Shift mei = hire("Mei");
  const std::string id = ask_for_person();
  heard(mei);
  ASSERT_TRUE(reply(mei, id, "m1", "hello").ok());
  open();
  EXPECT_EQ(state(id).at("agent"), "Mei");
  EXPECT_TRUE(reply(mei, id, "m1", "hello")->was_known);
  const auto visitor = follow(id, 1);
  EXPECT_EQ(count_of(heard_by_visitor(*visitor), "event: message"), 1U);
  begin(mei);
  pass_seconds(60);
  EXPECT_EQ(state(id).at("agent"), "Mei");
  open();
  hire("Lin");
  pass_seconds(29);
  EXPECT_EQ(state(id).at("agent"), "Mei");
  pass_seconds(2);
  EXPECT_EQ(state(id).at("agent"), "Lin");
}

TEST_F(DeskTest, ARemovedAgentIsGoneAtOnce) {
  const Shift mei = hire("Mei");
  const std::string id = ask_for_person();
  heard(mei);
  ASSERT_TRUE(remove_agent(*store_, clock_, "t_1", "Mei").ok());
  const Shift lin = hire("Lin");
  heard(lin);
  EXPECT_TRUE(mei.stream->closed());
  EXPECT_EQ(state(id).at("agent"), "Lin");
}

TEST_F(DeskTest, ClaimAndHandOver) {
  const Shift mei = hire("Mei", {}, 1);
  const Shift lin = hire("Lin", {"en", "refund"}, 1);
  const std::string first = ask_for_person();
  const std::string second = ask_for_person();
  heard(mei);
  const std::string third = ask_for_person();
  EXPECT_EQ(claim_conversation(*store_, mei.agent, {}).status().code(), Code::kConflict);  // her limit
  const std::string hers = state(first).at("agent") == "Mei" ? first : second;
  EXPECT_EQ(hand_over_to(*store_, mei.agent, hers, "Nobody").code(), Code::kNotFound);
  ASSERT_TRUE(hand_over_to(*store_, mei.agent, hers, "Lin").ok());
  EXPECT_EQ(state(hers).at("agent"), "Lin");
  EXPECT_EQ(*claim_conversation(*store_, mei.agent, third), third);
  EXPECT_EQ(*claim_conversation(*store_, mei.agent, third), third);  // again
  EXPECT_EQ(claim_conversation(*store_, lin.agent, third).status().code(), Code::kConflict);
  ASSERT_TRUE(hand_over_to(*store_, mei.agent, third, {}).ok());
  EXPECT_EQ(state(third).at("state"), "waiting");
  EXPECT_EQ(*claim_conversation(*store_, mei.agent, {}), third);
  EXPECT_EQ(claim_conversation(*store_, mei.agent, "cv_none").status().code(), Code::kNotFound);
}

TEST_F(DeskTest, OfALongQueueTheFirstAreShownAndEachKnowsItsPlace) {
  const Shift mei = hire("Mei", {}, 1);
  const std::string first = ask_for_person("the first of all");
  heard(mei);
  std::string last;
  for (int i = 0; i < 60; ++i) last = ask_for_person("number " + std::to_string(i));
  EXPECT_EQ(state(first), (Json{{"state", "with"}, {"agent", "Mei"}}));
  EXPECT_EQ(state(last), (Json{{"state", "waiting"}, {"place", 60}}));
  ASSERT_TRUE(store_
                  ->write([&](store::Transaction& transaction) -> Status {
                    return transaction.execute("UPDATE conversation SET priority = 2 WHERE id = ?", {last}).status();
                  })
                  .ok());
  const std::string told = heard(mei);
  EXPECT_NE(told.find(R"("count":60)"), std::string::npos) << told;
  EXPECT_NE(told.find("number 59"), std::string::npos) << "the most urgent is among those shown";
  EXPECT_NE(told.find("number 48"), std::string::npos);
  EXPECT_EQ(told.find("number 49"), std::string::npos) << "fifty are shown";
}

TEST_F(DeskTest, TenantsDoNotMix) {
  const Shift stranger = hire("Stranger", {}, 3, "t_2");
  const std::string id = ask_for_person("my secret");
  EXPECT_EQ(heard(stranger).find("secret"), std::string::npos);
  EXPECT_EQ(state(id), (Json{{"state", "offline"}}));
  EXPECT_EQ(claim_conversation(*store_, stranger.agent, id).status().code(), Code::kNotFound);
  EXPECT_EQ(reply(stranger, id, "m", "hi").status().code(), Code::kNotFound);
  EXPECT_EQ(settle_as_agent(*store_, stranger.agent, id, ConversationStatus::kClosed).code(), Code::kNotFound);
}

TEST_F(DeskTest, TheThreadTellsWithoutBeingAsked) {
  Shift mei = hire("Mei");
  heard(mei);
  desk_->start();
  const std::string id = ask_for_person();
  for (int i = 0; i < 10'000 && state(id).at("state") != "with"; ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  EXPECT_EQ(state(id).at("agent"), "Mei");
  desk_->stop();
}

// An agent at one server, a visitor at the other.
TEST_F(DeskTest, TwoServersOnOneStore) {
  if (!yupu::testing::has_postgres()) GTEST_SKIP() << "needs a store that servers share";
  const auto other_store = store::open_store(url_).value();
  Desk other(*other_store, clock_, DeskOptions{});
  other.look();
  Shift mei = hire("Mei");
  const std::string id = ask_for_person();
  EXPECT_EQ(count_of(heard(mei), "event: assigned"), 1U);
  const auto visitor = std::make_shared<http::EventStream>();
  other.follow_as_visitor(get(id), -1, visitor);
  other.look();
  EXPECT_NE(http::testing::StreamReader::take(*visitor).find(R"("state":"with")"), std::string::npos);
  // Longer than an agent may be away, whose stream nobody here has.
  for (int i = 0; i < 8; ++i) {
    pass_seconds(5);
    other.look();
  }
  EXPECT_EQ(state(id), (Json{{"state", "with"}, {"agent", "Mei"}}));
  EXPECT_FALSE(reply(mei, id, "m1", "good morning")->was_known);
  other.look();
  EXPECT_EQ(count_of(http::testing::StreamReader::take(*visitor), "good morning"), 1U);
  leave(mei);
  for (int i = 0; i < 8; ++i) {
    pass_seconds(5);
    other.look();
  }
  EXPECT_EQ(other.state_of(get(id)).value(), (Json{{"state", "offline"}}));
}

}  // namespace
}  // namespace yupu::products
