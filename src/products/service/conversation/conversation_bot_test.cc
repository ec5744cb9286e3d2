#include "products/service/conversation/conversation_bot.h"

#include <span>

#include <gtest/gtest.h>

#include "base/testing.h"
#include "products/service/conversation/conversation_store.h"
#include "products/service/conversation/testing.h"
#include "store/testing.h"

namespace yupu::products {
namespace {

using testing::kCard;
using testing::kNow;
using testing::scores;

class ConversationBotTest : public ::testing::Test {
 protected:
  void SetUp() override { open(); }
  // As a server that starts again.
  void open() {
    store_.reset();
    auto store = store::open_store(url_);
    ASSERT_TRUE(store.ok()) << store.status().to_string();
    store_ = std::move(store).value();
    bot_ = std::make_unique<ConversationBot>(*store_, clock_, testing::shop(), ConversationOptions{.idle_minutes = 60});
  }
  std::unique_ptr<serving::BotTurn> hear(const std::string& conversation, const std::string& text,
                                         const std::string& option = {}) {
    auto turn = bot_->hear({.tenant_id = "t_1", .conversation = conversation, .text = text, .option = option});
    EXPECT_TRUE(turn.ok()) << turn.status().to_string();
    return std::move(turn).value();
  }
  serving::BotAnswer decide(serving::BotTurn& turn, const std::string& intents) {
    auto said = turn.answer(kCard, scores(intents), "tr_" + std::to_string(++trace_count_));
    EXPECT_TRUE(said.ok()) << said.status().to_string();
    return *said;
  }
  Status keep(const serving::BotTurn& turn) {
    return store_->write([&turn](store::Transaction& transaction) { return turn.keep(transaction); });
  }
  serving::BotAnswer say(const std::string& conversation, const std::string& text, const std::string& intents,
                         const std::string& option = {}) {
    const auto turn = hear(conversation, text, option);
    serving::BotAnswer said = decide(*turn, intents);
    EXPECT_TRUE(keep(*turn).ok());
    return said;
  }
  Code refused(const std::string& tenant, const std::string& conversation) {
    const auto turn = bot_->hear({.tenant_id = tenant, .conversation = conversation, .text = "hello"});
    EXPECT_EQ(turn.status().field(), "conversation");
    return turn.status().code();
  }
  Conversation get(const std::string& id) { return *get_conversation(*store_, "t_1", id); }

