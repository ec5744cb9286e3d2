#include "strategy/strategy.h"

#include <gtest/gtest.h>

#include "base/builtin.h"
#include "serving/visitors/visitor_door.h"

namespace yupu::strategy {
namespace {

constexpr const char* kGood = R"([strategy]
name = "shop"
seed = 7

[data]
valid_fraction = 0.2
[[data.source]]
path = "train.csv"
label = "intent"

[train]
config = "tiny"
epochs = 3

[service]
answers = "answers.toml"

[commerce]
[[commerce.plan]]
name = "starter"
monthly_tokens = 1000
[[commerce.plan.price]]
meter = "answer_tokens"
yuan_per_thousand = "0.30"
[[commerce.tenant]]
name = "green-hill"
plan = "starter"
)";

std::string replace(std::string text, const std::string& from, const std::string& to) {
  const std::size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return text.replace(at, from.size(), to);
}

TEST(Strategy, ReadsWhatIsWritten) {
  const auto strategy = parse_strategy(kGood, "dir/s.toml", false);
  ASSERT_TRUE(strategy.ok()) << strategy.status().to_string();
  EXPECT_EQ(strategy->name, "shop");
  EXPECT_EQ(strategy->seed, 7);
  EXPECT_EQ(strategy->data.sources[0].label_column, "intent");
  EXPECT_DOUBLE_EQ(strategy->data.valid_fraction, 0.2);
  EXPECT_EQ(strategy->train.epochs, 3);
  EXPECT_EQ(strategy->service.bot, "shop");
  EXPECT_EQ(strategy->commerce.plans[0].prices[0].per_thousand.ufen(), 30'000'000);
  EXPECT_EQ(strategy->resolve("train.csv"), "dir/train.csv");
  EXPECT_FALSE(strategy->visitors.has_value());
}

TEST(Strategy, TrackersAreCheckedWithTheFile) {
  const auto good = parse_strategy(replace(kGood, "epochs = 3", "track = [\"tensorboard:tb\"]"), "s.toml", false);
  ASSERT_TRUE(good.ok()) << good.status().to_string();
  EXPECT_EQ(good->train.track, std::vector<std::string>{"tensorboard:tb"});
  const auto bad = parse_strategy(replace(kGood, "epochs = 3", "track = [\"comet:x\"]"), "s.toml", false);
  EXPECT_NE(bad.status().message().find("s.toml: line 13: train.track"), std::string::npos) << bad.status().message();
}

TEST(Strategy, AReleaseMayBeServedInEightBits) {
  const std::string text = replace(kGood, "[service]", "[release]\nweights = \"int8\"\n[service]");
  const auto strategy = parse_strategy(text, "s.toml", false);
  ASSERT_TRUE(strategy.ok()) << strategy.status().to_string();
  EXPECT_EQ(strategy->release.weights, "int8");
  EXPECT_EQ(parse_strategy(kGood, "s.toml", false)->release.weights, "fp32");
  EXPECT_FALSE(parse_strategy(replace(text, "int8", "int4"), "s.toml", false).ok());
  const auto adapter = parse_strategy(replace(text, "epochs = 3", "base = \"b\"\nmethod = \"lora\""), "s.toml", false);
  EXPECT_NE(adapter.status().message().find("release.weights: \"int8\" is of whole models"), std::string::npos)
      << adapter.status().message();
}

TEST(Strategy, AReleaseMayPromise) {
  const std::string text = replace(kGood, "[service]",
                                   "[release]\nmax_wrong = 0.02\nout_of_scope_share = 0.1\n"
                                   "scope_gate = \"energy\"\n[service]");
  const auto strategy = parse_strategy(text, "s.toml", false);
  ASSERT_TRUE(strategy.ok()) << strategy.status().to_string();
  EXPECT_EQ(strategy->release.max_wrong, 0.02);
  EXPECT_EQ(strategy->release.out_of_scope_share, 0.1);
  EXPECT_EQ(strategy->release.scope_gate, "energy");
  const auto learned = parse_strategy(replace(kGood, "epochs = 3", "background = \"both\""), "s.toml", false);
  ASSERT_TRUE(learned.ok()) << learned.status().to_string();
  EXPECT_EQ(learned->train.background, "both");
  const auto unknown = parse_strategy(replace(kGood, "epochs = 3", "background = \"all\""), "s.toml", false);
  EXPECT_NE(unknown.status().message().find("train.background"), std::string::npos) << unknown.status().message();
  EXPECT_FALSE(parse_strategy(kGood, "s.toml", false)->release.max_wrong.has_value());
  EXPECT_FALSE(parse_strategy(replace(text, "0.02", "1.5"), "s.toml", false).ok());
  EXPECT_FALSE(parse_strategy(replace(text, "energy", "feeling"), "s.toml", false).ok());
}

TEST(Strategy, ABaseMayBeABuiltInModel) {
  add_builtin_file("builtin:small-base/config.json", "{}");
  const auto base_of = [](const std::string& base) {
    const auto strategy =
        parse_strategy(replace(kGood, "config = \"tiny\"", "base = \"" + base + "\""), "dir/s.toml", false);
    EXPECT_TRUE(strategy.ok()) << strategy.status().to_string();
    return strategy->resolve(strategy->train.base);
  };
  EXPECT_EQ(base_of("small-base"), "builtin:small-base");
  EXPECT_EQ(base_of("builtin:small-base"), "builtin:small-base");
  EXPECT_EQ(base_of("models/mine"), "dir/models/mine");
}

TEST(Strategy, TrainsAnAdapterWhenItSaysSo) {
  const std::string text = replace(kGood, "config = \"tiny\"\n",
                                   "base = \"base\"\nmethod = \"adalora\"\ntargets = [\"all-linear\"]\nrank = 6\n"
                                   "alpha = 32\ntinit = 10\n");
  const auto strategy = parse_strategy(text, "dir/s.toml", false);
  ASSERT_TRUE(strategy.ok()) << strategy.status().to_string();
  EXPECT_EQ(strategy->train.method, "adalora");
  EXPECT_EQ(strategy->train.adapter.rank, 6);
  EXPECT_EQ(strategy->train.adapter.target_rank, 4);
  EXPECT_DOUBLE_EQ(strategy->train.adapter.alpha, 32.0);
  EXPECT_EQ(strategy->train.adapter.targets, std::vector<std::string>{"all-linear"});
  EXPECT_EQ(strategy->train.prune_after_steps, 10);
  EXPECT_FALSE(strategy->train.prune_final_steps.has_value());
}

constexpr const char* kConversations = R"([service]
answers = "answers.toml"
unsure_max = 3
idle_minutes = 30
utc_offset = "-03:30"
cancel_words = ["halt"]
[service.form]
tries_max = 4
[[service.trigger]]
name = "anger"
words = ["terrible", "投诉"]
priority = 2
[[service.test]]
name = "opening"
channel = "mail"
[[service.test.turn]]
say = "when do you open"
expect = { decision = "answer", intent = "hours", contains = "10" }
[[service.test.turn]]
tap = "refund"
expect = { slot = "order" }
)";

