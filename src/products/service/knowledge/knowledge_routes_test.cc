#include "products/service/knowledge/knowledge_routes.h"

#include <gtest/gtest.h>

#include "base/base64.h"
#include "products/service/knowledge/shelf.h"
#include "products/service/knowledge/testing.h"

namespace yupu::products {
namespace {

class KnowledgeRoutesTest : public ::testing::Test {
 protected:
  void SetUp() override {
    base_ = std::make_unique<KnowledgeBase>(shelf_.store(), nullptr, KnowledgeOptions{});
    add_knowledge_routes(router_, shelf_.store(), shelf_.clock(), {.base = base_.get()});
    mei_ = token("Mei", false);
    wang_ = token("Wang", true);
  }
  std::string token(const std::string& name, bool is_manager) {
    const auto added =
        add_agent(shelf_.store(), shelf_.clock(), {.tenant_id = "tn_1", .name = name, .is_manager = is_manager});
    EXPECT_TRUE(added.ok());
    return added->token;
  }
  http::Response call(const std::string& token, const std::string& method, const std::string& path,
                      const Json& body = {}, const std::string& q = {}) {
    http::Request request;
    request.method = method;
    request.path = "/v1/console/knowledge" + path;
    if (!token.empty()) request.headers.add("authorization", "Bearer " + token);
    if (!body.is_null()) request.body = to_text(body);
    if (!q.empty()) request.query["q"] = q;
    return router_.dispatch(request);
  }
  Json documents() { return parse_json(call(mei_, "GET", "").body)->at("documents"); }
  Json quotes(const std::string& q) { return parse_json(call(mei_, "GET", "/search", {}, q).body)->at("quotes"); }
  static std::string field(const http::Response& response) {
    return std::to_string(response.status) + " " + parse_json(response.body)->value("field", "");
  }

  testing::Shelf shelf_;
  std::unique_ptr<KnowledgeBase> base_;
  http::Router router_;
  std::string mei_, wang_;
};

TEST_F(KnowledgeRoutesTest, ADocumentIsQuotedAndGoneAgain) {
  shelf_.add("ship.md", "# Delivery\n\nWe deliver to Norway.\n", kOwnShelf);
  shelf_.add("other.md", "# Secret\n\nAnother tenant's tea.\n", "tn_2");
  const Json body = {{"source", "退款.md"}, {"content", "# 退款\n\n退款三天到账。\n"}};
  EXPECT_EQ(call(mei_, "POST", "", body).status, 403);
  const http::Response added = call(wang_, "POST", "", body);
  ASSERT_EQ(added.status, 200) << added.body;
  EXPECT_EQ(*parse_json(added.body), (Json{{"outcome", "new"}, {"version", 1}, {"passages", 1}}));
  EXPECT_EQ(parse_json(call(wang_, "POST", "", body).body)->at("outcome"), "unchanged");
  const Json rows = documents();
  ASSERT_EQ(rows.size(), 2U);
  EXPECT_EQ(rows[0].at("source"), "退款.md");
  EXPECT_EQ(rows[0].at("lang"), "zh");
  EXPECT_EQ(rows[0].at("shared"), false);
  EXPECT_EQ(rows[1].at("source"), "ship.md");
  EXPECT_EQ(rows[1].at("lang"), "en");
  EXPECT_EQ(rows[1].at("shared"), true);
  ASSERT_EQ(quotes("退款几天到账").size(), 1U);
  EXPECT_EQ(quotes("退款几天到账")[0].at("text"), "退款三天到账。");
  EXPECT_EQ(quotes("deliver to Norway").size(), 1U);
  EXPECT_TRUE(quotes("who won the match").empty());
  EXPECT_EQ(call(mei_, "POST", "/remove", {{"source", "退款.md"}}).status, 403);
  EXPECT_EQ(call(wang_, "POST", "/remove", {{"source", "退款.md"}}).status, 200);
  EXPECT_TRUE(quotes("退款几天到账").empty());
  EXPECT_EQ(documents().size(), 1U);
  EXPECT_EQ(call(wang_, "POST", "/remove", {{"source", "退款.md"}}).status, 404);
  EXPECT_EQ(call(wang_, "POST", "/remove", {{"source", "ship.md"}}).status, 409);
  EXPECT_EQ(call(wang_, "POST", "/remove", {{"source", "other.md"}}).status, 404);
}

TEST_F(KnowledgeRoutesTest, BytesComeAsBase64) {
  const Json body = {{"source", "terms.txt"}, {"content", base64_of("Returns are free.\n")}, {"encoding", "base64"}};
  EXPECT_EQ(call(wang_, "POST", "", body).status, 200);
  EXPECT_EQ(quotes("are returns free")[0].at("text"), "Returns are free.");
}

TEST_F(KnowledgeRoutesTest, WhatIsWrongIsSaid) {
  EXPECT_EQ(call("", "GET", "").status, 401);
  EXPECT_EQ(field(call(mei_, "GET", "/search")), "400 q");
  EXPECT_EQ(call(mei_, "GET", "/search", {}, std::string(9000, 'a')).status, 413);
  EXPECT_EQ(field(call(wang_, "POST", "", {{"content", "x"}})), "400 source");
  EXPECT_EQ(field(call(wang_, "POST", "", {{"source", "a.md"}})), "400 content");
  EXPECT_EQ(field(call(wang_, "POST", "", {{"source", "a.md"}, {"content", "x"}, {"encoding", "zip"}})),
            "400 encoding");
  EXPECT_EQ(field(call(wang_, "POST", "", {{"source", "a.md"}, {"content", "?"}, {"encoding", "base64"}})),
            "400 content");
  EXPECT_EQ(call(wang_, "POST", "", {{"source", "a.xls"}, {"content", "x"}}).status, 400);
  EXPECT_EQ(call(wang_, "POST", "", {{"source", "a.md"}, {"content", "---"}}).status, 400);  // no word in it
  EXPECT_TRUE(documents().empty());
}

TEST_F(KnowledgeRoutesTest, ABotWithoutKnowledgeTakesNone) {
  http::Router bare;
  std::swap(router_, bare);
  add_knowledge_routes(router_, shelf_.store(), shelf_.clock(), {});
  EXPECT_EQ(parse_json(call(mei_, "GET", "").body)->at("quotes"), false);
  EXPECT_EQ(call(mei_, "GET", "/search", {}, "tea").status, 409);
  EXPECT_EQ(call(wang_, "POST", "", {{"source", "a.md"}, {"content", "Tea."}}).status, 409);
}

}  // namespace
}  // namespace yupu::products
