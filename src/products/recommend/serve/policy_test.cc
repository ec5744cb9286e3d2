#include "products/recommend/serve/policy.h"

#include <algorithm>

#include <gmock/gmock.h>

#include "products/recommend/serve/testing.h"

namespace yupu::recommend {
namespace {

using ::testing::Contains;
using ::testing::Each;
using ::testing::Not;
using ::testing::StartsWith;

TEST(Policy, IsReadAndSaidAgain) {
  const std::string text = R"({"pin":[{"item":"b3","position":2,"surface":"home"}],"lift":{"sale":-0.5,"spring":0.2},)"
                           R"("half_life_days":60.0,"caps":{"author:*":1},"blocked_tags":["adult"],)"
                           R"("blocked_words":["casino"],"unnamed_tags":["health"],"explore":0.05})";
  const auto policy = parse_policy(*parse_json(text));
  ASSERT_TRUE(policy.ok()) << policy.status().to_string();
  EXPECT_EQ(policy->to_json().dump(), text);
  EXPECT_EQ(parse_policy(Json::object())->explore, 0.01) << "where nothing is said";
}

TEST(Policy, WhatIsWrongNamesItsField) {
  const auto field = [](const std::string& text) {
    const auto policy = parse_policy(*parse_json(text));
    return policy.ok() ? std::string("fine") : policy.status().field();
  };
  EXPECT_EQ(field(R"({"pins":[]})"), "pins");
  EXPECT_EQ(field(R"({"pin":{}})"), "pin");
  EXPECT_EQ(field(R"({"pin":[{"position":1}]})"), "pin[0].item");
  EXPECT_EQ(field(R"({"pin":[{"item":"a"},{"item":"b","position":0}]})"), "pin[1].position");
  EXPECT_EQ(field(R"({"pin":[{"item":"a","place":1}]})"), "pin[0].place");
  EXPECT_EQ(field(R"({"lift":{"spring":2}})"), "lift.spring");
  EXPECT_EQ(field(R"({"lift":["spring"]})"), "lift");
  EXPECT_EQ(field(R"({"caps":{"spring":0}})"), "caps.spring");
  EXPECT_EQ(field(R"({"caps":{"spring":1.5}})"), "caps.spring");
  EXPECT_EQ(field(R"({"half_life_days":-1})"), "half_life_days");
  EXPECT_EQ(field(R"({"half_life_days":"long"})"), "half_life_days");
  EXPECT_EQ(field(R"({"blocked_words":[""]})"), "blocked_words[0]");
  EXPECT_EQ(field(R"({"blocked_tags":"adult"})"), "blocked_tags");
  EXPECT_EQ(field(R"({"unnamed_tags":[1]})"), "unnamed_tags[0]");
  EXPECT_EQ(field(R"({"explore":0.5})"), "explore");
  EXPECT_EQ(field(R"({"explore":"some"})"), "explore");
  Json many = {{"blocked_words", std::vector<std::string>(kPolicyEntriesMost + 1, "x")}};
  EXPECT_EQ(parse_policy(many).status().code(), Code::kTooLarge);
}

class PolicyServed : public testing::TwoTastes {
 protected:
  void say(const std::string& rules) {
    auto policy = parse_policy(*parse_json(rules));
    ASSERT_TRUE(policy.ok()) << policy.status().to_string();
    policy->explore = 0.0;
    ASSERT_TRUE(put_policy(*store_, clock_, "t", *policy, "Li").ok());
  }
  std::vector<std::string> listed(std::size_t count, const std::string& surface = "home") {
    return ids(answer("/v1/recommend", {{"user", "u0"}, {"count", count}, {"surface", surface}}));
  }
};

TEST_F(PolicyServed, WhatIsPinnedStandsAtItsPlaceAtOnce) {
  const std::vector<std::string> before = listed(5);
  say(R"({"pin":[{"item":"bread-9","position":2,"surface":"home"},{"item":"tea-0"},{"item":"no-such"}]})");
  const std::vector<std::string> after = listed(5);
  ASSERT_EQ(after.size(), 5U);
  EXPECT_EQ(after[1], "bread-9");
  EXPECT_EQ(after[0], before[0]) << "tea-0 was touched: it is in no list";
  EXPECT_EQ(listed(5, "cart"), before) << "of another surface";
  EXPECT_EQ(listed(1), std::vector<std::string>{before[0]}) << "the list ends before its place";
  ASSERT_TRUE(hide_item(*store_, clock_, "t", "bread-9").value());
  EXPECT_THAT(listed(5), Not(Contains("bread-9")));
}

TEST_F(PolicyServed, WhatIsBlockedIsInNoListAndBuriedGivesWay) {
  say(R"({"blocked_tags":["tea"]})");
  EXPECT_THAT(listed(20), Each(StartsWith("bread-")));
  say(R"({"blocked_words":["a TEA"]})");
  EXPECT_THAT(listed(20), Each(StartsWith("bread-")));
  EXPECT_EQ(answer("/v1/recommend/rerank", {{"user", "u0"}, {"items", {"tea-8", "bread-1"}}}).at("left_out"),
            Json{"tea-8"});
  say(R"({"lift":{"tea":-1}})");
  EXPECT_THAT(listed(1), Each(StartsWith("bread-")));
  say(R"({"lift":{"bread":1}})");
  EXPECT_THAT(listed(1), Each(StartsWith("bread-")));
  say("{}");
  EXPECT_EQ(listed(20).size(), 15U) << "all but what was touched";
}

TEST_F(PolicyServed, CapsHoldEvenWhereThatLeavesAListShort) {
  say(R"({"caps":{"maker:*":2}})");
  const Json list = answer("/v1/recommend", {{"user", "u0"}, {"count", 10}});
  int of_maker[2] = {0, 0};
  for (const std::string& id : ids(list)) ++of_maker[(id.back() - '0') % 2];
  EXPECT_EQ(of_maker[0], 2);
  EXPECT_EQ(of_maker[1], 2);
  say(R"({"caps":{"bread":1}})");
  const std::vector<std::string> found = listed(20);
  EXPECT_EQ(std::count_if(found.begin(), found.end(), [](const std::string& id) { return id.starts_with("bread"); }),
            1);
}

TEST_F(PolicyServed, WhatIsUnnamedIsNoReason) {
  const auto because = [&] {
    int named = 0;
    const Json list = answer("/v1/recommend", {{"user", "u0"}});
    for (const Json& one : list.at("items")) named += one.at("reason").at("kind") == "because_of" ? 1 : 0;
    return named;
  };
  EXPECT_GT(because(), 0);
  say(R"({"unnamed_tags":["tea"]})");
  EXPECT_EQ(because(), 0);
}

TEST(Policy, FreshnessHalvesByAge) {
  const Policy policy{.half_life_days = 10.0};
  const Collection collection;
  const PolicyView view(policy, collection);
  EXPECT_DOUBLE_EQ(view.freshness(0.0), 1.0);
  EXPECT_DOUBLE_EQ(view.freshness(10.0), 0.5);
  EXPECT_DOUBLE_EQ(view.freshness(20.0), 0.25);
  EXPECT_DOUBLE_EQ(PolicyView(Policy{}, collection).freshness(1000.0), 1.0);
}

}  // namespace
}  // namespace yupu::recommend