TEST(Strategy, SaysHowConversationsGo) {
  const auto strategy =
      parse_strategy(replace(kGood, "[service]\nanswers = \"answers.toml\"\n", kConversations), "s.toml", false);
  ASSERT_TRUE(strategy.ok()) << strategy.status().to_string();
  const ServicePlan& service = strategy->service;
  EXPECT_EQ(service.dialogue.unsure_max, 3);
  EXPECT_EQ(service.conversation.idle_minutes, 30);
  EXPECT_EQ(service.dialogue.utc_offset_minutes, -210);
  EXPECT_EQ(service.dialogue.cancel_words, std::vector<std::string>{"halt"});
  EXPECT_EQ(service.dialogue.form.tries_max, 4);
  ASSERT_EQ(service.dialogue.triggers.size(), 1U);
  EXPECT_EQ(service.dialogue.triggers[0].words[1], "投诉");
  EXPECT_EQ(service.dialogue.triggers[0].priority, 2);
  ASSERT_EQ(service.tests.size(), 1U);
  EXPECT_EQ(service.tests[0].channel, "mail");
  ASSERT_EQ(service.tests[0].turns.size(), 2U);
  EXPECT_EQ(service.tests[0].turns[0].say, "when do you open");
  EXPECT_EQ(service.tests[0].turns[0].contains, "10");
  EXPECT_FALSE(service.tests[0].turns[0].slot.has_value());
  EXPECT_EQ(service.tests[0].turns[1].tap, "refund");
  EXPECT_EQ(service.tests[0].turns[1].slot, "order");
  EXPECT_EQ(service.tests[0].turns[1].where, "s.toml: line 33");
}

