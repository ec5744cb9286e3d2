// The pages of recommendation: what they are given and what people do there, without sockets.
#include <memory>

#include <gtest/gtest.h>

#include "products/recommend/event_intake.h"
#include "products/recommend/event_store.h"
#include "products/recommend/serve/board_routes.h"
#include "products/recommend/serve/retraining.h"
#include "products/recommend/testing.h"
#include "store/store.h"
#include "store/testing.h"

namespace yupu::recommend {
namespace {

constexpr std::int64_t kMinuteNs = 60'000'000'000;

class BoardTest : public ::testing::Test {
 protected:
  void SetUp() override {
    store_ = store::open_store(yupu::testing::fresh_url()).value();
    std::vector<Item> items;
    for (const char* id : {"tea-1", "tea-2", "tea-3", "bread-1"})
      items.push_back(testing::item(id, "A " + std::string(id)));
    items[3].title = "青山 Bread";
    items[2].created_ns =
        clock_.now_ns() - testing::kDayNs;  // new: nobody has touched it, and it has a place all the same
    ASSERT_TRUE(import_items(*store_, clock_, "t", items).ok());
    std::vector<Event> events;
    for (const char* user : {"Ann", "Bo"}) {
      for (const char* item : {"tea-1", "tea-2"})
        events.push_back(testing::event(user, item, clock_.now_ns() - 60 * kMinuteNs * (user[0] == 'A' ? 2 : 3)));
    }
    events.push_back(testing::event("Ann", "tea-1", clock_.now_ns() - 50 * kMinuteNs, tasks::BehaviourKind::kBuy));
    ASSERT_TRUE(import_events(*store_, clock_, "t", events).ok());
    shops_ = std::make_unique<Shops>(*store_, clock_);
    routes_ = std::make_unique<BoardRoutes>(
        *store_, clock_, *shops_, [](const http::Request& request) -> Result<BoardRoutes::Person> {
          const std::string_view who = request.headers.get("x-who");
          if (who.empty()) return Status(Code::kUnauthenticated, "who?");
          return BoardRoutes::Person{.tenant_id = "t", .name = std::string(who), .is_manager = who != "Desk"};
        });
    routes_->add_routes(router_);
  }
  http::Response call(const std::string& method, const std::string& path, std::map<std::string, std::string> query = {},
                      const std::string& body = {}, const std::string& who = "Li") {
    http::Request request;
    request.method = method;
    request.path = "/v1/recommend/" + path;
    request.query = std::move(query);
    request.body = body;
    request.request_id = "req_1";
    if (!who.empty()) request.headers.add("x-who", who);
    return router_.dispatch(request);
  }
  Json get(const std::string& path, std::map<std::string, std::string> query = {}) {
    const http::Response response = call("GET", path, std::move(query));
    EXPECT_EQ(response.status, 200) << response.body;
    return parse_json(response.body).value();
  }
  static std::string refused(const http::Response& response) {
    return std::to_string(response.status) + " " + parse_json(response.body)->value("field", "");
  }

