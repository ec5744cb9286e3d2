#include "http/router.h"

#include <gtest/gtest.h>

#include "base/json.h"
#include "http/openapi.h"
#include "http/problem.h"

namespace yupu::http {
namespace {

Response nothing(const Request&) { return {}; }

Router small_router() {
  Router router;
  router.add({.method = "GET",
              .pattern = "/v1/models",
              .scope = "read",
              .summary = "lists models",
              .response_schema = R"({"type":"object"})"},
             nothing);
  router.add({.method = "GET", .pattern = "/v1/models/{name}", .scope = "read", .summary = "shows one"}, nothing);
  router.add({.method = "POST",
              .pattern = "/v1/models/{name}",
              .scope = "admin",
              .summary = "changes one",
              .request_schema = R"({"type":"object","required":["a"]})"},
             nothing);
  router.add({.method = "GET", .pattern = "/page", .scope = "", .summary = ""}, nothing);
  return router;
}

TEST(Router, MatchesWholeSegments) {
  const Router router = small_router();
  EXPECT_EQ(router.match("GET", "/v1/models").route->info.summary, "lists models");
  const auto one = router.match("GET", "/v1/models/shop");
  ASSERT_NE(one.route, nullptr);
  EXPECT_EQ(one.params.at("name"), "shop");
  EXPECT_EQ(router.match("HEAD", "/page").route->info.pattern, "/page");
  for (const char* path : {"/", "/v1/models/", "/v1/models/a/b", "/v1/modelsx", "/v1", "//v1/models"}) {
    const auto miss = router.match("GET", path);
    EXPECT_EQ(miss.route, nullptr) << path;
    EXPECT_EQ(miss.allow, "") << path;
  }
  EXPECT_EQ(router.match("PUT", "/v1/models/x").allow, "GET, HEAD, POST");
}

TEST(OpenApi, DescribesEveryRouteWithASummary) {
  const Json document = *parse_json(openapi_document(small_router(), "yupu", "1"));
  EXPECT_EQ(document.at("openapi"), "3.1.0");
  EXPECT_EQ(document.at("paths").size(), 2);
  const Json& post = document.at("paths").at("/v1/models/{name}").at("post");
  EXPECT_EQ(post.at("operationId"), "post_v1_models_name");
  EXPECT_EQ(post.at("parameters").at(0).at("name"), "name");
  EXPECT_EQ(post.at("requestBody").at("content").at("application/json").at("schema").at("required").at(0), "a");
  EXPECT_EQ(post.at("x-scope"), "admin");
}

TEST(OpenApi, NamesQueryParametersAndEvents) {
  Router router;
  router.add(
      {.method = "GET",
       .pattern = "/v1/x",
       .scope = "",
       .summary = "x",
       .query_schema = R"({"required": ["a"], "properties": {"a": {"type": "string"}, "b": {"type": "integer"}}})",
       .event_schema = R"({"type": "object"})"},
      [](const Request&) { return Response{}; });
  const Json get = parse_json(openapi_document(router, "yupu", "1"))->at("paths").at("/v1/x").at("get");
  ASSERT_EQ(get.at("parameters").size(), 2U);
  EXPECT_EQ(get.at("parameters")[0].at("in"), "query");
  EXPECT_EQ(get.at("parameters")[0].at("required"), true);
  EXPECT_EQ(get.at("parameters")[1].at("required"), false);
  EXPECT_EQ(get.at("parameters")[1].at("schema").at("type"), "integer");
  EXPECT_TRUE(get.at("responses").at("200").at("content").contains("text/event-stream"));
}

TEST(Problem, EveryCodeHasItsStatus) {
  const std::pair<Code, int> rows[] = {{Code::kInvalidArgument, 400}, {Code::kUnauthenticated, 401},
                                       {Code::kPaymentRequired, 402}, {Code::kPermissionDenied, 403},
                                       {Code::kNotFound, 404},        {Code::kConflict, 409},
                                       {Code::kTooLarge, 413},        {Code::kResourceExhausted, 429},
                                       {Code::kUnavailable, 503},     {Code::kInternal, 500}};
  for (const auto& [code, status] : rows) {
    const Response response = problem(Status(code, "what \xff happened", "input"), "req_1");
    EXPECT_EQ(response.status, status);
    const Json body = *parse_json(response.body);
    EXPECT_EQ(body.at("code"), std::string(code_name(code)));
    EXPECT_EQ(body.at("field"), "input");
    EXPECT_EQ(body.at("request_id"), "req_1");
    EXPECT_EQ(body.at("error").at("message"), body.at("detail"));
    EXPECT_EQ(body.at("error").at("param"), "input");
    EXPECT_EQ(body.at("error").at("type"), status == 402   ? "insufficient_quota"
                                           : status == 429 ? "rate_limit_error"
                                           : status < 500  ? "invalid_request_error"
                                                           : "server_error");
    EXPECT_EQ(response.headers.find("retry-after") != nullptr, status == 429 || status == 503);
  }
}

TEST(Target, DecodesAndRefuses) {
  std::string path;
  std::map<std::string, std::string> query;
  ASSERT_TRUE(parse_target("/a%20b/c?x=1+2&y=%E8%AF%AD&z&x=3", path, query));
  EXPECT_EQ(path, "/a b/c");
  EXPECT_EQ(query.at("x"), "3");
  EXPECT_EQ(query.at("y"), "语");
  EXPECT_EQ(query.at("z"), "");
  ASSERT_TRUE(parse_target("http://host:80/p", path, query));
  EXPECT_EQ(path, "/p");
  for (const char* bad : {"", "x", "*", "/%", "/%1", "/%zz", "/%00", "/a?b=%0"}) {
    EXPECT_FALSE(parse_target(bad, path, query)) << bad;
  }
}

}  // namespace
}  // namespace yupu::http