TEST(Strategy, TriggersByIntentAndExpectedValues) {
  std::string text = replace(kGood, "[service]\nanswers = \"answers.toml\"\n", kConversations);
  text =
      replace(text, "priority = 2\n",
              "priority = 2\n[[service.trigger]]\nname = \"complaint\"\nintents = [\"complain\"]\nscore_least = 0.9\n"
              "[[service.trigger]]\nname = \"loud\"\nshouting = true\n");
  text = replace(text, "{ slot = \"order\" }",
                 "{ text = \"Order?\", trigger = \"loud\", values = { order = \"GH1234\", day = \"2026-02-03\" } }");
  const auto strategy = parse_strategy(text, "s.toml", false);
  ASSERT_TRUE(strategy.ok()) << strategy.status().to_string();
  const auto& triggers = strategy->service.dialogue.triggers;
  ASSERT_EQ(triggers.size(), 3U);
  EXPECT_EQ(triggers[1].intents, std::vector<std::string>{"complain"});
  EXPECT_DOUBLE_EQ(triggers[1].score_least, 0.9);
  EXPECT_TRUE(triggers[2].shouting);
  EXPECT_FALSE(triggers[0].shouting);
  const products::ScriptTurn& turn = strategy->service.tests[0].turns[1];
  EXPECT_EQ(turn.text, "Order?");
  EXPECT_EQ(turn.trigger, "loud");
  EXPECT_EQ(turn.values, (products::SlotValues{{"order", "GH1234"}, {"day", "2026-02-03"}}));
}

TEST(Strategy, WhatIsWrongInAConversationIsNamed) {
  const std::string good = replace(kGood, "[service]\nanswers = \"answers.toml\"\n", kConversations);
  const struct {
    const char *from, *to, *message;
  } rows[] = {
      {"idle_minutes = 30", "idle_minutes = 1441",
       "line 18: service.idle_minutes: must be a whole number from 1 to 1440"},
      {"\"-03:30\"", "\"3:30\"", "line 19: service.utc_offset: must be like \"+08:00\""},
      {"words = [\"terrible\", \"投诉\"]", "words = []", "service.trigger[0].words: must hold at least one word"},
      {"\"terrible\"", "\" \"", "line 25: service.trigger[0].words: holds an empty word"},
      {"tries_max = 4", "tries = 4", "unknown key 'service.form.tries'"},
      {"priority = 2", "score_least = 0.5", "service.trigger[0].score_least: is of `intents`"},
      {"priority = 2", "shouting = \"yes\"", "service.trigger[0].shouting: must be"},
      {"{ slot = \"order\" }", "{ trigger = \"angr\" }",
       "service.test[0].turn[1].expect.trigger: \"angr\" is none of the triggers"},
      {"{ slot = \"order\" }", "{ values = { order = 3 } }",
       "service.test[0].turn[1].expect.values.order: must be a string"},
      {"tap = \"refund\"", "", "service.test[0].turn[1].say: is missing"},
      {"{ slot = \"order\" }", "{}", "service.test[0].turn[1].expect.decision: is missing"},
      {"{ slot = \"order\" }", "{ slott = \"order\" }", "unknown key 'service.test[0].turn[1].expect.slott'"},
      {"decision = \"answer\"", "decision = \"maybe\"",
       "service.test[0].turn[0].expect.decision: must be one of answer"},
      {"name = \"opening\"\n", "", "service.test[0].name: is missing"},
  };
  for (const auto& row : rows) {
    const auto strategy = parse_strategy(replace(good, row.from, row.to), "s.toml", false);
    EXPECT_EQ(strategy.status().code(), Code::kInvalidArgument) << row.to;
    EXPECT_NE(strategy.status().message().find(row.message), std::string::npos) << strategy.status().message();
  }
}

constexpr const char* kWidget = R"([widget]
tenant = "green-hill"
origins = ["https://www.example.com", "HTTP://localhost:80"]
title_en = "Ask the tea shop"
accent = "#a5321f"
examples = ["When?"]
requests_per_minute = 30
token_minutes = 60
)";

