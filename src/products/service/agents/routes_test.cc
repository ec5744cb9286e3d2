// The routes of agents and visitors, without sockets.
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "products/service/agents/agent_routes.h"
#include "products/service/agents/testing.h"
#include "products/service/agents/tickets.h"
#include "products/service/agents/visitor_routes.h"

namespace yupu::products {
namespace {

using testing::Shift;

class RoutesTest : public testing::DeskFixture {
 protected:
  void SetUp() override {
    DeskFixture::SetUp();
    // As the feedback room would, which this one does not know.
    const TakeOpinion take = [this](handoff::Feedback opinion) -> Result<handoff::Feedback> {
      if (opinion.correction && *opinion.correction == "no_such") return invalid_argument("no label", "correction");
      opinion.id = "fb_" + std::to_string(opinions_.size() + 1);
      opinions_.push_back(opinion);
      return opinion;
    };
    agents_ = std::make_unique<AgentRoutes>(*store_, clock_, *desk_, take);
    agents_->add_bot(bot_->bot());
    agents_->add_routes(router_);
    const auto door = [](const http::Request& request) {
      serving::Service::Access access;
      access.caller =
          handoff::Caller{.tenant_id = std::string(request.headers.get("x-tenant")), .key_id = {}, .scopes = {}};
      access.next_token = request.headers.get("x-next-token");
      return access;
    };
    visitors_ = std::make_unique<VisitorRoutes>(*store_, clock_, *desk_, door, take);
    visitors_->add_routes([this](const http::RouteInfo& info, http::Handler handler) {
      added_.emplace_back(std::string(info.method) + " " + std::string(info.pattern));
      router_.add(info, std::move(handler));
    });
  }
  http::Response call(const std::string& method, const std::string& path, const std::string& token,
                      const Json& body = {}) {
    http::Request request;
    request.method = method;
    request.path = path;
    request.request_id = "req_1";
    if (!token.empty()) request.headers.add("authorization", "Bearer " + token);
    request.headers.add("x-tenant", tenant_);
    if (!body.is_null()) request.body = to_text(body);
    return router_.dispatch(request);
  }
  Json get(const std::string& path, const std::string& token) {
    const http::Response response = call("GET", path, token);
    EXPECT_EQ(response.status, 200) << response.body;
    return *parse_json(response.body);
  }
  // The status, and the field of the problem.
  std::string refused(const http::Response& response) {
    return std::to_string(response.status) + " " + parse_json(response.body)->value("field", "");
  }

