// Forms, as a visitor meets them: asked, filled, changed, cancelled, lost.
#include <gtest/gtest.h>

#include "products/service/conversation/testing.h"

namespace yupu::products {
namespace {

using testing::kCard;
using testing::kNow;
using testing::scores;
using testing::shop;
using testing::Talk;

TEST(DialogueForms, EverySlotIsAskedForAndFilled) {
  Talk talk;
  const auto first = talk.say("我的订单到哪了", "status");
  EXPECT_EQ(first.decision, "clarify");
  EXPECT_EQ(first.slot, "order");
  EXPECT_EQ(first.text, "订单号是多少？");
  EXPECT_EQ(first.intent, "status");
  EXPECT_TRUE(first.sources.empty());
  EXPECT_EQ(talk.say("GH1234", "").text, "订单GH1234，对吗？");
  EXPECT_EQ(talk.say("对", "hours").slot, "day");
  const auto done = talk.say("2月3号", "");
  EXPECT_EQ(done.decision, "answer");
  EXPECT_EQ(done.text, "订单GH1234，2026-02-03下单，已发货。");
  EXPECT_EQ(done.sources, std::vector<std::string>{"policy#status"});
  EXPECT_DOUBLE_EQ(done.score, 0.9);
  EXPECT_FALSE(talk.state().form.has_value());
}

TEST(DialogueForms, WhatTheQuestionSaysIsNotAskedFor) {
  Talk talk;
  const auto first = talk.say("where is GH1234 of yesterday", "status");
  EXPECT_EQ(first.text, "Order GH1234, is that right?");
  EXPECT_EQ(talk.say("Yes!", "").text, "Order GH1234 of 2026-11-26 is on its way.");
}

TEST(DialogueForms, OfATapTheQuestionCountsToo) {
  Talk talk;
  talk.say("something with GH1234 today", "status|hours");
  EXPECT_EQ(talk.tap("status").text, "Order GH1234, is that right?");
  EXPECT_EQ(talk.say("ok", "").decision, "answer");
}

TEST(DialogueForms, NoAndAnotherValueChangeIt) {
  Talk talk;
  talk.say("where is my order", "status");
  talk.say("GH1234", "");
  EXPECT_EQ(talk.say("no, GH9999", "").text, "Order GH9999, is that right?");
  EXPECT_EQ(talk.say("no", "").text, "What is the order number?");
  EXPECT_EQ(talk.say("GH5555", "").text, "Order GH5555, is that right?");
  EXPECT_EQ(talk.say("right", "").slot, "day");
}

TEST(DialogueForms, AnImpossibleValueIsAskedForAgainTwiceThenAPerson) {
  Talk talk;
  talk.say("where is GH1234", "status");
  talk.say("yes", "");
  for (const char* impossible : {"31 Feb", "二月三十日"}) {
    const auto again = talk.say(impossible, "");
    EXPECT_EQ(again.decision, "clarify");
    EXPECT_EQ(again.slot, "day");
    EXPECT_EQ(again.text, "That does not look right. When did you order?");
  }
  const auto handed = talk.say("2026-13-01", "");
  EXPECT_EQ(handed.decision, "handoff");
  EXPECT_EQ(handed.notes.at("handoff"), "slot");
  EXPECT_TRUE(talk.state().waiting);
}

TEST(DialogueForms, CancelAnotherSubjectAndAPersonLeaveIt) {
  for (const char* word : {"cancel", "取消。"}) {
    Talk talk;
    talk.say("where is my order", "status");
    const auto cancelled = talk.say(word, "refund");
    EXPECT_EQ(cancelled.decision, "answer");
    EXPECT_EQ(cancelled.text, "All right, cancelled.");
    EXPECT_FALSE(talk.state().form.has_value());
    EXPECT_EQ(talk.say("open?", "hours").text, "English hours");
  }
  Talk elsewhere;
  elsewhere.say("where is my order", "status");
  EXPECT_EQ(elsewhere.say("when do you open", "hours").text, "English hours");
  EXPECT_FALSE(elsewhere.state().form.has_value());
  Talk person;
  person.say("where is my order", "status");
  EXPECT_EQ(person.say("a person please", "talk_to_human").decision, "handoff");
  // Of the same subject, it is a try.
  Talk same;
  same.say("where is my order", "status");
  EXPECT_EQ(same.say("the one I ordered", "status").slot, "order");
  EXPECT_EQ(same.say("you know which", "status").slot, "order");
  EXPECT_EQ(same.say("well, mine", "status").decision, "handoff");
}

TEST(DialogueForms, AValueGivenEarlierIsChangedInPassing) {
  Talk talk;
  talk.say("where is my order", "status");
  talk.say("GH1234", "");
  EXPECT_EQ(talk.say("yes", "").slot, "day");
  EXPECT_EQ(talk.say("sorry, the order is GH9999", "").text, "Order GH9999, is that right?");
  EXPECT_EQ(talk.say("yes", "").slot, "day");
  EXPECT_EQ(talk.say("the day before yesterday", "").text, "Order GH9999 of 2026-11-25 is on its way.");
  Talk chinese;
  chinese.say("我的订单到哪了", "status");
  chinese.say("GH1234，11月20号买的", "");
  EXPECT_EQ(chinese.say("日期写错了，是上周一", "").text, "订单GH1234，对吗？");
  EXPECT_EQ(chinese.say("对", "").text, "订单GH1234，2026-11-16下单，已发货。");
}

TEST(DialogueForms, ChangeAsksForTheLastValueAgain) {
  Talk talk;
  talk.say("where is my order", "status");
  EXPECT_EQ(talk.say("change", "").text, "What is the order number?");  // nothing was said yet
  talk.say("GH1234", "");
  EXPECT_EQ(talk.say("Change it!", "").text, "What is the order number?");
  talk.say("GH5555", "");
  talk.say("yes", "");
  EXPECT_EQ(talk.say("上一步", "").text, "What is the order number?");
  EXPECT_EQ(talk.say("GH7777", "").text, "Order GH7777, is that right?");
  talk.say("yes", "");
  EXPECT_EQ(talk.say("today", "").text, "Order GH7777 of 2026-11-27 is on its way.");
}

TEST(DialogueForms, AStaleTapAsksForTheSlotAgain) {
  Talk talk;
  talk.say("where is my order", "status");
  const auto stale = talk.tap("hours");
  EXPECT_EQ(stale.text, "What is the order number?");
  EXPECT_EQ(stale.slot, "order");
  EXPECT_EQ(talk.say("GH1234", "").decision, "clarify");
}

TEST(DialogueForms, AFormTheShopHasChangedIsDropped) {
  const auto dialogue = shop();
  for (const Form& form :
       {Form{.intent = "gone", .lang = "en", .slot = "order"}, Form{.intent = "hours", .lang = "en", .slot = "order"},
        Form{.intent = "status", .lang = "en", .slot = "no_slot"},
        Form{.intent = "status", .lang = "en", .slot = "day", .confirming = true}}) {
    DialogueState state;
    state.form = form;
    const Heard heard{.text = "when do you open", .moment = {.now_ns = kNow}};
    EXPECT_EQ(dialogue->reply(state, heard, kCard, scores("hours")).text, "English hours") << form.intent << form.slot;
    EXPECT_FALSE(state.form.has_value());
    state.form = form;
    const Heard tap{.text = "x", .option = "hours", .moment = {.now_ns = kNow}};
    EXPECT_EQ(dialogue->reply(state, tap, kCard, scores("hours")).options.size(), 1U);
  }
}

}  // namespace
}  // namespace yupu::products
