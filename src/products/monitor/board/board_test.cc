// The monitor's pages: what they are given and what people do there, without sockets.
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "http/testing.h"
#include "products/monitor/alarms/alarms.h"
#include "products/monitor/alarms/watch.h"
#include "products/monitor/board/routes.h"
#include "products/monitor/board/testing.h"
#include "products/monitor/documents/intake.h"
#include "products/monitor/judgements/judgements.h"
#include "products/monitor/sentiment/rescore.h"
#include "products/monitor/sentiment/scoring.h"
#include "products/monitor/sentiment/testing.h"

namespace yupu::monitor {
namespace {

constexpr std::int64_t kBegin = 20'000 * kDayNs;

class Board : public ::testing::Test {
 protected:
  void SetUp() override {
    store_ = store::open_store("sqlite::memory:").value();
    news_ = std::make_unique<News>(*store_, "m");
    routes_ = std::make_unique<BoardRoutes>(*store_, clock_, "m", topics_, rules_, *news_,
                                            [](const http::Request& request) -> Result<std::string> {
                                              const std::string_view who = request.headers.get("x-who");
                                              if (who.empty()) return Status(Code::kUnauthenticated, "who?");
                                              return std::string(who);
                                            });
    routes_->add_routes(router_);
    rules_["tea"].absolute_limit = 5;
    rules_["青山"];
  }
  http::Response call(const std::string& method, const std::string& path, std::map<std::string, std::string> query = {},
                      const std::string& body = {}, const std::string& who = "Li") {
    http::Request request;
    request.method = method;
    request.path = path;
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
  std::string refused(const http::Response& response) {
    return std::to_string(response.status) + " " + parse_json(response.body)->value("field", "");
  }
  // Documents of now, scored.
  void say(const std::string& text, int count) {
    Batch batch = feed_.next(topics_, text, std::nullopt, count, clock_.now_ns());
    ASSERT_TRUE(score_documents(batch.documents, topics_, scorer_).ok());
    ASSERT_TRUE(take_batch(*store_, "m", batch, {}).ok());
  }
  void look() { ASSERT_TRUE(monitor::look(*store_, "m", rules_, clock_.now_ns()).ok()); }
  // Quiet, and then six negatives that fire the user's own limit.
  std::string crisis() {
    say("tea is drunk", 1);
    clock_.advance_ns(2 * kHourNs);
    look();
    clock_.advance_ns(kMinuteNs);
    say("tea brings a loss", 6);
    clock_.advance_ns(5 * kMinuteNs);
    look();
    return list_alarms(*store_, "m", 1)->front().alarm;
  }

  const TopicDictionary topics_ = TopicDictionary::create({{"tea", {}}, {"青山", {}}}).value();
  FakeClock clock_{kBegin};
  std::unique_ptr<store::Store> store_;
  testing::WordScorer scorer_{"rel_1", {"loss"}, {"profit"}};
  TopicRules rules_;
  std::unique_ptr<News> news_;
  std::unique_ptr<BoardRoutes> routes_;
  http::Router router_;
  testing::Feed feed_;
};

TEST_F(Board, WhatItShowsIsWhatIsCounted) {
  ASSERT_TRUE(rescore_some(*store_, "m", topics_, scorer_, 10, kBegin).ok());  // rel_1 counts
  const std::string alarm = crisis();
  const Json overview = get("/v1/monitor", {{"hours", "24"}});
  EXPECT_EQ(overview.at("person"), "Li");
  EXPECT_EQ(overview.at("model").at("release"), "rel_1");
  const Json& tea = overview.at("topics").at(0);
  EXPECT_EQ(tea.at("state"), "firing");
  EXPECT_EQ(tea.at("total"), 7);
  EXPECT_EQ(tea.at("negative"), 6);
  EXPECT_EQ(overview.at("topics").at(1).at("state"), "learning");

  const Json series = get("/v1/monitor/series", {{"topic", "tea"}, {"hours", "6"}, {"step_minutes", "7"}});
  EXPECT_EQ(series.at("step_minutes"), 10);  // whole buckets
  std::int64_t total = 0, negative = 0;
  for (const Json& point : series.at("points")) {
    total += point.at("total").get<std::int64_t>();
    negative += point.at("negative").get<std::int64_t>();
  }
  EXPECT_EQ(total, 7);
  EXPECT_EQ(negative, 6);
  EXPECT_GE(series.at("points").size(), 36u);  // those without a document too
  EXPECT_EQ(series.at("alarms").at(0).at("alarm"), alarm);
  EXPECT_TRUE(series.at("alarms").at(0).at("firing").get<bool>());
  ASSERT_EQ(series.at("models").size(), 1u);
  EXPECT_EQ(series.at("models").at(0).at("detail"), "rel_1");

  const Json documents = get("/v1/monitor/documents", {{"topic", "tea"}, {"sentiment", "negative"}, {"limit", "4"}});
  ASSERT_EQ(documents.at("documents").size(), 4u);
  const Json& newest = documents.at("documents").at(0);
  EXPECT_EQ(newest.at("title"), "7 tea brings a loss 7");
  EXPECT_EQ(newest.at("score").at("release"), "rel_1");
  EXPECT_EQ(newest.at("story_publishers"), 1);
  EXPECT_NEAR(newest.at("score").at("negative").get<double>(), 1.0, 1e-9);
  EXPECT_EQ(get("/v1/monitor/documents", {{"topic", "tea"}, {"to", "2020-01-01T00:00:00Z"}}).at("documents").size(),
            0u);

  const Json evidence = get("/v1/monitor/alarms/" + alarm);
  EXPECT_EQ(evidence.at("explanation").at("negative"), 6);
  EXPECT_EQ(evidence.at("documents").size(), 6u);
  EXPECT_EQ(evidence.at("terms").at("documents"), 6);
  EXPECT_EQ(evidence.at("terms").at("before"), 1);
  EXPECT_EQ(get("/v1/monitor/alarms").at("alarms").size(), 1u);
  EXPECT_EQ(get("/v1/monitor/sources").at("sources").at(0).at("outcome"), "new");
}

TEST_F(Board, PeopleActUnderTheirName) {
  const std::string alarm = crisis();
  const std::string path = "/v1/monitor/alarms/" + alarm + "/acknowledge";
  EXPECT_EQ(call("POST", path, {}, R"({"note": "calling"})").status, 200);
  EXPECT_EQ(refused(call("POST", path, {}, "{}", "Wu")), "409 ");
  EXPECT_EQ(get("/v1/monitor/alarms").at("alarms").at(0).at("acknowledged_by"), "Li");
  const http::Response made = call("POST", "/v1/monitor/silences", {}, R"({"topic": "tea", "minutes": 60})", "Wu");
  ASSERT_EQ(made.status, 200) << made.body;
  EXPECT_TRUE(get("/v1/monitor").at("topics").at(0).at("silenced").get<bool>());
  const std::string id = parse_json(made.body)->at("silence").get<std::string>();
  EXPECT_EQ(call("POST", "/v1/monitor/silences/" + id + "/end").status, 200);
  EXPECT_FALSE(get("/v1/monitor").at("topics").at(0).at("silenced").get<bool>());
  std::string log;
  const Json audit = get("/v1/monitor/audit", {{"limit", "3"}});
  for (const Json& entry : audit.at("audit"))
    log += entry.at("event").get<std::string>() + " " + entry.at("who").get<std::string>() + "; ";
  EXPECT_EQ(log, "silence_ended Li; silenced Wu; acknowledged Li; ");
}

TEST_F(Board, PointsHaveTheBandTheDetectionExpects) {
  EXPECT_FALSE(get("/v1/monitor/series", {{"topic", "tea"}}).at("points").at(0).contains("high"));  // nobody has looked
  // Nine days, an hour apart two documents, one of them negative.
  for (int hour = 0; hour < 9 * 24; ++hour) {
    say("tea brings a loss", 1);
    say("tea is drunk", 1);
    clock_.advance_ns(kHourNs);
    look();
  }
  const Json points =
      get("/v1/monitor/series", {{"topic", "tea"}, {"hours", "24"}, {"step_minutes", "60"}}).at("points");
  ASSERT_EQ(points.size(), 25u);
  for (const Json& point : points) {
    ASSERT_TRUE(point.contains("high")) << point;
    EXPECT_LE(point.at("low").get<std::int64_t>(), 1);
    EXPECT_GE(point.at("high").get<std::int64_t>(), 1);
    EXPECT_LE(point.at("high").get<std::int64_t>(), 6);
  }
  // No references yet on the first day; one that is learning has none at all.
  EXPECT_FALSE(get("/v1/monitor/series", {{"topic", "tea"}, {"hours", "210"}, {"step_minutes", "60"}})
                   .at("points")
                   .at(3)
                   .contains("high"));
}

TEST_F(Board, JudgementsAreRowsAndAPrecisionAndChangeNoCount) {
  ASSERT_TRUE(rescore_some(*store_, "m", topics_, scorer_, 10, kBegin).ok());  // rel_1 counts
  const std::string alarm = crisis();
  const auto newest = [&] {
    return get("/v1/monitor/documents", {{"topic", "tea"}, {"limit", "1"}}).at("documents").at(0);
  };
  const std::string path =
      "/v1/monitor/documents/" + std::to_string(newest().at("id").get<std::int64_t>()) + "/judgement";
  const std::string verdict = R"({"topic": "tea", "sentiment": "neutral"})";
  ASSERT_EQ(call("POST", path, {}, R"({"topic": "tea", "sentiment": "positive"})").status, 200);
  ASSERT_EQ(call("POST", path, {}, verdict, "Wu, \"the boss\"").status, 200);
  EXPECT_EQ(newest().at("judged").at("sentiment"), "neutral");
  EXPECT_EQ(newest().at("sentiment"), "negative");  // as it was counted
  EXPECT_EQ(get("/v1/monitor").at("topics").at(0).at("negative"), 6);
  const auto rows = document_judgements(*store_, "m", 10).value();
  ASSERT_EQ(rows.size(), 1u);
  EXPECT_EQ(csv_of(rows),
            "text,label,topic,counted,release,judged_by,judged\n7 tea brings a loss 7,neutral,tea,negative,rel_1,"
            "\"Wu, \"\"the boss\"\"\"," +
                format_utc(clock_.now_ns()) + "\n");

  EXPECT_TRUE(get("/v1/monitor/alarms").at("precision").at("precision").is_null());
  const std::string of_alarm = "/v1/monitor/alarms/" + alarm + "/judgement";
  ASSERT_EQ(call("POST", of_alarm, {}, R"({"justified": false, "note": "an old story"})").status, 200);
  EXPECT_EQ(get("/v1/monitor/alarms").at("precision").at("precision"), 0.0);
  ASSERT_EQ(call("POST", of_alarm, {}, R"({"justified": true})", "Wu").status, 200);
  EXPECT_EQ(get("/v1/monitor/alarms").at("precision").at("precision"), 1.0);
  EXPECT_EQ(get("/v1/monitor/alarms/" + alarm).at("judged").at("judged_by"), "Wu");
  EXPECT_EQ(get("/v1/monitor/audit", {{"limit", "4"}}).at("audit").at(3).at("detail"),
            "document 7: positive, counted as negative");

  EXPECT_EQ(refused(call("POST", path, {}, R"({"topic": "tea"})")), "400 sentiment");
  EXPECT_EQ(refused(call("POST", path, {}, R"({"sentiment": "neutral"})")), "400 topic");
  EXPECT_EQ(call("POST", path, {}, R"({"topic": "青山", "sentiment": "neutral"})").status, 404);
  EXPECT_EQ(call("POST", "/v1/monitor/documents/x/judgement", {}, verdict).status, 404);
  EXPECT_EQ(refused(call("POST", of_alarm, {}, "{}")), "400 justified");
  EXPECT_EQ(call("POST", "/v1/monitor/alarms/tea@1/judgement", {}, R"({"justified": true})").status, 404);
  EXPECT_EQ(call("POST", path, {}, verdict, "").status, 401);
}

TEST_F(Board, WhatIsWrongIsSaid) {
  EXPECT_EQ(call("GET", "/v1/monitor", {}, "", "").status, 401);
  EXPECT_EQ(call("GET", "/v1/monitor/events", {}, "", "").status, 401);
  EXPECT_EQ(refused(call("GET", "/v1/monitor", {{"hours", "0"}})), "400 hours");
  EXPECT_EQ(refused(call("GET", "/v1/monitor/series")), "400 topic");
  EXPECT_EQ(refused(call("GET", "/v1/monitor/series", {{"topic", "coffee"}})), "404 topic");
  EXPECT_EQ(refused(call("GET", "/v1/monitor/documents", {{"topic", "tea"}, {"from", "yesterday"}})), "400 from");
  EXPECT_EQ(refused(call("GET", "/v1/monitor/documents", {{"topic", "tea"}, {"sentiment", "sad"}})), "400 sentiment");
  EXPECT_EQ(call("GET", "/v1/monitor/alarms/tea@1").status, 404);
  EXPECT_EQ(call("POST", "/v1/monitor/alarms/tea@1/acknowledge", {}, "{}").status, 404);
  EXPECT_EQ(refused(call("POST", "/v1/monitor/silences", {}, R"({"topic": "tea"})")), "400 minutes");
  EXPECT_EQ(refused(call("POST", "/v1/monitor/silences", {}, R"({"minutes": 43201})")), "400 minutes");
  EXPECT_EQ(refused(call("POST", "/v1/monitor/silences", {}, R"({"minutes": 5, "topic": "coffee"})")), "404 topic");
  EXPECT_EQ(refused(call("POST", "/v1/monitor/silences", {}, R"({"minuets": 5})")), "400 minuets");
  EXPECT_EQ(call("POST", "/v1/monitor/silences/sil_x/end").status, 404);
}

TEST_F(Board, AStreamHearsOfEveryChangeOnce) {
  const http::Response response = call("GET", "/v1/monitor/events");
  ASSERT_NE(response.stream, nullptr);
  const auto heard = [&] {
    EXPECT_TRUE(news_->look().ok());
    return http::testing::StreamReader::take(*response.stream);
  };
  EXPECT_NE(heard().find("event: hello"), std::string::npos);
  EXPECT_EQ(heard(), "");
  say("tea is drunk", 1);
  const std::string changed = heard();
  EXPECT_NE(changed.find("event: changed"), std::string::npos) << changed;
  EXPECT_NE(changed.find(R"("topics":["tea"])"), std::string::npos) << changed;
  EXPECT_EQ(heard(), "");
  EXPECT_EQ(call("POST", "/v1/monitor/silences", {}, R"({"minutes": 5, "topic": "青山"})").status, 200);
  EXPECT_NE(heard().find("青山"), std::string::npos);
}

TEST_F(Board, WhatTheModelIsUnsureOfIsAskedOfPeople) {
  ASSERT_TRUE(rescore_some(*store_, "m", topics_, scorer_, 10, kBegin).ok());
  say("tea brings a loss", 1);
  say("tea brings a loss and a profit", 2);
  say("青山 has a profit and a loss", 1);
  const auto asked = [&](std::map<std::string, std::string> query = {}) {
    return get("/v1/monitor/unsure", std::move(query)).at("documents");
  };
  const Json all = asked();
  ASSERT_EQ(all.size(), 3u);
  EXPECT_EQ(all.at(0).at("topic"), "tea");
  EXPECT_EQ(all.at(2).at("topic"), "青山");
  EXPECT_NEAR(all.at(0).at("score").at("negative").get<double>(), 0.5, 1e-9);
  EXPECT_EQ(asked({{"limit", "2"}}).size(), 2u);
  const Json tea = asked({{"topic", "tea"}});
  ASSERT_EQ(tea.size(), 2u);
  const std::string id = std::to_string(tea.at(0).at("id").get<std::int64_t>());
  ASSERT_EQ(
      call("POST", "/v1/monitor/documents/" + id + "/judgement", {}, R"({"topic":"tea","sentiment":"neutral"})").status,
      200);
  EXPECT_EQ(asked({{"topic", "tea"}}).size(), 1u) << "it has been judged";
  clock_.advance_ns(8 * kDayNs);
  EXPECT_EQ(asked().size(), 0u);
  EXPECT_EQ(asked({{"days", "9"}}).size(), 2u);
  EXPECT_EQ(refused(call("GET", "/v1/monitor/unsure", {{"topic", "coffee"}})), "404 topic");
  EXPECT_EQ(refused(call("GET", "/v1/monitor/unsure", {{"days", "0"}})), "400 days");
  EXPECT_EQ(refused(call("GET", "/v1/monitor/drift", {{"limit", "x"}})), "400 limit");
  EXPECT_EQ(get("/v1/monitor/drift").at("weeks").size(), 0u);
  EXPECT_EQ(call("GET", "/v1/monitor/drift", {}, {}, "").status, 401);
}

}  // namespace
}  // namespace yupu::monitor
