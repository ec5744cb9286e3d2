#include "products/service/conversation/dialogue.h"

#include <gtest/gtest.h>

#include "products/service/conversation/testing.h"

namespace yupu::products {
namespace {

using testing::scores;
using testing::Talk;

std::vector<std::string> intents_of(const serving::BotAnswer& said) {
  std::vector<std::string> intents;
  for (const serving::BotOption& option : said.options) intents.push_back(option.intent);
  return intents;
}

TEST(DialogueSteps, SureAnswersUnsureAsksATapIsALabel) {
  Talk talk;
  EXPECT_EQ(talk.say("when do you open", "hours").text, "English hours");
  const auto unsure = talk.say("the thing with the money", "refund|hours");
  EXPECT_EQ(unsure.decision, "clarify");
  EXPECT_EQ(intents_of(unsure), (std::vector<std::string>{"refund", "hours"}));
  const auto answered = talk.tap("refund");
  EXPECT_EQ(answered.decision, "answer");
  EXPECT_EQ(answered.text, "English refund");
  EXPECT_EQ(answered.intent, "refund");
  ASSERT_TRUE(answered.label.has_value());
  EXPECT_EQ(answered.label->trace_id, "tr_2");
  EXPECT_EQ(answered.label->intent, "refund");
  EXPECT_EQ(talk.state().unsure_count, 0);
}

TEST(DialogueSteps, TwiceUnsureInARowIsAPerson) {
  Talk talk;
  EXPECT_EQ(talk.say("hm", "refund|hours").decision, "clarify");
  EXPECT_EQ(talk.say("open", "hours").decision, "answer");
  EXPECT_EQ(talk.say("hm", "").decision, "refuse");
  const auto handed = talk.say("hm", "refund|hours");
  EXPECT_EQ(handed.decision, "handoff");
  EXPECT_EQ(handed.text, "English talk_to_human");
  EXPECT_EQ(handed.intent, "refund");
  EXPECT_EQ(handed.notes.at("handoff"), "unsure");
  EXPECT_TRUE(talk.state().waiting);
  // Silent, whatever is said: the same words again.
  for (const char* intents : {"hours", "", "refund|hours", "talk_to_human"}) {
    const auto silent = talk.say("几点开门", intents);
    EXPECT_EQ(silent.decision, "handoff");
    EXPECT_EQ(silent.text, "English talk_to_human");
  }
  EXPECT_EQ(talk.tap("hours").decision, "handoff");
  EXPECT_FALSE(talk.tap("hours").label.has_value());
}

TEST(DialogueSteps, NeverAPersonWhereTheShopHasNone) {
  Talk talk({.unsure_max = 0});
  for (int i = 0; i < 5; ++i) EXPECT_EQ(talk.say("hm", "").decision, "refuse");
  EXPECT_EQ(talk.say("a person!", "talk_to_human").decision, "handoff");
  EXPECT_TRUE(talk.state().waiting);
}

TEST(DialogueSteps, AStaleTapIsAPoliteRepeat) {
  Talk talk;
  talk.say("hm", "refund|hours");
  talk.tap("refund");
  const auto stale = talk.tap("hours");  // those buttons are answered
  EXPECT_EQ(stale.decision, "clarify");
  EXPECT_EQ(intents_of(stale), std::vector<std::string>{"hours"});
  EXPECT_FALSE(stale.label.has_value());
  EXPECT_EQ(talk.state().unsure_count, 0);
  const auto confirmed = talk.tap("hours");
  EXPECT_EQ(confirmed.text, "English hours");
  EXPECT_FALSE(confirmed.label.has_value());  // no question stands behind it
  const auto unknown = talk.tap("no_such_intent");
  EXPECT_EQ(unknown.decision, "clarify");
  EXPECT_TRUE(unknown.options.empty());
  EXPECT_FALSE(unknown.text.empty());
  // While others are shown, those are shown again.
  talk.say("hm", "refund|hours");
  EXPECT_EQ(intents_of(talk.tap("status")), (std::vector<std::string>{"refund", "hours"}));
  EXPECT_EQ(talk.tap("hours").label->trace_id, "tr_6");
}

TEST(DialogueTriggers, RaiseThePriorityOnceAndAreNamedOncePerMessage) {
  Talk talk({.triggers = {{"anger", {"terrible", "投诉"}, 2}, {"health", {"allergic"}, 5}}});
  const auto first = talk.say("terrible, terrible: I will 投诉", "hours");
  EXPECT_EQ(first.notes.at("triggers"), Json::array({"anger"}));
  EXPECT_EQ(first.notes.at("priority"), 2);
  EXPECT_EQ(talk.say("still terrible", "hours").notes.at("priority"), 2);
  EXPECT_FALSE(talk.say("thanks", "hours").notes.contains("triggers"));
  EXPECT_EQ(talk.say("I am allergic", "talk_to_human").notes.at("priority"), 7);
  EXPECT_EQ(talk.state().priority, 7);
  EXPECT_EQ(talk.state().triggers, (std::vector<std::string>{"anger", "health"}));
}

TEST(DialogueTriggers, QuotedAngerInALongTextDoesNotFireTwice) {
  Talk talk({.triggers = {{.name = "anger", .words = {"terrible", "太差"}, .priority = 2}}});
  EXPECT_EQ(talk.say("terrible, just terrible", "hours").notes.at("triggers"), Json::array({"anger"}));
  std::string letter = "I wrote to you yesterday: \"this is terrible, terrible\". ";
  for (int i = 0; i < 50; ++i) letter += "The parcel came in the end and all is well. ";
  const auto quoting = talk.say(letter + "\n> terrible\n“太差”", "hours");
  EXPECT_FALSE(quoting.notes.contains("triggers"));
  EXPECT_EQ(talk.state().priority, 2);
  EXPECT_EQ(talk.say("it IS terrible", "hours").notes.at("priority"), 2);
  // The first time it is news, whoever is quoted.
  Talk first({.triggers = {{.name = "anger", .words = {"terrible"}, .priority = 2}}});
  EXPECT_EQ(first.say("my wife says \"terrible\"", "hours").notes.at("priority"), 2);
}

TEST(DialogueTriggers, WhatTheModelTakesForAComplaintRaisesThePriorityToo) {
  Talk talk({.triggers = {{.name = "complaint", .priority = 4, .intents = {"refund"}, .score_least = 0.9},
                          {.name = "loud", .shouting = true}}});
  EXPECT_EQ(talk.say("my money", "refund").notes.at("triggers"), Json::array({"complaint"}));
  EXPECT_EQ(talk.say("我的钱呢！！！", "hours").notes.at("priority"), 5);
  // Those who wait for a person too: the queue is by priority.
  Talk waiting({.triggers = {{.name = "loud", .shouting = true}}});
  waiting.say("a person", "talk_to_human");
  waiting.say("NOBODY ANSWERS ME HERE", "hours");
  EXPECT_EQ(waiting.state().priority, 1);
}

TEST(DialogueState, WhatIsNoStateIsRefused) {
  EXPECT_EQ(DialogueState::from_json(Json{{"lang", "en"}}).status().code(), Code::kInternal);
  EXPECT_EQ(DialogueState::from_json(Json::array()).status().code(), Code::kInternal);
}

}  // namespace
}  // namespace yupu::products
