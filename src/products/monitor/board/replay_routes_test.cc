#include "products/monitor/board/replay_routes.h"

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "products/monitor/alarms/alarms.h"
#include "products/monitor/alarms/watch.h"
#include "products/monitor/board/replay.h"
#include "products/monitor/board/testing.h"
#include "products/monitor/documents/intake.h"
#include "products/monitor/judgements/judgements.h"

namespace yupu::monitor {
namespace {

constexpr std::int64_t kBegin = 20'000 * kDayNs;

// Asks something of whoever reads it.
class AskingClock final : public Clock {
 public:
  std::int64_t now_ns() const override {
    if (ask) ask();
    return fake_.now_ns();
  }
  std::int64_t monotonic_ns() const override { return fake_.monotonic_ns(); }
  void advance_ns(std::int64_t delta_ns) { fake_.advance_ns(delta_ns); }
  std::function<void()> ask;

 private:
  FakeClock fake_{kBegin};
};

class ReplayDesk : public ::testing::Test {
 protected:
  void SetUp() override {
    store_ = store::open_store("sqlite::memory:").value();
    rules_["tea"].absolute_limit = 5;
    rules_["coffee"];
    const auto door = [](const http::Request& request) -> Result<handoff::Person> {
      const std::string who(request.headers.get("x-who"));
      if (who.empty()) return Status(Code::kUnauthenticated, "who?");
      return handoff::Person{.name = who, .is_manager = who == "Li"};
    };
    add_replay_routes(router_, *store_, clock_, "m", rules_, door);
  }
  http::Response call(const std::string& method, const std::string& body = {}, const std::string& who = "Li") {
    http::Request request;
    request.method = method;
    request.path = "/v1/monitor/replay";
    request.body = body;
    if (!who.empty()) request.headers.add("x-who", who);
    return router_.dispatch(request);
  }
  Json replay_with(const std::string& rule, const std::string& topic = "tea") {
    const http::Response response = call("POST", R"({"topic": ")" + topic + R"(", "days": 2, "rule": )" + rule + "}");
    EXPECT_EQ(response.status, 200) << response.body;
    return parse_json(response.body).value();
  }
  std::string refused(const std::string& body, const std::string& who = "Li") {
    const http::Response response = call("POST", body, who);
    return std::to_string(response.status) + " " + parse_json(response.body)->value("field", "");
  }
  void say(const std::string& topic, Sentiment sentiment, int count) {
    const Batch batch = feed_.next(topics_, topic, sentiment, count, clock_.now_ns());
    ASSERT_TRUE(take_batch(*store_, "m", batch, {}).ok());
  }
  void look() { ASSERT_TRUE(monitor::look(*store_, "m", rules_, clock_.now_ns()).ok()); }
  // Six negatives of tea within a minute, two days after the first document; seen, and over two hours later.
  std::string crisis() {
    say("tea", Sentiment::kNeutral, 1);
    clock_.advance_ns(2 * kDayNs);
    look();
    say("coffee", Sentiment::kNegative, 9);
    say("tea", Sentiment::kNegative, 6);
    clock_.advance_ns(5 * kMinuteNs);
    look();
    const std::string alarm = list_alarms(*store_, "m", 1)->front().alarm;
    clock_.advance_ns(3 * kHourNs);
    look();
    return alarm;
  }

