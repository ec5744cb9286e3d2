#include "console/overview.h"

#include <gtest/gtest.h>

#include "console/routes.h"
#include "store/testing.h"

namespace yupu::console {
namespace {

constexpr std::int64_t kDayNs = 86'400'000'000'000;
constexpr std::int64_t kNow = 20'784 * kDayNs;  // 2026-11-27, 08:00 in the shop

class OverviewTest : public ::testing::Test {
 protected:
  void SetUp() override { store_ = std::move(store::open_store(yupu::testing::fresh_url())).value(); }
  void write(const std::string& sql, const std::vector<store::Value>& values) {
    const Status written = store_->write([&](store::Transaction& transaction) {
      return transaction.execute(sql, std::span<const store::Value>(values)).status();
    });
    ASSERT_TRUE(written.ok()) << written.to_string();
  }
  // A visitor's message and its answer.
  void call(const std::string& conversation, const std::string& decision, std::int64_t at_ns,
            const std::string& tenant = "t_1") {
    const std::string trace = "tr_" + std::to_string(++trace_count_);
    write(
        "INSERT INTO trace (trace_id, tenant_id, route, model, release_id, text, decision, label, score, body, "
        "created_ns) VALUES (?, ?, '/v1/answer', 'shop', 'r', 'x', ?, 'hours', 0.5, '{}', ?)",
        {trace, tenant, decision, at_ns});
    write(
        "INSERT INTO message (tenant_id, conversation_id, sequence, author, text, trace_id, created_ns) VALUES (?, ?, "
        "?, 'visitor', 'x', ?, ?)",
        {tenant, conversation, std::int64_t{trace_count_}, trace, at_ns});
  }
  std::unique_ptr<store::Store> store_;
  int trace_count_ = 0;
};

TEST_F(OverviewTest, TotalsAreTheRecords) {
  call("a", "answer", kNow);
  call("a", "refuse", kNow - 9 * 3'600'000'000'000);  // yesterday by the shop's clocks
  call("b", "clarify", kNow);
  call("b", "handoff", kNow);
  call("b", "handoff", kNow);
  call("c", "answer", kNow - 3 * kDayNs);
  call("d", "answer", kNow - 10 * kDayNs);  // before
  call("e", "answer", kNow, "t_2");         // another's
  write(
      "INSERT INTO feedback (id, tenant_id, trace_id, rating, reason, created_ns) VALUES ('f1', 't_1', 'tr_1', 1, '', "
      "1)",
      {});
  write(
      "INSERT INTO feedback (id, tenant_id, trace_id, rating, reason, created_ns) VALUES ('f2', 't_1', 'tr_1', -1, '', "
      "2)",
      {});
  write(
      "INSERT INTO handover (conversation_id, tenant_id, intent, lang, queued_ns, agent_id) VALUES ('b', 't_1', '', "
      "'', "
      "1, NULL)",
      {});
  const auto json = overview(*store_, "t_1", {.now_ns = kNow, .days = 7});
  ASSERT_TRUE(json.ok()) << json.status().to_string();
  EXPECT_EQ(json->at("messages"), 6);
  EXPECT_EQ(json->at("decisions"), (Json{{"answer", 2}, {"clarify", 1}, {"refuse", 1}, {"handoff", 2}}));
  EXPECT_EQ(json->at("conversations"), 3);
  EXPECT_EQ(json->at("handed_over"), 1);
  EXPECT_EQ(json->at("resolved"), 2);
  EXPECT_EQ(json->at("waiting"), 1);
  EXPECT_EQ(json->at("with_people"), 0);
  EXPECT_EQ(json->at("up"), 0);
  EXPECT_EQ(json->at("down"), 1);
  const Json& days = json->at("days");
  ASSERT_EQ(days.size(), 7U);
  EXPECT_EQ(days[6], (Json{{"day", "2026-11-27"}, {"messages", 4}, {"refuse", 0}, {"handoff", 2}}));
  EXPECT_EQ(days[5], (Json{{"day", "2026-11-26"}, {"messages", 1}, {"refuse", 1}, {"handoff", 0}}));
  EXPECT_EQ(days[3].at("messages"), 1);
  std::int64_t sum = 0;
  for (const Json& day : days) sum += day.at("messages").get<std::int64_t>();
  EXPECT_EQ(sum, 6);
}

TEST_F(OverviewTest, RoutesAskWhoItIs) {
  FakeClock clock(kNow);
  Sources sources;
  sources.door = [](const http::Request& request) -> Result<handoff::Person> {
    if (request.headers.get("x-tenant").empty()) return Status(Code::kUnauthenticated, "who?");
    return handoff::Person{.tenant_id = std::string(request.headers.get("x-tenant"))};
  };
  sources.conversations = [](const std::string&, const std::string& said, std::int64_t limit) -> Result<Json> {
    return Json::array({limit, said});
  };
  http::Router router;
  add_routes(router, *store_, clock, sources);
  http::Request request;
  request.method = "GET";
  request.path = "/v1/console/overview";
  EXPECT_EQ(router.dispatch(request).status, 401);
  request.headers.add("x-tenant", "t_1");
  EXPECT_EQ(parse_json(router.dispatch(request).body)->at("messages"), 0);
  request.query["days"] = "91";
  EXPECT_EQ(router.dispatch(request).status, 400);
  request.path = "/v1/console/conversations";
  EXPECT_EQ(parse_json(router.dispatch(request).body)->at("conversations"), (Json{100, ""}));
  request.query["said"] = "红包";
  EXPECT_EQ(parse_json(router.dispatch(request).body)->at("conversations"), (Json{100, "红包"}));
}

}  // namespace
}  // namespace yupu::console
