#include "feedback/misses/settle.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "feedback/misses/mining.h"
#include "feedback/misses/miss_routes.h"
#include "feedback/misses/testing.h"

namespace yupu::feedback {
namespace {

using ::testing::ElementsAre;
using ::testing::UnorderedElementsAre;

class SettleTest : public testing::MissFixture {
 protected:
  void SetUp() override { make_live(); }
  MissChoice choice(std::vector<std::string> traces, const std::string& tenant = "t1") {
    return {.tenant_id = tenant, .model = "shop", .trace_ids = std::move(traces), .settled_by = "agent_1"};
  }
  Status accept(const MissChoice& chosen, const std::string& label, bool is_new = false) {
    return accept_misses(*store_, clock_, chosen, {.label = label, .is_new = is_new}).status();
  }
  std::vector<std::vector<std::string>> clusters() {
    std::vector<std::vector<std::string>> all;
    const MinedMisses mined = mine_misses(*store_, {.tenant_id = "t1", .model = "shop"}).value();
    for (const MissCluster& cluster : mined.clusters) all.push_back(cluster.trace_ids());
    return all;
  }
  std::vector<std::pair<std::string, std::string>> rows_to_learn() {
    std::vector<std::pair<std::string, std::string>> rows;
    const std::vector<handoff::Row> learned = corrections(*store_, {.model = "shop"}).value();
    for (const handoff::Row& row : learned) rows.emplace_back(row.text, row.label);
    return rows;
  }
};

TEST_F(SettleTest, AcceptedMissesAreLearnedFrom) {
  const std::string cups = call({.text = "do you sell cups"});
  const std::string mugs = call({.text = "do you sell big cups"});
  EXPECT_EQ(accept_misses(*store_, clock_, choice({cups, mugs}), {.label = "order"}).value(), 2);
  EXPECT_THAT(rows_to_learn(),
              UnorderedElementsAre(std::pair<std::string, std::string>("do you sell cups", "order"),
                                   std::pair<std::string, std::string>("do you sell big cups", "order")));
  EXPECT_TRUE(clusters().empty());
  EXPECT_EQ(accept_misses(*store_, clock_, choice({cups, mugs}), {.label = "order"}).value(), 0) << "the same again";
  EXPECT_EQ(rows_to_learn().size(), 2U);
  EXPECT_EQ(accept_misses(*store_, clock_, choice({cups}), {.label = "out_of_scope"}).value(), 1);
  EXPECT_THAT(rows_to_learn(),
              ::testing::Contains(std::pair<std::string, std::string>("do you sell cups", "out_of_scope")));
}

TEST_F(SettleTest, ANewIntentIsOpenedOnce) {
  const std::string one = call({.text = "do you sell cups"});
  const std::string other = call({.text = "are there cups"});
  EXPECT_EQ(accept(choice({one}), "cups").field(), "intent");
  EXPECT_EQ(accept(choice({one}), "order", true).code(), Code::kConflict);
  for (const std::string& bad : {std::string(), std::string(" cups"), std::string("a\nb"), std::string("a  b"),
                                 std::string(129, 'x'), std::string("\xff"), std::string("out_of_scope")}) {
    EXPECT_EQ(accept(choice({one}), bad, true).field(), "intent") << bad;
  }
  EXPECT_TRUE(new_intents(*store_, "shop")->empty()) << "an error changes nothing";
  EXPECT_EQ(accept(choice({"tr_none"}), "cups", true).code(), Code::kNotFound);
  EXPECT_TRUE(new_intents(*store_, "shop")->empty());
  EXPECT_TRUE(accept(choice({one}), "cups", true).ok());
  EXPECT_EQ(accept(choice({other}), "cups", true).code(), Code::kConflict);
  EXPECT_TRUE(accept(choice({other}), "cups").ok()) << "known from then on";
  EXPECT_THAT(known_intents(*store_, "shop").value(), ElementsAre("cups", "order", "refund"));
  EXPECT_THAT(new_intents(*store_, "shop").value(), ElementsAre("cups"));
  EXPECT_TRUE(new_intents(*store_, "another")->empty());
}

TEST_F(SettleTest, IgnoredOnesAreGone) {
  const std::string spam = call({.text = "buy my pills now"});
  const std::string cups = call({.text = "do you sell cups"});
  EXPECT_EQ(ignore_misses(*store_, clock_, choice({spam})).value(), 1);
  EXPECT_EQ(ignore_misses(*store_, clock_, choice({spam})).value(), 0);
  EXPECT_THAT(clusters(), ElementsAre(ElementsAre(cups)));
  EXPECT_TRUE(rows_to_learn().empty());
  ASSERT_TRUE(accept(choice({cups}), "order").ok());
  EXPECT_EQ(ignore_misses(*store_, clock_, choice({cups})).value(), 0) << "accepted stays accepted";
  EXPECT_EQ(rows_to_learn().size(), 1U);
}

TEST_F(SettleTest, AFloodDoesNotComeBackWhenItsFirstAreSettled) {
  std::vector<std::string> flood;
  for (int i = 0; i < 20; ++i) {
    flood.push_back(call({.text = "buy my pills now " + std::to_string(i), .visitor = "mallory"}));
  }
  flood.resize(5);
  ASSERT_EQ(clusters().size(), 1U);
  EXPECT_THAT(clusters()[0], ::testing::UnorderedElementsAreArray(flood)) << "the first of the day";
  ASSERT_TRUE(accept(choice({flood[0]}), "out_of_scope").ok());
  flood.erase(flood.begin());
  ASSERT_TRUE(ignore_misses(*store_, clock_, choice(flood)).ok());
  EXPECT_TRUE(clusters().empty());
}

TEST_F(SettleTest, MergedOnesAreOneClusterFromThenOn) {
  const std::string cups = call({.text = "do you sell cups"});
  const std::string crockery = call({.text = "any crockery available"});
  const std::string parking = call({.text = "parking lot"});
  ASSERT_EQ(clusters().size(), 3U);
  EXPECT_EQ(merge_misses(*store_, clock_, choice({cups}), crockery).value(), 1);
  EXPECT_THAT(clusters(), UnorderedElementsAre(UnorderedElementsAre(cups, crockery), ElementsAre(parking)));
  EXPECT_EQ(merge_misses(*store_, clock_, choice({cups}), cups).status().field(), "into");
  EXPECT_EQ(merge_misses(*store_, clock_, choice({cups}), "tr_none").status().field(), "into");
  // A circle is no harm, and what comes later and is alike comes along.
  ASSERT_TRUE(merge_misses(*store_, clock_, choice({crockery}), cups).ok());
  const std::string later = call({.text = "do you sell cups"});
  EXPECT_THAT(clusters(), UnorderedElementsAre(UnorderedElementsAre(cups, crockery, later), ElementsAre(parking)));
}

TEST_F(SettleTest, WhatIsNotTheirsLooksLikeNothing) {
  const std::string theirs = call({.text = "secret", .tenant = "t2"});
  for (const auto& refused :
       {accept(choice({theirs}), "order"), ignore_misses(*store_, clock_, choice({theirs})).status(),
        merge_misses(*store_, clock_, choice({theirs}), "tr_9").status()}) {
    EXPECT_EQ(refused.code(), Code::kNotFound) << refused.to_string();
  }
  EXPECT_EQ(accept(choice({}), "order").field(), "traces");
  EXPECT_EQ(accept(choice(std::vector<std::string>(kTracesMax + 1, theirs)), "order").code(), Code::kTooLarge);
  EXPECT_TRUE(accept(choice({theirs}, "t2"), "order").ok());
}

TEST_F(SettleTest, ForgottenWithTheConversation) {
  const std::string cups = call({.text = "do you sell cups"});
  const std::string mugs = call({.text = "do you sell mugs"});
  ASSERT_TRUE(accept(choice({cups}), "order").ok());
  ASSERT_TRUE(merge_misses(*store_, clock_, choice({mugs}), cups).ok());
  const std::vector<std::string> gone = {cups};
  ASSERT_TRUE(store_
                  ->write([&](store::Transaction& transaction) {
                    return forget_feedback(transaction, clock_, "t1", gone).status();
                  })
                  .ok());
  EXPECT_TRUE(rows_to_learn().empty());
  std::int64_t left = -1;
  ASSERT_TRUE(store_
                  ->read([&](store::Transaction& transaction) -> Status {
                    YUPU_ASSIGN_OR_RETURN(const auto rows,
                                          transaction.query("SELECT (SELECT COUNT(*) FROM miss_settled) + (SELECT "
                                                            "COUNT(*) FROM miss_merge)"));
                    left = rows[0].integer(0);
                    return ok_status();
                  })
                  .ok());
  EXPECT_EQ(left, 0);
}

class MissRoutesTest : public SettleTest {
 protected:
  void SetUp() override {
    SettleTest::SetUp();
    add_miss_routes(router_, *store_, clock_,
                    {.model = "shop", .door = [](const http::Request& request) {
                       const std::string tenant(request.headers.get("x-tenant"));
                       if (tenant.empty()) return Result<handoff::Person>(Status(Code::kUnauthenticated, "who?"));
                       return Result<handoff::Person>(handoff::Person{.id = "agent_1", .tenant_id = tenant});
                     }});
  }
  http::Response ask(const std::string& method, const std::string& path, const std::string& body = "",
                     const std::string& tenant = "t1") {
    http::Request request;
    request.method = method;
    request.path = path;
    request.request_id = "req_1";
    request.body = body;
    if (!tenant.empty()) request.headers.add("x-tenant", tenant);
    return router_.dispatch(request);
  }
  Json json_of(const http::Response& response) { return parse_json(response.body).value(); }
  http::Router router_;
};

TEST_F(MissRoutesTest, ListsAndSettles) {
  const std::string cups = call({.text = "do you sell cups"});
  const std::string parking = call({.text = "parking lot"});
  const Json listed = json_of(ask("GET", "/v1/agent/misses"));
  EXPECT_EQ(listed.at("misses"), 2);
  EXPECT_EQ(listed.at("by"), "ngrams");
  EXPECT_EQ(listed.at("intents"), (Json{"order", "refund"}));
  ASSERT_EQ(listed.at("clusters").size(), 2U);
  EXPECT_EQ(listed.at("clusters")[1].at("texts")[0].at("traces"), Json::array({cups}));
  EXPECT_EQ(listed.at("clusters")[0].at("nearest").at("intent"), "order");
  const auto traces = [](const std::string& id) { return "\"traces\":[\"" + id + "\"]"; };
  EXPECT_EQ(json_of(ask("POST", "/v1/agent/misses/merge", "{" + traces(cups) + ",\"into\":\"" + parking + "\"}")),
            (Json{{"settled", 1}}));
  EXPECT_EQ(json_of(ask("GET", "/v1/agent/misses")).at("clusters").size(), 1U);
  EXPECT_EQ(json_of(ask("POST", "/v1/agent/misses/accept", "{" + traces(cups) + R"(,"intent":"cups","new":true})")),
            (Json{{"settled", 1}}));
  EXPECT_EQ(json_of(ask("POST", "/v1/agent/misses/ignore", "{" + traces(parking) + "}")), (Json{{"settled", 1}}));
  const Json after = json_of(ask("GET", "/v1/agent/misses"));
  EXPECT_EQ(after.at("misses"), 0);
  EXPECT_EQ(after.at("intents"), (Json{"cups", "order", "refund"}));
}

TEST_F(MissRoutesTest, BadInputIsNamed) {
  const std::string id = call({.text = "do you sell cups"});
  EXPECT_EQ(ask("GET", "/v1/agent/misses", "", "").status, 401);
  const struct {
    const char* path;
    std::string body;
    int status;
    const char* field;
  } rows[] = {
      {"accept", "", 400, "body"},
      {"accept", R"({"intent":"order"})", 400, "traces"},
      {"accept", R"({"traces":"x","intent":"order"})", 400, "traces"},
      {"accept", R"({"traces":[],"intent":"order"})", 400, "traces"},
      {"accept", R"({"traces":["a",7],"intent":"order"})", 400, "traces[1]"},
      {"accept", R"({"traces":["tr_none"],"intent":"order"})", 404, "traces"},
      {"accept", R"({"traces":[")" + id + R"("],"intent":"cups"})", 400, "intent"},
      {"accept", R"({"traces":[")" + id + R"("],"intent":"order","new":true})", 409, "intent"},
      {"accept", R"({"traces":[")" + id + R"("],"intent":"order","new":"yes"})", 400, "new"},
      {"accept", R"({"traces":[")" + id + R"("],"intent":"order","more":1})", 400, "more"},
      {"merge", R"({"traces":[")" + id + R"("]})", 400, "into"},
      {"merge", R"({"traces":[")" + id + R"("],"into":"tr_none"})", 404, "into"},
      {"ignore", R"({"traces":["tr_none"]})", 404, "traces"},
  };
  for (const auto& row : rows) {
    const http::Response response = ask("POST", std::string("/v1/agent/misses/") + row.path, row.body);
    EXPECT_EQ(response.status, row.status) << row.body;
    EXPECT_EQ(json_of(response).value("field", ""), row.field) << row.body;
  }
}

}  // namespace
}  // namespace yupu::feedback