  const TopicDictionary topics_ = TopicDictionary::create({{"tea", {}}, {"coffee", {}}}).value();
  AskingClock clock_;
  std::unique_ptr<store::Store> store_;
  TopicRules rules_;
  http::Router router_;
  testing::Feed feed_;
};

TEST_F(ReplayDesk, TheRuleAsItIsRaisesWhatWasRaised) {
  const std::string alarm = crisis();
  ASSERT_TRUE(judge_alarm(*store_, "m", alarm, true, "", "Wu", clock_.now_ns()).ok());
  const Json same = replay_with("{}");
  EXPECT_EQ(same.at("learns_from"), format_utc(kBegin));
  EXPECT_EQ(same.at("documents"), 6) << "of the topic, in these days";
  ASSERT_EQ(same.at("raised").size(), 1u);
  ASSERT_EQ(same.at("would_raise").size(), 1u);
  const Json &was = same.at("raised")[0], &would = same.at("would_raise")[0];
  EXPECT_EQ(was.at("alarm"), alarm);
  EXPECT_EQ(was.at("justified"), true);
  for (const char* member : {"alarm", "fired", "resolved", "fired_count"}) EXPECT_EQ(would.at(member), was.at(member));
  EXPECT_FALSE(would.at("resolved").is_null());
  EXPECT_EQ(would.at("cause"), "absolute_limit");
  EXPECT_EQ(would.at("negative"), 6);
  EXPECT_EQ(would.at("publishers"), 6);
}

TEST_F(ReplayDesk, AnotherRuleRaisesOtherAlarmsAndChangesNothing) {
  crisis();
  EXPECT_EQ(replay_with(R"({"absolute_limit": 7})").at("would_raise").size(), 0u);
  EXPECT_EQ(replay_with(R"({"absolute_limit": null})").at("would_raise").size(), 0u)
      << "it is learning: no other fires";
  const Json later = replay_with(R"({"keep_firing_minutes": 60})");
  ASSERT_EQ(later.at("would_raise").size(), 1u);
  EXPECT_GT(later.at("would_raise")[0].at("resolved").get<std::string>(),
            later.at("raised")[0].at("resolved").get<std::string>());
  const Json coffee = replay_with(R"({"absolute_limit": 9})", "coffee");
  EXPECT_EQ(coffee.at("raised").size(), 0u);
  EXPECT_EQ(coffee.at("would_raise").size(), 1u) << "what nobody was told of";
  EXPECT_EQ(list_alarms(*store_, "m", 10)->size(), 1u);
  clock_.advance_ns(3 * kDayNs);
  const Json over = replay_with("{}");
  EXPECT_EQ(over.at("raised").size() + over.at("would_raise").size() + over.at("documents").get<std::size_t>(), 0u)
      << "it was over before these two days";
}

TEST_F(ReplayDesk, TheRulesAreShownToEverybodyAndReplayedByManagers) {
  const Json shown = parse_json(call("GET", {}, "Wu").body).value();
  EXPECT_EQ(shown.at("manager"), false);
  EXPECT_EQ(shown.at("topics")[0].at("topic"), "coffee");
  EXPECT_TRUE(shown.at("topics")[0].at("rule").at("absolute_limit").is_null());
  EXPECT_EQ(shown.at("topics")[1].at("rule"), (Json{{"false_alarms_per_week", 0.1},
                                                    {"publishers_min", 3},
                                                    {"hold_minutes", 0},
                                                    {"keep_firing_minutes", 15},
                                                    {"reopen_minutes", 60},
                                                    {"absolute_limit", 5}}));
  EXPECT_EQ(refused(R"({"topic": "tea"})", "Wu"), "403 ");
  EXPECT_EQ(refused(R"({"topic": "tea"})", ""), "401 ");
}

TEST_F(ReplayDesk, WhatIsWrongIsSaidByField) {
  EXPECT_EQ(refused("{}"), "400 topic");
  EXPECT_EQ(refused(R"({"topic": "wine"})"), "404 topic");
  for (const char* days : {"0", "31", "1.5", "\"7\""})
    EXPECT_EQ(refused(std::string(R"({"topic": "tea", "days": )") + days + "}"), "400 days");
  const std::vector<std::pair<std::string, std::string>> rows = {
      {R"([])", "rule"},
      {R"({"windows": 3})", "rule.windows"},
      {R"({"false_alarms_per_week": 0})", "rule.false_alarms_per_week"},
      {R"({"false_alarms_per_week": "1"})", "rule.false_alarms_per_week"},
      {R"({"publishers_min": -1})", "rule.publishers_min"},
      {R"({"hold_minutes": 1441})", "rule.hold_minutes"},
      {R"({"reopen_minutes": null})", "rule.reopen_minutes"},
      {R"({"absolute_limit": 0})", "rule.absolute_limit"},
  };
  for (const auto& [rule, field] : rows)
    EXPECT_EQ(refused(R"({"topic": "tea", "rule": )" + rule + "}"), "400 " + field) << rule;
  say("tea", Sentiment::kNeutral, 3);
  EXPECT_TRUE(topic_log(*store_, "m", "tea", 0, INT64_MAX, 3).ok());
  const auto many = topic_log(*store_, "m", "tea", 0, INT64_MAX, 2);
  EXPECT_EQ(many.status().code(), Code::kTooLarge);
  EXPECT_EQ(many.status().field(), "days");
}

TEST_F(ReplayDesk, WhatNobodyWaitsForIsGivenUp) {
  crisis();
  int asked = 0;
  const ReplayAsked wanted{.topic = "tea", .rule = rules_["tea"], .is_given_up = [&] { return ++asked > 2; }};
  EXPECT_EQ(replayed(*store_, "m", wanted, clock_.now_ns()).status().code(), Code::kUnavailable);
  clock_.advance_ns(33 * kDayNs);  // more than a detection goes on at once
  SurgeRule rule = rules_["tea"];
  rule.windows_ns = {kHourNs};
  EXPECT_TRUE(replayed(*store_, "m", {.topic = "tea", .rule = rule, .days = 6}, clock_.now_ns()).ok());
}

TEST_F(ReplayDesk, OneRunsAtATime) {
  std::string other;
  bool has_asked = false;
  clock_.ask = [&] {
    if (std::exchange(has_asked, true)) return;
    std::thread([&] { other = refused(R"({"topic": "tea"})"); }).join();
  };
  EXPECT_EQ(refused(R"({"topic": "tea"})"), "200 ");
  EXPECT_EQ(other, "429 ");
  EXPECT_EQ(refused(R"({"topic": "tea"})"), "200 ") << "it is done by now";
}

}  // namespace
}  // namespace yupu::monitor