  FakeClock clock_{testing::kBeginNs + 100 * testing::kDayNs};
  std::unique_ptr<store::Store> store_;
  std::unique_ptr<Shops> shops_;
  std::unique_ptr<BoardRoutes> routes_;
  http::Router router_;
};

TEST_F(BoardTest, ItemsAndUsersAreFoundAndHidden) {
  EXPECT_EQ(get("board"),
            (Json{{"person", "Li"}, {"manager", true}, {"items", 4}, {"users", 2}, {"events", 5}, {"live", ""}}));
  const Json items = get("items", {{"words", "TEA"}, {"limit", "2"}});
  EXPECT_EQ(items.at("found"), 3);
  ASSERT_EQ(items.at("items").size(), 2U);
  EXPECT_EQ(items.at("items").at(0).at("users"), 2);
  EXPECT_EQ(get("items", {{"words", "青山"}}).at("items").at(0).at("id"), "bread-1");
  EXPECT_EQ(get("items", {{"words", "nothing"}}).at("found"), 0);
  EXPECT_EQ(get("users", {{"words", "an"}}).at("users").at(0).at("events"), 3);
  const Json history = get("users/history", {{"user", "Ann"}, {"limit", "1"}});
  ASSERT_EQ(history.at("events").size(), 1U);
  EXPECT_EQ(history.at("events").at(0).at("kind"), "buy");

  const std::string body = R"({"user": "Ann", "count": 5})";
  const auto shown = [&] {
    std::string ids;
    const http::Response response = call("POST", "preview", {}, body);
    EXPECT_EQ(response.status, 200) << response.body;
    const Json list = parse_json(response.body).value();
    for (const Json& item : list.at("items")) ids += item.at("id").get<std::string>() + " ";
    return ids;
  };
  EXPECT_NE(shown().find("tea-3"), std::string::npos) << shown();
  EXPECT_EQ(call("POST", "items/hide", {}, R"({"item": "tea-3", "hidden": true})").status, 200);
  EXPECT_EQ(shown().find("tea-3"), std::string::npos);
  EXPECT_TRUE(get("items", {{"words", "tea-3"}}).at("items").at(0).at("hidden").get<bool>());
  EXPECT_EQ(call("POST", "items/hide", {}, R"({"item": "tea-3"})").status, 200);
  EXPECT_NE(shown().find("tea-3"), std::string::npos);
  EXPECT_EQ(get("metrics").at("clicked").at("lists"), 0) << "a preview is no list that was given";
}

TEST_F(BoardTest, ReleasesAreShownAndGoneBackFrom) {
  std::vector<Release> kept;
  for (const double lambda : {100.0, 300.0}) {
    Release release;
    release.settings["lambda"] = lambda;
    release.received_until_ns = release.made_ns = clock_.now_ns();
    kept.push_back(keep_release(*store_, "t", release).value());
    ASSERT_TRUE(promote(*store_, "t", kept.back(), "better", clock_.now_ns()).ok());
    clock_.advance_ns(kMinuteNs);
  }
  EXPECT_EQ(get("releases").at("live"), kept[1].id);
  EXPECT_EQ(get("board").at("live"), kept[1].id);
  EXPECT_EQ(call("POST", "rollback", {}, "{}", "Desk").status, 403) << "a manager decides what serves";
  const http::Response back = call("POST", "rollback", {}, R"({"reason": "worse"})");
  ASSERT_EQ(back.status, 200) << back.body;
  const Json told = get("releases");
  EXPECT_EQ(told.at("live"), kept[0].id);
  EXPECT_EQ(told.at("changes").at(0).at("reason"), "Li: worse");
  EXPECT_EQ(told.at("releases").size(), 2U);
}

TEST_F(BoardTest, RulesAreShownAndPutByManagersAlone) {
  EXPECT_EQ(get("rules").at("pin"), Json::array());
  const std::string rules = R"({"pin": [{"item": "bread-1"}], "blocked_tags": ["x"]})";
  EXPECT_EQ(call("POST", "rules", {}, rules, "Desk").status, 403);
  const http::Response put = call("POST", "rules", {}, rules);
  ASSERT_EQ(put.status, 200) << put.body;
  EXPECT_EQ(get("rules").at("blocked_tags"), Json{"x"});
  const http::Response shown = call("POST", "preview", {}, R"({"user": "Ann"})");
  EXPECT_EQ(parse_json(shown.body)->at("items").at(0).at("flags").at(0), "pinned") << shown.body;
  EXPECT_EQ(refused(call("POST", "rules", {}, R"({"caps": {"x": 0}})")), "400 caps.x");
}

TEST_F(BoardTest, HealthCountsWhatBecameOfListsAndWhatIsMissing) {
  GivenList list{.id = "i1", .user = "Ann", .surface = {}, .time_ns = clock_.now_ns() - 20 * kMinuteNs};
  list.shown = {"tea-2"};
  ASSERT_TRUE(keep_list(*store_, "t", list).ok());
  list.id = "i2";
  list.user = "Bo";
  ASSERT_TRUE(keep_list(*store_, "t", list).ok());
  std::vector<Event> events = {
      testing::event("Ann", "tea-2", clock_.now_ns() - 10 * kMinuteNs, tasks::BehaviourKind::kShare),
      testing::event("Bo", "unheard-of", clock_.now_ns() - 20 * testing::kDayNs)};
  events[0].impression = "i1";
  ASSERT_TRUE(import_events(*store_, clock_, "t", events).ok());
  const Json told = get("health", {{"days", "30"}});
  std::string funnel;
  for (const Json& step : told.at("funnel"))
    funnel += step.at("step").get<std::string>() + " " + to_text(step.at("lists")) + " ";
  EXPECT_EQ(funnel, "given 2 click 1 comment 1 share 1 buy 0 ");
  const Json& record = told.at("record");
  EXPECT_EQ(record.at("items"), 5);
  EXPECT_EQ(record.at("without_title"), 1) << "an event alone names it";
  EXPECT_EQ(record.at("without_text"), 4);
  EXPECT_EQ(record.at("without_tags"), 4);
  EXPECT_EQ(record.at("untouched"), 2);
  EXPECT_EQ(record.at("same_title"), 0);
  EXPECT_EQ(told.at("events"), (Json{{"events", 7}, {"late", 1}, {"of_a_list", 1}}));
  EXPECT_GT(told.at("drift").at("kinds").get<double>(), 0.0);
  EXPECT_GT(told.at("drift").at("new_items").get<double>(), 0.9)
      << "of the week's events none is of what was touched before";
  EXPECT_TRUE(told.at("cost").empty());
  EXPECT_TRUE(told.at("sources").empty());
  const EventBatch read{.source = "kafka:clicks",
                        .position_before = {},
                        .position = "1",
                        .refusals = {{.reason = "kind", .where = "partition 0, offset 7"}}};
  ASSERT_TRUE(take_events(*store_, clock_, "t", read).ok());
  const Json source = get("health").at("sources").at(0);
  EXPECT_EQ(source.at("source"), "kafka:clicks");
  EXPECT_EQ(source.at("outcomes").at(0).at("outcome"), "refused_kind");
  EXPECT_EQ(source.at("outcomes").at(0).at("detail"), "partition 0, offset 7");
  EXPECT_EQ(refused(call("GET", "health", {{"days", "0"}})), "400 days");
}

TEST_F(BoardTest, WhatIsWrongIsSaid) {
  EXPECT_EQ(call("GET", "board", {}, "", "").status, 401);
  EXPECT_EQ(call("POST", "rollback", {}, "{}").status, 404);
  EXPECT_EQ(refused(call("GET", "items", {{"limit", "0"}})), "400 limit");
  EXPECT_EQ(refused(call("GET", "metrics", {{"days", "401"}})), "400 days");
  EXPECT_EQ(refused(call("GET", "users/history")), "400 user");
  EXPECT_EQ(refused(call("GET", "users/history", {{"user", "nobody"}})), "404 user");
  EXPECT_EQ(refused(call("POST", "items/hide", {}, "{}")), "400 item");
  EXPECT_EQ(refused(call("POST", "items/hide", {}, R"({"item": "a", "hidden": 1})")), "400 hidden");
  EXPECT_EQ(refused(call("POST", "preview", {}, R"({"user": "Ann", "count": 0})")), "400 count");
}

}  // namespace
}  // namespace yupu::recommend