  http::Router router_;
  std::unique_ptr<AgentRoutes> agents_;
  std::unique_ptr<VisitorRoutes> visitors_;
  std::vector<std::string> added_;
  std::vector<handoff::Feedback> opinions_;
  std::string tenant_ = "t_1";
};

TEST_F(RoutesTest, AnAgentsDay) {
  const Shift mei = hire("Mei", {"en"});
  const std::string id = say("", "where is my order", "status").conversation;
  say(id, "GH1234", "");
  say(id, "a person please, about the money", "talk_to_human");
  desk_->look();
  say(id, "my money!", "refund");
  const std::string path = "/v1/agent/conversations/" + id;
  EXPECT_EQ(get("/v1/agent/me", mei.token).at("name"), "Mei");
  const Json read = get(path, mei.token);
  EXPECT_EQ(read.at("mine"), true);
  EXPECT_EQ(read.at("conversation").at("agent"), "Mei");
  EXPECT_EQ(read.at("messages").size(), 7U);
  const Json& summary = read.at("summary");
  EXPECT_EQ(summary.at("first"), "where is my order");
  EXPECT_EQ(summary.at("last"), (Json{"GH1234", "a person please, about the money", "my money!"}));
  EXPECT_EQ(summary.at("why"), "asked");
  EXPECT_EQ(summary.at("slots"), (Json{{"order", "GH1234"}}));
  EXPECT_EQ(summary.at("intents").front(), (Json{{"intent", "status"}, {"title", "About status"}, {"count", 2}}));
  const Json& suggestion = read.at("suggestions").front();
  EXPECT_EQ(suggestion.at("intent"), "refund");
  EXPECT_EQ(suggestion.at("text"), "English refund");
  EXPECT_EQ(suggestion.at("source"), "policy#refund");

  const http::Response said = call("POST", path + "/say", mei.token, {{"message_id", "1"}, {"text", "Done."}});
  ASSERT_EQ(said.status, 200) << said.body;
  const Json again = *parse_json(call("POST", path + "/say", mei.token, {{"message_id", "1"}, {"text", "Done."}}).body);
  EXPECT_EQ(again.at("was_known"), true);
  EXPECT_EQ(again.at("sequence"), parse_json(said.body)->at("sequence"));
  const Json after = get("/v1/conversations/" + id + "/messages", {});
  EXPECT_EQ(after.at("messages").size(), 8U);
  EXPECT_EQ(after.at("messages").back().at("agent"), "Mei");
  EXPECT_EQ(after.at("state"), (Json{{"state", "with"}, {"agent", "Mei"}}));
  EXPECT_EQ(call("POST", path + "/close", mei.token, {{"to", "end"}}).status, 200);
  EXPECT_EQ(get("/v1/conversations/" + id + "/messages", {}).at("state"), (Json{{"state", "closed"}}));
  EXPECT_EQ(refused(call("POST", path + "/close", mei.token, {{"to", "bot"}})), "409 conversation");
}

TEST_F(RoutesTest, SlotsNobodyToldStayInASuggestion) {
  const Shift mei = hire("Mei");
  const std::string id = ask_for_person();
  say(id, "the parcel", "status");
  const Json suggestions = get("/v1/agent/conversations/" + id, mei.token).at("suggestions");
  EXPECT_EQ(suggestions.front().at("text"), "Order {order} of {day} is on its way.");
}

TEST_F(RoutesTest, WhatIsWrongIsSaid) {
  const Shift mei = hire("Mei");
  const std::string id = ask_for_person();
  desk_->look();
  const std::string path = "/v1/agent/conversations/" + id;
  for (const std::string& token : {std::string(), std::string("ya_x"), std::string("yp_x")}) {
    EXPECT_EQ(call("GET", path, token).status, 401);
    EXPECT_EQ(call("GET", "/v1/agent/events", token).status, 401);
  }
  EXPECT_EQ(refused(call("GET", "/v1/agent/conversations/cv_none", mei.token)), "404 conversation");
  EXPECT_EQ(refused(call("POST", path + "/say", mei.token, {{"text", "x"}})), "400 message_id");
  EXPECT_EQ(refused(call("POST", path + "/say", mei.token, {{"message_id", "1"}, {"text", " "}})), "400 text");
  EXPECT_EQ(refused(call("POST", path + "/say", mei.token, {{"message_id", "1"}, {"txt", "x"}})), "400 txt");
  EXPECT_EQ(refused(call("POST", path + "/say", mei.token, {{"message_id", "1"}, {"text", std::string(9000, 'x')}})),
            "413 text");
  EXPECT_EQ(refused(call("POST", path + "/close", mei.token, {{"to", "moon"}})), "400 to");
  EXPECT_EQ(refused(call("POST", path + "/hand", mei.token, {{"to", "Nobody"}})), "404 to");
  EXPECT_EQ(refused(call("POST", "/v1/agent/claim", mei.token)), "400 body");
  EXPECT_EQ(refused(call("GET", "/v1/conversations/cv_none/events", {})), "404 conversation");
  tenant_ = "t_2";
  EXPECT_EQ(refused(call("GET", "/v1/conversations/" + id + "/messages", {})), "404 conversation");
}

TEST_F(RoutesTest, TheOfflineForm) {
  const std::string id = ask_for_person();
  const std::string path = "/v1/conversations/" + id;
  EXPECT_EQ(get(path + "/messages", {}).at("state"), (Json{{"state", "offline"}}));
  EXPECT_EQ(refused(call("POST", path + "/contact", {}, {{"contact", " "}})), "400 contact");
  EXPECT_EQ(refused(call("POST", path + "/contact", {}, {{"text", "call me"}})), "400 contact");
  EXPECT_EQ(call("POST", path + "/contact", {}, {{"contact", "a@example.org"}}).status, 200);
  EXPECT_EQ(call("POST", path + "/contact", {}, {{"contact", "b@example.org"}, {"text", "call me"}}).status, 200);
  const auto tickets = list_tickets(*store_, "t_1", 10);
  ASSERT_EQ(tickets->size(), 1U);
  EXPECT_EQ(tickets->front().contact, "b@example.org");
  EXPECT_EQ(tickets->front().conversation_id, id);
  EXPECT_TRUE(list_tickets(*store_, "t_2", 10)->empty());
}

TEST_F(RoutesTest, AScoreIsTheConversationsAndOfItsLastCall) {
  const Shift mei = hire("Mei");
  const std::string id = ask_for_person("hello");
  const std::string last = "tr_" + std::to_string(trace_count_);
  desk_->look();
  const std::string desk = "/v1/agent/conversations/" + id;
  ASSERT_EQ(call("POST", desk + "/say", mei.token, {{"message_id", "m1"}, {"text", "Done."}}).status, 200);
  ASSERT_EQ(call("POST", desk + "/close", mei.token, {{"to", "end"}}).status, 200);
  const std::string path = "/v1/conversations/" + id + "/rating";
  const http::Response rated = call("POST", path, {}, {{"score", 4}, {"reason", "quick"}});
  ASSERT_EQ(rated.status, 200) << rated.body;
  EXPECT_EQ(*parse_json(rated.body), (Json{{"conversation", id}, {"score", 4}, {"id", "fb_1"}}));
  ASSERT_EQ(opinions_.size(), 1U);
  EXPECT_EQ(opinions_[0].trace_id, last);  // not Mei's message
  EXPECT_EQ(opinions_[0].conversation, id);
  EXPECT_EQ(opinions_[0].tenant_id, "t_1");
  EXPECT_EQ(opinions_[0].satisfaction, 4);
  EXPECT_EQ(opinions_[0].reason, "quick");
  for (const Json& bad : {Json{{"score", 0}}, Json{{"score", 6}}, Json{{"score", 4.5}}, Json{{"score", "4"}},
                          Json{{"score", 4'294'967'297}}, Json{{"reason", "x"}}}) {
    EXPECT_EQ(refused(call("POST", path, {}, bad)), "400 score") << bad;
  }
  EXPECT_EQ(refused(call("POST", path, {}, {{"score", 4}, {"stars", 4}})), "400 stars");
  EXPECT_EQ(refused(call("POST", "/v1/conversations/cv_none/rating", {}, {{"score", 4}})), "404 conversation");
  tenant_ = "t_2";
  EXPECT_EQ(refused(call("POST", path, {}, {{"score", 1}})), "404 conversation");
  EXPECT_EQ(opinions_.size(), 1U);
}

TEST_F(RoutesTest, AnAgentCorrectsWhatTheBotMadeOfAMessage) {
  const Shift mei = hire("Mei");
  const Shift stranger = hire("Lin", {}, 3, "t_2");
  say("", "of somebody else", "hours");
  const std::string others = "tr_" + std::to_string(trace_count_);
  const std::string id = ask_for_person("the thing");
  const std::string trace = "tr_" + std::to_string(trace_count_);
  const std::string path = "/v1/agent/conversations/" + id + "/correct";
  const http::Response corrected =
      call("POST", path, mei.token, {{"trace_id", trace}, {"correction", "refund"}, {"reason", "wants money"}});
  ASSERT_EQ(corrected.status, 200) << corrected.body;
  ASSERT_EQ(opinions_.size(), 1U);
  EXPECT_EQ(opinions_[0].correction, "refund");
  EXPECT_EQ(opinions_[0].author, "agent:" + mei.agent.id);
  EXPECT_EQ(opinions_[0].trace_id, trace);
  EXPECT_FALSE(opinions_[0].rating.has_value());
  EXPECT_EQ(refused(call("POST", path, mei.token, {{"trace_id", others}, {"correction", "refund"}})), "404 trace_id");
  EXPECT_EQ(refused(call("POST", path, mei.token, {{"trace_id", trace}, {"correction", "no_such"}})), "400 correction");
  EXPECT_EQ(refused(call("POST", path, mei.token, {{"trace_id", trace}})), "400 correction");
  EXPECT_EQ(refused(call("POST", path, stranger.token, {{"trace_id", trace}, {"correction", "refund"}})),
            "404 conversation");
  EXPECT_EQ(call("POST", path, {}, {{"trace_id", trace}, {"correction", "refund"}}).status, 401);
  EXPECT_EQ(opinions_.size(), 1U);
}

TEST_F(RoutesTest, AVisitorsRoutesAreAllSharedAndCarryTheNextToken) {
  EXPECT_EQ(added_,
            (std::vector<std::string>{"GET /v1/conversations/{id}/events", "GET /v1/conversations/{id}/messages",
                                      "POST /v1/conversations/{id}/contact", "POST /v1/conversations/{id}/rating"}));
  const std::string path = "/v1/conversations/" + ask_for_person();
  const struct {
    const char *method, *end, *body;
    int status;
  } rows[] = {{"GET", "/events", "", 200},
              {"GET", "/messages", "", 200},
              {"POST", "/contact", R"({"contact":"a@example.org"})", 200},
              {"POST", "/contact", R"({"contact":""})", 400},
              {"POST", "/rating", R"({"score":5})", 200},
              {"POST", "/rating", R"({"score":6})", 400}};
  for (const auto& row : rows) {
    http::Request request;
    request.method = row.method;
    request.path = path + row.end;
    request.body = row.body;
    request.headers.add("x-tenant", "t_1");
    const http::Response young = router_.dispatch(request);
    EXPECT_EQ(young.status, row.status) << row.end << young.body;
    EXPECT_EQ(young.headers.find("yupu-visitor"), nullptr) << row.end;
    request.headers.add("x-next-token", "vt_next");
    EXPECT_EQ(router_.dispatch(request).headers.get("yupu-visitor"), "vt_next") << row.end;
  }
}

TEST_F(RoutesTest, AStreamComesBackToWhereItBroke) {
  const std::string id = say("", "hello", "hours").conversation;
  say(id, "and refunds?", "refund");
  const std::string path = "/v1/conversations/" + id + "/events";
  http::Request request;
  request.method = "GET";
  request.path = path;
  request.headers.add("x-tenant", "t_1");
  request.headers.add("last-event-id", "1");
  const http::Response response = router_.dispatch(request);
  ASSERT_NE(response.stream, nullptr);
  desk_->look();
  const std::string told = http::testing::StreamReader::take(*response.stream);
  EXPECT_EQ(testing::count_of(told, "event: message"), 2U) << told;
  EXPECT_EQ(told.find("\"hello\""), std::string::npos);
  EXPECT_NE(told.find(R"(data: {"state":"bot"})"), std::string::npos);
  http::Headers plain;
  plain.add("x-tenant", "t_1");
  request.headers = plain;
  request.query["after"] = "x";
  EXPECT_EQ(refused(router_.dispatch(request)), "400 after");
}

}  // namespace
}  // namespace yupu::products
