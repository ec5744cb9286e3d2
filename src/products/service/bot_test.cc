#include "products/service/bot.h"

#include <gtest/gtest.h>

namespace yupu::products {
namespace {

using serving::LabelScore;

const serving::ModelCard kCard = {.labels = {}, .temperature = 1, .answer_threshold = 0.7, .clarify_threshold = 0.3};

std::vector<Answer> answers() {
  std::vector<Answer> all;
  for (const char* intent : {"hours", "refund", "shipping", "sizes"}) {
    const std::string name(intent);
    all.push_back({name, "标题" + name, "Title " + name, "  原文\n" + name, "  text\t" + name, "policy#" + name});
  }
  return all;
}

std::unique_ptr<Bot> bot(BotOptions options = {}) {
  options.name = "shop";
  options.model = "shop";
  auto made = Bot::create(std::move(options), {.answers = answers()});
  EXPECT_TRUE(made.ok()) << made.status().to_string();
  return std::move(made).value();
}

TEST(BotDecision, Rows) {
  struct Row {
    const char* name;
    std::vector<LabelScore> ranked;
    const char* decision;
    std::vector<std::string> options;
  };
  const Row rows[] = {
      {"sure", {{"hours", 0.9}, {"refund", 0.05}}, "answer", {}},
      {"exactly at the threshold", {{"hours", 0.7}, {"refund", 0.2}}, "answer", {}},
      {"just below", {{"hours", 0.69}, {"refund", 0.2}}, "clarify", {"hours", "refund"}},
      {"at most three",
       {{"hours", 0.4}, {"refund", 0.2}, {"shipping", 0.2}, {"sizes", 0.2}},
       "clarify",
       {"hours", "refund", "shipping"}},
      {"unlikely ones left out", {{"hours", 0.6}, {"refund", 0.05}}, "clarify", {"hours"}},
      {"exactly at the lower threshold", {{"hours", 0.3}, {"refund", 0.01}}, "clarify", {"hours"}},
      {"unsure", {{"hours", 0.29}, {"refund", 0.28}}, "refuse", {}},
      {"out of scope", {{"out_of_scope", 0.95}, {"refund", 0.05}}, "refuse", {}},
      {"perhaps out of scope", {{"out_of_scope", 0.5}, {"refund", 0.4}}, "refuse", {}},
      {"no approved answer", {{"secret", 0.95}, {"refund", 0.05}}, "refuse", {}},
      {"no approved title", {{"secret", 0.4}, {"refund", 0.3}}, "clarify", {"refund"}},
      {"to a person", {{"talk_to_human", 0.8}, {"refund", 0.1}}, "handoff", {}},
      {"perhaps to a person", {{"talk_to_human", 0.5}, {"refund", 0.4}}, "clarify", {"refund"}},
  };
  const auto shop = bot();
  for (const Row& row : rows) {
    const serving::BotAnswer said = shop->decide("en", {}, kCard, {row.ranked});
    EXPECT_EQ(said.decision, row.decision) << row.name;
    std::vector<std::string> options;
    for (const auto& option : said.options) options.push_back(option.intent);
    EXPECT_EQ(options, row.options) << row.name;
    EXPECT_EQ(said.intent, row.ranked.front().label) << row.name;
    EXPECT_EQ(said.score, row.ranked.front().score) << row.name;
    EXPECT_FALSE(said.text.empty()) << row.name;
    EXPECT_EQ(said.sources.size(), said.decision == "answer" ? 1U : 0U) << row.name;
  }
}

TEST(BotDecision, ApprovedTextByteForByteInTheVisitorsTongue) {
  const auto shop = bot();
  const std::vector<LabelScore> ranked = {{"hours", 0.9}};
  const serving::BotAnswer zh = shop->decide("zh", {}, kCard, {ranked});
  EXPECT_EQ(zh.text, "  原文\nhours");
  EXPECT_EQ(zh.lang, "zh");
  EXPECT_EQ(zh.sources, std::vector<std::string>{"policy#hours"});
  EXPECT_EQ(shop->decide("en", {}, kCard, {ranked}).text, "  text\thours");
  EXPECT_EQ(shop->decide("zh", {}, kCard, {{{"hours", 0.5}}}).options.front().title, "标题hours");
}

TEST(BotDecision, OwnThresholdsComeBeforeTheReleases) {
  BotOptions options;
  options.answer_threshold = 0.95;
  options.clarify_threshold = 0.92;
  const auto strict = bot(options);
  EXPECT_EQ(strict->decide("en", {}, kCard, {{{"hours", 0.94}}}).decision, "clarify");
  EXPECT_EQ(strict->decide("en", {}, kCard, {{{"hours", 0.91}}}).decision, "refuse");
}

TEST(BotDecision, WhatIsOutOfScopeIsRefusedHoweverSure) {
  const auto shop = bot();
  const serving::ScoredText outside{.ranked = {{"hours", 0.99}}, .in_scope = false};
  EXPECT_EQ(shop->decide("en", {}, kCard, outside).decision, "refuse");
  const serving::ScoredText unsure{.ranked = {{"hours", 0.5}}, .in_scope = false};
  EXPECT_EQ(shop->decide("en", {}, kCard, unsure).decision, "refuse");
}

TEST(BotDecision, WhatDoesNotHoldNowIsNeitherSaidNorOffered) {
  auto all = answers();
  all[0].valid_from_ns = 100;
  all[0].valid_until_ns = 200;
  all[1].channels = {"app", "web"};
  Answer later = all[0];
  later.valid_from_ns = 300;
  later.valid_until_ns.reset();
  later.text_en = "new hours";
  all.push_back(later);
  BotOptions options;
  options.name = "shop";
  const auto shop = Bot::create(options, {.answers = all}).value();
  struct Row {
    Moment moment;
    const char *decision, *text;
  };
  const Row rows[] = {{{.now_ns = 99}, "refuse", "Sorry, I cannot answer that yet."},
                      {{.now_ns = 100}, "answer", "  text\thours"},
                      {{.now_ns = 199}, "answer", "  text\thours"},
                      {{.now_ns = 200}, "refuse", "Sorry, I cannot answer that yet."},
                      {{.now_ns = 300}, "answer", "new hours"}};
  for (const Row& row : rows) {
    const serving::BotAnswer said = shop->decide("en", row.moment, kCard, {{{"hours", 0.9}}});
    EXPECT_EQ(said.decision, row.decision) << row.moment.now_ns;
    EXPECT_EQ(said.text, row.text) << row.moment.now_ns;
    EXPECT_EQ(said.intent, "hours");
  }
  const std::vector<LabelScore> unsure = {{"hours", 0.5}, {"refund", 0.4}, {"sizes", 0.3}};
  EXPECT_EQ(shop->decide("en", {.now_ns = 250, .channel = "web"}, kCard, {unsure}).options.size(), 2U);
  EXPECT_EQ(shop->decide("en", {.now_ns = 250, .channel = "mail"}, kCard, {unsure}).options.size(), 1U);
  EXPECT_EQ(shop->decide("en", {.now_ns = 1, .channel = "mail"}, kCard, {{{"refund", 0.9}}}).decision, "refuse");
}

TEST(BotLanguage, Rows) {
  const std::pair<const char*, const char*> rows[] = {{"你好", "zh"},
                                                      {"hello", "en"},
                                                      {"iPhone壳有吗", "zh"},
                                                      {"我的order什么时候到", "zh"},
                                                      {"What does 茶 mean here", "en"},
                                                      {"12345 ???", "zh"},
                                                      {"", "zh"},
                                                      {"😀", "zh"},
                                                      {"\xff\xfe hi", "en"}};
  for (const auto& [text, lang] : rows) EXPECT_EQ(language_of(text, "zh"), lang) << text;
  EXPECT_EQ(language_of("123", "en"), "en");
}

TEST(BotCreate, RefusesWhatIsNotWhole) {
  BotOptions options;
  options.name = "shop";
  auto twice = answers();
  twice.push_back(twice.front());
  EXPECT_EQ(Bot::create(options, {.answers = twice}).status().code(), Code::kInvalidArgument);
  auto empty = answers();
  empty[1].text_en.clear();
  const Status status = Bot::create(options, {.answers = empty}).status();
  EXPECT_EQ(status.field(), "text_en");
  EXPECT_NE(status.message().find("refund"), std::string::npos);
  struct Row {
    const char* field;
    AnswerBook book;
  };
  const Slot number{.name = "number", .prompt_zh = "号码？", .prompt_en = "Number?"};
  Answer slotted = answers().front();
  slotted.text_en = "{number}";
  Answer backwards = answers().front();
  backwards.valid_from_ns = 5;
  backwards.valid_until_ns = 5;
  Answer to_person = slotted;
  to_person.intent = "talk_to_human";
  Slot silent = number;
  silent.prompt_en.clear();
  Slot half = number;
  half.confirm_en = "{value}?";
  Slot wrong = half;
  wrong.confirm_zh = "{number}？";
  const Row rows[] = {{"text_en", {.answers = {slotted}}},
                      {"valid_until", {.answers = {backwards}}},
                      {"text_zh", {.answers = {to_person}, .slots = {number}}},
                      {"prompt_zh", {.slots = {silent}}},
                      {"confirm_zh", {.slots = {half}}},
                      {"confirm_zh", {.slots = {wrong}}},
                      {"name", {.slots = {number, number}}},
                      {"name", {.slots = {Slot{.name = "No", .prompt_zh = "?", .prompt_en = "?"}}}}};
  for (const Row& row : rows) {
    const auto made = Bot::create(options, row.book);
    EXPECT_EQ(made.status().code(), Code::kInvalidArgument) << row.field;
    EXPECT_EQ(made.status().field(), row.field) << made.status().message();
  }
  EXPECT_TRUE(Bot::create(options, {.answers = {slotted}, .slots = {number}}).ok());
  options.answer_threshold = 0.2;
  options.clarify_threshold = 0.5;
  EXPECT_FALSE(Bot::create(options, {.answers = answers()}).ok());
}

TEST(BotAbout, TitlesAndExamples) {
  BotOptions options;
  options.examples = {"几点开门？"};
  const auto shop = bot(options);
  EXPECT_EQ(shop->about().at("titles").at("hours").at("en"), "Title hours");
  EXPECT_EQ(shop->about().at("examples").at(0), "几点开门？");
  const std::vector<std::string> labels = {"hours", "out_of_scope", "secret", "talk_to_human"};
  EXPECT_EQ(shop->labels_without_answer(labels), std::vector<std::string>{"secret"});
}

}  // namespace
}  // namespace yupu::products