TEST(Strategy, ABotMayBePublic) {
  const auto strategy = parse_strategy(std::string(kGood) + kWidget, "s.toml", false);
  ASSERT_TRUE(strategy.ok()) << strategy.status().to_string();
  const auto bot = make_public_bot(*strategy);
  ASSERT_TRUE(bot.ok()) << bot.status().to_string();
  EXPECT_EQ(bot->name, "shop");
  EXPECT_EQ(bot->origins, (std::vector<std::string>{"https://www.example.com", "http://localhost"}));
  EXPECT_EQ(bot->title_en, "Ask the tea shop");
  EXPECT_FALSE(bot->title_zh.empty());
  EXPECT_EQ(bot->token_life_ns, 3'600'000'000'000);
  EXPECT_EQ(bot->visitor_rate.interval_ns, 2'000'000'000);
  EXPECT_EQ(bot->visitor_rate.burst, 15);
  EXPECT_TRUE(bot->identity_secret.empty());
  EXPECT_FALSE(parse_strategy(kGood, "s.toml", false)->widget.has_value()) << "nothing is public by itself";
}

TEST(Strategy, WhatIsWrongWithAPublicBotIsNamed) {
  const std::string good = std::string(kGood) + kWidget;
  const struct {
    const char *from, *to, *message;
  } rows[] = {
      {"tenant = \"green-hill\"\norigins", "origins", "widget.tenant: is missing"},
      {"tenant = \"green-hill\"\norigins", "tenant = \"x\"\norigins", "line 29: widget.tenant: no [[commerce.tenant]]"},
      {"[widget]", "[widget]\nbot = \"other\"", "widget.bot: must be the bot of [service], \"shop\""},
      {"www.example.com\"", "www.example.com/\"", "line 30: widget.origins: 'https://www.example.com/' is no origin"},
      {"HTTP://localhost:80", "https://WWW.example.com", "widget.origins: holds https://www.example.com twice"},
      {"#a5321f", "red", "line 32: widget.accent: must be a colour"},
      {"\"Ask the tea shop\"", "\"\"", "widget.title_en: must have from 1 to 100 bytes"},
      {"requests_per_minute = 30", "requests_per_minute = 0",
       "widget.requests_per_minute: must be a whole number from 1"},
      {"token_minutes = 60", "token_minutes = 1441", "widget.token_minutes: must be a whole number from 1 to 1440"},
      {"accent", "colour", "unknown key 'widget.colour'"},
      {"answers = \"answers.toml\"", "answers = \"answers.toml\"\nbot = \"a/b\"", "widget.bot: must be at most 64"},
  };
  for (const auto& row : rows) {
    const auto strategy = parse_strategy(replace(good, row.from, row.to), "s.toml", false);
    EXPECT_EQ(strategy.status().code(), Code::kInvalidArgument) << row.to;
    EXPECT_NE(strategy.status().message().find(row.message), std::string::npos) << strategy.status().message();
  }
  const auto secret = parse_strategy(good + "identity_secret = \"none\"\n", "/nowhere/s.toml", false);
  ASSERT_TRUE(secret.ok()) << secret.status().to_string();
  EXPECT_EQ(make_public_bot(*secret).status().code(), Code::kNotFound);
}

struct BadCase {
  const char* from;
  const char* to;
  const char* message;  // must stand in the error
};

class StrategyErrors : public ::testing::TestWithParam<BadCase> {};

TEST_P(StrategyErrors, NameFileLineAndKey) {
  const auto strategy = parse_strategy(replace(kGood, GetParam().from, GetParam().to), "s.toml", false);
  ASSERT_FALSE(strategy.ok());
  EXPECT_EQ(strategy.status().code(), Code::kInvalidArgument);
  EXPECT_NE(strategy.status().message().find(GetParam().message), std::string::npos) << strategy.status().message();
}

INSTANTIATE_TEST_SUITE_P(
    Table, StrategyErrors,
    ::testing::Values(
        BadCase{"epochs = 3", "epoch = 3", "s.toml: line 13: unknown key 'train.epoch'; did you mean \"epochs\"?"},
        BadCase{"epochs = 3", "epochs = \"3\"", "s.toml: line 13: train.epochs: must be a whole number, not a string"},
        BadCase{"epochs = 3", "epochs = 0", "train.epochs: must be a whole number from 1 to 10000, not 0"},
        BadCase{"config = \"tiny\"", "config = \"huge\"", "line 12: train.config: must be one of tiny, mini"},
        BadCase{"epochs = 3", "method = \"lora\"", "line 13: train.method: \"lora\" adapts a model that is there"},
        BadCase{"epochs = 3", "base = \"b\"\nmethod = \"prefix\"", "line 14: train.method: must be one of full, lora"},
        BadCase{"epochs = 3", "rank = 8",
                "line 13: train.rank: belongs to method lora adalora, and method is \"full\""},
        BadCase{"epochs = 3", "base = \"b\"\nmethod = \"lora\"\ntarget_rank = 2",
                "train.target_rank: belongs to method"},
        BadCase{"epochs = 3", "base = \"b\"\nmethod = \"houlsby\"\nbottleneck = 0",
                "line 15: train.bottleneck: must be"},
        BadCase{"epochs = 3", "base = \"b\"\nmethod = \"lora\"\ntargets = []", "train.targets: must name a linear"},
        BadCase{"epochs = 3", "base = \"b\"\nmethod = \"lora\"\ntargets = \"query\"",
                "train.targets: must be an array of strings"},
        BadCase{"valid_fraction = 0.2", "valid_fraction = nan", "data.valid_fraction: must be a number"},
        BadCase{"name = \"shop\"", "name = \"Shop 1\"", "line 2: strategy.name: must be at most 64 of"},
        BadCase{"path = \"train.csv\"\n", "", "data.source[0].path: is missing"},
        BadCase{"plan = \"starter\"", "plan = \"gold\"",
                "commerce.tenant[0].plan: no [[commerce.plan]] has the name \"gold\""},
        BadCase{"\"0.30\"", "0.30", "line 24: commerce.plan[0].price[0].yuan_per_thousand: must be a string"},
        BadCase{"\"0.30\"", "\"1e-3\"", "yuan_per_thousand: '1e-3' is no amount in yuan"},
        BadCase{"monthly_tokens = 1000\n", "", "commerce.plan[0].monthly_tokens: is missing"},
        BadCase{"[train]", "[train", "s.toml: line 11:"},
        BadCase{"[service]\nanswers = \"answers.toml\"\n", "", "service: is missing"},
        BadCase{"[train]", "[trian]", "unknown key 'trian'; did you mean \"train\"?"}));

TEST(Strategy, MissingFilesAreNamed) {
  const auto strategy = parse_strategy(kGood, "/nowhere/s.toml", true);
  ASSERT_FALSE(strategy.ok());
  EXPECT_NE(strategy.status().message().find("data.source[0].path: there is no file /nowhere/train.csv"),
            std::string::npos)
      << strategy.status().message();
  EXPECT_EQ(load_strategy("/nowhere/s.toml").status().code(), Code::kNotFound);
}

TEST(Strategy, HostileTomlIsRefusedNotCrashed) {
  for (const char* bad : {"", "\xff\xfe", "a = [[[[[[[[[[[[[[[[[[[[", "[strategy]\nname = 1\n",
                          "strategy = 3\ndata = 4\nservice = 5\ncommerce = 6"}) {
    EXPECT_FALSE(parse_strategy(bad, "s.toml", false).ok()) << bad;
  }
}

TEST(Strategy, PersonalDataIsMaskedUnlessItIsSaidOtherwise) {
  const auto plain = parse_strategy(kGood, "s.toml", false);
  ASSERT_TRUE(plain.ok());
  EXPECT_EQ(plain->privacy.mask, text::PersonalKinds::all());
  EXPECT_TRUE(plain->privacy.in_conversations().empty());
  const std::string good = kGood;
  const auto some =
      parse_strategy(good + "[privacy]\nmask = [\"phone\", \"ssn\"]\nconversations = \"mask\"\n", "s.toml", false);
  ASSERT_TRUE(some.ok()) << some.status().to_string();
  EXPECT_EQ(some->privacy.mask.names(), (std::vector<std::string>{"phone", "ssn"}));
  EXPECT_EQ(some->privacy.in_conversations(), some->privacy.mask);
  const auto none = parse_strategy(good + "[privacy]\nmask = []\n", "s.toml", false);
  ASSERT_TRUE(none.ok());
  EXPECT_TRUE(none->privacy.mask.empty());
  for (const char* wrong : {"mask = [\"face\"]", "mask = true", "conversations = \"drop\"", "masks = []"}) {
    const auto strategy = parse_strategy(good + "[privacy]\n" + wrong + "\n", "s.toml", false);
    EXPECT_EQ(strategy.status().code(), Code::kInvalidArgument) << wrong;
    EXPECT_NE(strategy.status().message().find("privacy."), std::string::npos) << strategy.status().message();
  }
}

}  // namespace
}  // namespace yupu::strategy
