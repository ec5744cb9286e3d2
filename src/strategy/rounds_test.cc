#include "strategy/rounds.h"

#include <memory>

#include <gtest/gtest.h>

#include "store/testing.h"
#include "strategy/testing.h"

namespace yupu::strategy {
namespace {

constexpr std::int64_t kMinute = 60'000'000'000;
constexpr std::int64_t kHour = 60 * kMinute;
constexpr std::int64_t kDay = 24 * kHour;
constexpr std::int64_t kMidnight = 20'784 * kDay;  // of UTC; 08:00 in the shop

// What is due, in one line.
std::string due(const RoundRules& rules, const RoundState& state, std::int64_t now_ns) {
  std::string text;
  for (const DueRound& one : due_rounds(rules, state, now_ns))
    text += (text.empty() ? "" : "; ") + std::string(round_kind_name(one.kind)) + ": " + one.why;
  return text;
}

Round ended(RoundKind kind, std::int64_t started_ns, const std::string& input, std::int64_t corrections,
            const std::string& outcome = "released") {
  return {.id = "rnd_1",
          .kind = kind,
          .why = "",
          .input = input,
          .corrections = corrections,
          .started_ns = started_ns,
          .ended_ns = started_ns + kMinute,
          .outcome = outcome};
}

TEST(Rounds, WithoutARuleNothingIsDue) { EXPECT_EQ(due({}, {.corrections = 100, .input = "b"}, kMidnight), ""); }

TEST(Rounds, SoManyCorrectionsMoreThanTheLastRoundHad) {
  const RoundRules rules{.after_corrections = 20};
  EXPECT_EQ(due(rules, {.corrections = 19, .input = "a"}, kMidnight), "");
  EXPECT_EQ(due(rules, {.corrections = 20, .input = "a"}, kMidnight), "improve: 20 new corrections");
  RoundState state{.corrections = 39, .input = "b", .improved = ended(RoundKind::kImprove, kMidnight, "a", 20)};
  EXPECT_EQ(due(rules, state, kMidnight + kDay), "");
  state.corrections = 40;
  EXPECT_EQ(due(rules, state, kMidnight + kDay), "improve: 20 new corrections");
  // What was learned from is not learned from again, a release that was taken back among it.
  state.improved = ended(RoundKind::kImprove, kMidnight, "b", 0, "refused");
  EXPECT_EQ(due(rules, state, kMidnight + kDay), "");
}

TEST(Rounds, ATimeOfTheDayByTheShopsClocksAndOnlyWithNews) {
  const RoundRules rules{.improve_at = 3 * 60, .utc_offset_minutes = 480};
  const std::int64_t three = kMidnight - 5 * kHour;  // 03:00 in the shop
  RoundState state{.corrections = 1, .input = "b", .improved = ended(RoundKind::kImprove, three - kDay, "a", 1)};
  EXPECT_EQ(due(rules, state, three - kMinute), "");
  EXPECT_EQ(due(rules, state, three), "improve: 03:00");
  EXPECT_EQ(due(rules, state, three + 20 * kHour), "improve: 03:00");  // the machine was off at three
  state.improved = ended(RoundKind::kImprove, three + kMinute, "b", 1);
  EXPECT_EQ(due(rules, state, three + kDay), "");
  state.improved->outcome = "failed";
  EXPECT_EQ(due(rules, state, three + 2 * kMinute), "");
  EXPECT_EQ(due(rules, state, three + kDay), "improve: 03:00");
}

TEST(Rounds, OneWhoseProcessIsGoneGoesOn) {
  RoundState state{.corrections = 5, .input = "a", .improved = ended(RoundKind::kImprove, kMidnight, "a", 5)};
  state.improved->ended_ns.reset();
  EXPECT_EQ(due({.after_corrections = 20}, state, kMidnight + kMinute), "improve: the last round was interrupted");
  EXPECT_EQ(due({.tests_at = 0}, state, kMidnight + kMinute), "tests: 00:00");
}

TEST(Rounds, ACandidateThatReadsIsWaitedForAndJudgedWhenItHasRead) {
  const RoundRules rules{.after_corrections = 5, .improve_at = 0};
  RoundState state{
      .corrections = 50, .input = "b", .improved = ended(RoundKind::kImprove, kMidnight, "a", 5, "shadow")};
  state.shadow = LiveShadow::kReading;
  EXPECT_EQ(due(rules, state, kMidnight + 3 * kDay), "");
  state.shadow = LiveShadow::kRead;
  EXPECT_EQ(due(rules, state, kMidnight + kMinute), "improve: the candidate has read its calls");
  EXPECT_EQ(due({.tests_at = 0}, state, kMidnight - kDay), "improve: the candidate has read its calls; tests: 00:00");
  state.shadow = LiveShadow::kNone;
  EXPECT_EQ(due(rules, state, kMidnight + kMinute), "improve: 45 new corrections");
}

TEST(Rounds, TestsEveryDay) {
  const RoundRules rules{.tests_at = 6 * 60 + 30};
  EXPECT_EQ(due(rules, {}, kMidnight), "tests: 06:30");
  const std::int64_t begun = kMidnight + 7 * kHour;
  const RoundState state{.tested = ended(RoundKind::kTests, begun, "", 0, "changed")};
  EXPECT_EQ(due(rules, state, begun + 23 * kHour), "");
  EXPECT_EQ(due(rules, state, begun + 23 * kHour + 30 * kMinute), "tests: 06:30");
}

TEST(Rounds, TheLogKeepsWhatCameOfThem) {
  const auto store = store::open_store(yupu::testing::fresh_url()).value();
  Round first{.id = {}, .why = "03:00", .input = "a", .corrections = 4};
  ASSERT_TRUE(begin_round(*store, "shop", first, kMidnight).ok());
  EXPECT_EQ(list_rounds(*store, "shop", 10).value().front().outcome, "running");
  Round second{.id = {}, .why = "20 new corrections", .input = "b", .corrections = 24};
  ASSERT_TRUE(begin_round(*store, "shop", second, kMidnight + kHour).ok());
  second.ended_ns = kMidnight + 2 * kHour;
  second.outcome = "refused";
  second.reason = "slice zh fell";
  second.run_id = "run_1";
  ASSERT_TRUE(end_round(*store, second).ok());
  const auto rounds = list_rounds(*store, "shop", 10).value();
  ASSERT_EQ(rounds.size(), 2U);
  EXPECT_EQ(rounds[0].to_json()["reason"], "slice zh fell");
  EXPECT_EQ(rounds[0].ended_ns, kMidnight + 2 * kHour);
  EXPECT_EQ(rounds[1].outcome, "interrupted");
  EXPECT_FALSE(rounds[1].ended_ns.has_value());
  EXPECT_TRUE(list_rounds(*store, "other", 10).value().empty());
}

TEST(Rounds, NewsIsWhatSomebodyHasToKnow) {
  const auto event = [](RoundKind kind, const std::string& outcome) {
    const auto news = news_of(ended(kind, 0, "", 0, outcome));
    return news ? news->event : "";
  };
  EXPECT_EQ(event(RoundKind::kImprove, "released"), "release");
  EXPECT_EQ(event(RoundKind::kImprove, "refused"), "refused");
  EXPECT_EQ(event(RoundKind::kImprove, "failed"), "failed");
  EXPECT_EQ(event(RoundKind::kImprove, "nothing"), "");
  EXPECT_EQ(event(RoundKind::kImprove, "shadow"), "");
  EXPECT_EQ(event(RoundKind::kTests, "changed"), "tests");
  EXPECT_EQ(event(RoundKind::kTests, "failed"), "tests");
  EXPECT_EQ(event(RoundKind::kTests, "passed"), "");
}

Result<Strategy> read(const std::string& more, const std::string& in_service = "") {
  std::string text = testing::kSmallShop;
  const std::string answers = "answers = \"answers.toml\"\n";
  text.replace(text.find(answers), answers.size(), answers + in_service);
  return parse_strategy(text + more, "s.toml", false);
}

TEST(Rounds, RulesOfTheFile) {
  const auto strategy = read("[improve]\nafter_corrections = 50\nat = \"03:05\"\n",
                             "tests_at = \"06:30\"\nutc_offset = \"+01:00\"\n[[service.test]]\nname = \"t\"\n"
                             "[[service.test.turn]]\nsay = \"hi\"\nexpect = { decision = \"answer\" }\n");
  ASSERT_TRUE(strategy.ok()) << strategy.status().to_string();
  const RoundRules rules = round_rules(*strategy);
  EXPECT_EQ(rules.after_corrections, 50);
  EXPECT_EQ(rules.improve_at, 185);
  EXPECT_EQ(rules.tests_at, 390);
  EXPECT_EQ(rules.utc_offset_minutes, 60);
  EXPECT_FALSE(round_rules(*read("")).any());
  const auto says = [](const Result<Strategy>& refused) { return refused.status().message(); };
  for (const std::string wrong : {"24:00", "3:05", "03:60", "0305", "03:05:00"}) {
    EXPECT_NE(says(read("[improve]\nat = \"" + wrong + "\"\n")).find("improve.at: must be like \"03:00\""),
              std::string::npos)
        << wrong;
  }
  EXPECT_NE(says(read("[improve]\nafter_corrections = 0\n")).find("improve.after_corrections"), std::string::npos);
  EXPECT_NE(says(read("", "tests_at = \"06:30\"\n")).find("service.tests_at: there is no [[service.test]]"),
            std::string::npos);
}

TEST(Rounds, WhoIsToldStandsInTheFile) {
  const auto strategy = read("",
                             "console_url = \"https://shop.example/console\"\n[[service.notify]]\nname = \"group\"\n"
                             "kind = \"dingtalk\"\nurl = \"https://robot.example/send\"\nevents = [\"waiting\"]\n"
                             "wait_seconds = 90\n[[service.notify]]\nname = \"hook\"\nurl = \"https://a.example/\"\n"
                             "secret_variable = \"HOOK_SECRET\"\n");
  ASSERT_TRUE(strategy.ok()) << strategy.status().to_string();
  const NotifyPlan& plan = strategy->service.notify;
  ASSERT_EQ(plan.routes.size(), 2U);
  EXPECT_EQ(plan.routes[0].kind, monitor::RouteKind::kDingtalk);
  EXPECT_EQ(plan.routes[0].wait_ns, 90 * monitor::kSecondNs);
  EXPECT_EQ(plan.routes[1].wait_ns, monitor::kMinuteNs);
  EXPECT_EQ(plan.link, "https://shop.example/console");
  const auto says = [](const std::string& in_service) { return read("", in_service).status().message(); };
  const std::string route = "[[service.notify]]\nname = \"a\"\nkind = \"slack\"\nurl = \"https://r.example/\"\n";
  EXPECT_NE(says(route + "events = [\"wating\"]\n").find("service.notify[0].events: \"wating\" is none of waiting"),
            std::string::npos);
  EXPECT_NE(says(route + route).find("service.notify[1].name: \"a\" is another route's already"), std::string::npos);
  EXPECT_NE(says("console_url = \"shop\"\n").find("service.console_url"), std::string::npos);
  EXPECT_NE(says("[[service.notify]]\nname = \"a\"\nurl = \"https://r.example/\"\n").find("secret_file"),
            std::string::npos);
}

}  // namespace
}  // namespace yupu::strategy
