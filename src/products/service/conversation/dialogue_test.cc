#include "products/service/conversation/dialogue.h"

#include <gtest/gtest.h>

#include "products/service/conversation/script.h"
#include "products/service/conversation/testing.h"

namespace yupu::products {
namespace {

using testing::kCard;
using testing::kNow;
using testing::scores;
using testing::shop;

// A conversation that survives being written down between any two messages.
class Talk {
 public:
  explicit Talk(DialogueOptions options = {}) : dialogue_(shop(std::move(options))) {}

  serving::BotAnswer say(const std::string& text, const std::string& intents, const std::string& option = {}) {
    auto read = DialogueState::from_json(state_.to_json());
    EXPECT_TRUE(read.ok()) << read.status().to_string();
    state_ = *read;
    const Heard heard{.text = text,
                      .option = option,
                      .moment = {.now_ns = kNow, .channel = "web"},
                      .trace_id = "tr_" + std::to_string(++message_count_)};
    return dialogue_->reply(state_, heard, kCard, scores(intents));
  }
  serving::BotAnswer tap(const std::string& option) { return say("About it", "hours", option); }
  const DialogueState& state() const { return state_; }

 private:
  std::unique_ptr<Dialogue> dialogue_;
  DialogueState state_;
  int message_count_ = 0;
};

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

TEST(DialogueForms, TwoImpossibleValuesAreAPerson) {
  Talk talk;
  talk.say("where is GH1234", "status");
  talk.say("yes", "");
  const auto again = talk.say("31 Feb", "");
  EXPECT_EQ(again.decision, "clarify");
  EXPECT_EQ(again.slot, "day");
  EXPECT_EQ(again.text, "That does not look right. When did you order?");
  const auto handed = talk.say("30 Feb", "");
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
  EXPECT_EQ(same.say("well, mine", "status").decision, "handoff");
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

TEST(DialogueState, WhatIsNoStateIsRefused) {
  EXPECT_EQ(DialogueState::from_json(Json{{"lang", "en"}}).status().code(), Code::kInternal);
  EXPECT_EQ(DialogueState::from_json(Json::array()).status().code(), Code::kInternal);
}

TEST(Scripts, AChangedAnswerIsNamedWithBoth) {
  const auto dialogue = shop();
  const Scorer scorer = [](const std::string& text) -> Result<serving::ScoredText> { return scores(text); };
  std::vector<Script> scripts(2);
  scripts[0] = {.name = "opening",
                .channel = "web",
                .turns = {{.say = "hours", .decision = "answer", .intent = "hours", .contains = "hours"},
                          {.say = "refund|hours", .decision = "clarify"},
                          {.tap = "refund", .decision = "answer", .contains = "refund"}}};
  scripts[1] = {.name = "status",
                .channel = "web",
                .turns = {{.say = "status", .slot = "order"},
                          {.say = "refund", .decision = "clarify", .contains = "order", .where = "s.toml: line 9"},
                          {.say = "hours", .decision = "never played"}}};
  const auto report = run_scripts(*dialogue, scripts, kCard, scorer, kNow);
  ASSERT_TRUE(report.ok());
  EXPECT_EQ(report->script_count, 2);
  EXPECT_EQ(report->turn_count, 5);
  ASSERT_EQ(report->failures.size(), 1U);
  EXPECT_EQ(report->failures[0].to_text(),
            "test \"status\", turn 2 (s.toml: line 9): \"refund\"\n  - decision: clarify\n  + decision: answer\n"
            "  - text: ... order ...\n  + text: English refund");
  EXPECT_EQ(report->to_json().at("failures")[0].at("differences")[0].at("got"), "answer");
  const Scorer fails = [](const std::string&) -> Result<serving::ScoredText> { return unavailable("no engine"); };
  EXPECT_EQ(run_scripts(*dialogue, scripts, kCard, fails, kNow).status().code(), Code::kUnavailable);
}

}  // namespace
}  // namespace yupu::products
