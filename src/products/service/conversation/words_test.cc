#include <gtest/gtest.h>

#include "products/service/conversation/answer_text.h"
#include "products/service/conversation/triggers.h"

namespace yupu::products {
namespace {

TEST(AnswerTexts, SlotsAndBraces) {
  const auto known = [](std::string_view name) { return name == "a" || name == "b"; };
  const auto text = AnswerText::parse("{{x}} {b}, {a}: {b}!\n", known);
  ASSERT_TRUE(text.ok()) << text.status().message();
  EXPECT_EQ(text->slots(), (std::vector<std::string>{"b", "a"}));
  EXPECT_EQ(text->fill({{"a", "1"}, {"b", "{a}"}}), "{x} {a}, 1: {a}!\n");
  EXPECT_EQ(AnswerText::parse("  plain\t\n", known)->fill({}), "  plain\t\n");
  for (const char* bad : {"{c}", "{", "}", "a { b", "{A}", "{}", "{{a}"}) {
    EXPECT_EQ(AnswerText::parse(bad, known).status().code(), Code::kInvalidArgument) << bad;
  }
  EXPECT_NE(AnswerText::parse("to {c}", known).status().message().find("{c}"), std::string::npos);
}

std::string names(const std::string& text) {
  const std::vector<Trigger> triggers = {{"anger", {"terrible", "投诉", "rip off"}, 2},
                                         {"health", {"allergic", "过敏"}, 5}};
  std::string all;
  for (const Trigger* trigger : fired(triggers, text)) all += trigger->name + ";";
  return all;
}

TEST(Triggers, EachOncePerText) {
  EXPECT_EQ(names("TERRIBLE! I said \"terrible\", and again: terrible"), "anger;");
  EXPECT_EQ(names("我要投诉，孩子过敏了"), "anger;health;");
  EXPECT_EQ(names("what a ｒｉｐ  OFF"), "anger;");
  EXPECT_EQ(names("terribles unterrible"), "");
  EXPECT_EQ(names("这个terrible的店"), "anger;");
  EXPECT_EQ(names("how are you"), "");
}

TEST(Triggers, AnIntentTheModelIsSureOf) {
  const std::vector<Trigger> triggers = {{.name = "complaint", .intents = {"complain"}, .score_least = 0.8}};
  EXPECT_EQ(fired(triggers, "not again", {"complain", 0.85}).size(), 1U);
  EXPECT_TRUE(fired(triggers, "not again", {"complain", 0.75}).empty());
  EXPECT_TRUE(fired(triggers, "not again", {"hours", 0.99}).empty());
  EXPECT_TRUE(fired(triggers, "not again").empty());
}

TEST(Triggers, Shouting) {
  for (const char* text : {"where is it!!!", "怎么还没到！！！", "what?!?", "I WANT MY MONEY BACK"})
    EXPECT_TRUE(is_shouted(text)) << text;
  for (const char* text :
       {"where is it!", "???", "hello! and ! then !", "GH12345678", "THANKS", "I want my money back"})
    EXPECT_FALSE(is_shouted(text)) << text;
  const std::vector<Trigger> triggers = {{.name = "loud", .shouting = true}};
  EXPECT_EQ(fired(triggers, "now!!!").size(), 1U);
  EXPECT_TRUE(fired(triggers, "now").empty());
}

TEST(Triggers, WhatIsQuotedIsNotOnesOwn) {
  EXPECT_EQ(without_quoted("I said \"terrible\" then"), "I said   then");
  EXPECT_EQ(without_quoted("我说过“太差了”，还有「骗子」"), "我说过 ，还有 ");
  EXPECT_EQ(without_quoted("> terrible\nyes\n> again"), "\nyes\n");
  EXPECT_EQ(without_quoted("5\" of it is terrible"), "5\" of it is terrible");
  EXPECT_EQ(without_quoted("a > b"), "a > b");
}

TEST(Words, AWordAloneWithPunctuation) {
  const std::vector<std::string> words = {"cancel", "取消", "never mind"};
  for (const char* yes : {"cancel", " Cancel! ", "取消。", "“取消”", "Never  mind..."})
    EXPECT_TRUE(is_one_of(yes, words)) << yes;
  for (const char* no : {"cancel my order", "取消订单", "", "!"}) EXPECT_FALSE(is_one_of(no, words)) << no;
}

}  // namespace
}  // namespace yupu::products