  yupu::testing::TempDir dir_;
  const std::string url_ = yupu::testing::url_in(dir_);
  FakeClock clock_{kNow};
  std::unique_ptr<store::Store> store_;
  std::unique_ptr<ConversationBot> bot_;
  int trace_count_ = 0;
};

TEST_F(ConversationBotTest, GoesOnAfterTheServerStartsAgain) {
  const std::string id = say("", "where is my order", "status").conversation;
  EXPECT_EQ(id.size(), std::string("cv_").size() + 26);
  open();
  EXPECT_EQ(say(id, "GH1234", "").text, "Order GH1234, is that right?");
  open();
  EXPECT_EQ(say(id, "yes", "").slot, "day");
  const auto done = say(id, "today", "");
  EXPECT_EQ(done.text, "Order GH1234 of 2026-11-27 is on its way.");
  EXPECT_EQ(done.conversation, id);
  EXPECT_FALSE(done.began_anew);
  const auto messages = messages_of(*store_, get(id));
  ASSERT_TRUE(messages.ok());
  ASSERT_EQ(messages->size(), 8U);
  EXPECT_EQ((*messages)[2].author, "visitor");
  EXPECT_EQ((*messages)[2].text, "GH1234");
  EXPECT_EQ((*messages)[3].author, "bot");
  EXPECT_EQ((*messages)[3].trace_id, "tr_2");
}

TEST_F(ConversationBotTest, AnothersConversationIsNotThere) {
  const std::string id = say("", "hello", "hours").conversation;
  EXPECT_EQ(refused("t_2", id), Code::kNotFound);
  EXPECT_EQ(refused("t_1", "cv_guessed"), Code::kNotFound);
  EXPECT_EQ(refused("t_1", "x' OR '1' = '1"), Code::kNotFound);
  BotOptions other;
  other.name = "another";
  const ConversationBot another(*store_, clock_, Dialogue::create(other, {}, testing::book()).value(), {});
  EXPECT_EQ(another.hear({.tenant_id = "t_1", .conversation = id, .text = "x"}).status().code(), Code::kNotFound);
  EXPECT_EQ(say(id, "hello", "hours").conversation, id);
}

TEST_F(ConversationBotTest, WhatIsOverBeginsAnew) {
  const std::string id = say("", "hm", "refund|hours").conversation;
  clock_.advance_ns(60LL * 60'000'000'000);
  EXPECT_EQ(say(id, "hm", "hours").conversation, id);
  clock_.advance_ns(60LL * 60'000'000'000 + 1);
  const auto anew = say(id, "hm", "refund|hours");  // the first unsure one of its conversation
  EXPECT_NE(anew.conversation, id);
  EXPECT_TRUE(anew.began_anew);
  EXPECT_EQ(anew.decision, "clarify");
  ASSERT_TRUE(settle_conversation(*store_, get(anew.conversation), ConversationStatus::kClosed).ok());
  EXPECT_TRUE(say(anew.conversation, "hm", "hours").began_anew);
}

TEST_F(ConversationBotTest, AnswersAsIfItHadHeardWhatTheCallerRemembers) {
  const auto ask = [&](std::vector<std::string> earlier, const std::vector<std::string>& intents,
                       const std::string& text) {
    auto turn = bot_->hear({.tenant_id = "t_1", .text = text, .earlier = std::move(earlier)});
    EXPECT_TRUE(turn.ok()) << turn.status().to_string();
    std::vector<serving::ScoredText> read;
    for (const std::string& intent : intents) read.push_back(scores(intent));
    EXPECT_TRUE((*turn)->recall(kCard, std::span<const serving::ScoredText>(read).first(read.size() - 1)).ok());
    auto said = (*turn)->answer(kCard, read.back(), "tr_" + std::to_string(++trace_count_));
    EXPECT_TRUE(said.ok()) << said.status().to_string();
    EXPECT_TRUE(keep(**turn).ok());
    return *said;
  };
  EXPECT_EQ(ask({"where is my order", "GH1234"}, {"status", "", ""}, "yes").slot, "day");
  const auto done = ask({"where is my order", "GH1234", "yes"}, {"status", "", "", ""}, "today");
  EXPECT_EQ(done.text, "Order GH1234 of 2026-11-27 is on its way.");
  EXPECT_FALSE(done.began_anew);
  // What the server keeps is the last message alone, and where the conversation stands: it may go on by its id.
  EXPECT_EQ(messages_of(*store_, get(done.conversation))->size(), 2U);
  EXPECT_EQ(say(done.conversation, "hello", "hours").conversation, done.conversation);

  EXPECT_EQ(ask({"hm"}, {"refund|hours", "refund|hours"}, "hm").decision, "handoff");  // unsure twice
  const auto again = ask({"hm", "hm"}, {"refund|hours", "refund|hours", "hours"}, "hello?");
  EXPECT_EQ(again.decision, "handoff");
  EXPECT_EQ(get(again.conversation).status, ConversationStatus::kClosed);
  ConversationQuery waiting;
  waiting.waiting_only = true;
  EXPECT_EQ(list_conversations(*store_, waiting)->size(), 1U);  // one person is needed, not two
}

TEST_F(ConversationBotTest, WaitsForAPersonUntilGivenBack) {
  const std::string id = say("", "a person please", "talk_to_human").conversation;
  EXPECT_EQ(get(id).status, ConversationStatus::kWaiting);
  EXPECT_EQ(say(id, "hello?", "hours").decision, "handoff");
  EXPECT_EQ(messages_of(*store_, get(id))->size(), 3U);  // the bot is silent
  const auto waiting = list_conversations(*store_, {.tenant_id = "t_1", .waiting_only = true});
  ASSERT_EQ(waiting->size(), 1U);
  EXPECT_EQ(waiting->front().id, id);
  EXPECT_TRUE(list_conversations(*store_, {.tenant_id = "t_2"})->empty());
  const auto turn = hear(id, "still there?");
  ASSERT_TRUE(settle_conversation(*store_, get(id), ConversationStatus::kBot).ok());
  decide(*turn, "hours");
  EXPECT_EQ(keep(*turn).code(), Code::kConflict);  // decided while it still waited
  EXPECT_EQ(decide(*turn, "hours").decision, "answer");
  EXPECT_TRUE(keep(*turn).ok());
  EXPECT_EQ(say(id, "hm", "").decision, "refuse");
}

TEST_F(ConversationBotTest, OfTwoAtOnceOneDecidesAgain) {
  const std::string id = say("", "hello", "hours").conversation;
  const auto first = hear(id, "hm");
  const auto second = hear(id, "hm");
  EXPECT_EQ(decide(*first, "refund|hours").decision, "clarify");
  EXPECT_EQ(decide(*second, "refund|hours").decision, "clarify");
  EXPECT_TRUE(keep(*first).ok());
  EXPECT_EQ(keep(*second).code(), Code::kConflict);
  EXPECT_EQ(messages_of(*store_, get(id))->size(), 4U);
  EXPECT_EQ(decide(*second, "refund|hours").decision, "handoff");  // the second unsure one by now
  EXPECT_TRUE(keep(*second).ok());
  EXPECT_EQ(messages_of(*store_, get(id))->size(), 6U);
}

TEST_F(ConversationBotTest, ATapWithoutTextReadsTheTitle) {
  const std::string id = say("", "hm", "refund|hours").conversation;
  const auto turn = hear(id, "", "refund");
  EXPECT_EQ(turn->text(), "About refund");
  const auto said = decide(*turn, "refund");
  EXPECT_EQ(said.text, "English refund");
  EXPECT_EQ(said.label->trace_id, "tr_1");
  EXPECT_EQ(hear(id, "", "nothing_known")->text(), "nothing_known");
}

TEST_F(ConversationBotTest, TheChannelIsTheConversations) {
  const auto turn = bot_->hear({.tenant_id = "t_1", .text = "hello", .channel = "mail"}).value();
  const std::string id = decide(*turn, "hours").conversation;
  ASSERT_TRUE(keep(*turn).ok());
  EXPECT_EQ(get(id).channel, "mail");
  say(id, "hello", "hours");
  EXPECT_EQ(get(id).channel, "mail");
  EXPECT_EQ(get(say("", "hello", "hours").conversation).channel, kDefaultChannel);
}

TEST_F(ConversationBotTest, MessagesAreKeptWithoutPersonalData) {
  bot_ = std::make_unique<ConversationBot>(*store_, clock_, testing::shop(),
                                           ConversationOptions{.mask = text::PersonalKinds::all()});
  const std::string id = say("", "call 13812345678", "hours|refund").conversation;
  const auto messages = messages_of(*store_, get(id));
  ASSERT_TRUE(messages.ok());
  EXPECT_EQ(messages->front().text, "call [phone]");
  EXPECT_EQ(get(id).state.offered_text, "call [phone]");
  // What is not personal is kept as it is, and a form goes on.
  const std::string other = say("", "where is my order", "status").conversation;
  EXPECT_EQ(say(other, "GH1234", "").text, "Order GH1234, is that right?");
  EXPECT_EQ(messages_of(*store_, get(other))->back().text, "Order GH1234, is that right?");
}

TEST_F(ConversationBotTest, ConversationsAreFoundByWhatWasSaid) {
  const std::string hours = say("", "When do you OPEN?", "hours").conversation;
  const std::string refund = say("", "退款 100% 到账吗", "refund").conversation;
  const auto found = [this](const std::string& said, const std::string& tenant = "t_1") {
    std::string ids;
    const auto rows = list_conversations(*store_, {.tenant_id = tenant, .said = said});
    EXPECT_TRUE(rows.ok()) << rows.status().to_string();
    for (const Conversation& row : *rows) ids += row.id;
    return ids;
  };
  EXPECT_EQ(found("you open"), hours);
  EXPECT_EQ(found("English HOURS"), hours);  // the bot's words count too
  EXPECT_EQ(found("退款"), refund);
  EXPECT_EQ(found("100%"), refund);
  EXPECT_EQ(found("_"), "");  // stands for itself
  EXPECT_EQ(found("!"), "");
  EXPECT_EQ(found("退款", "t_2"), "");
}

}  // namespace
}  // namespace yupu::products
