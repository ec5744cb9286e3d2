#include "feedback/report/report_routes.h"

#include <algorithm>
#include <map>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "feedback/misses/testing.h"

namespace yupu::feedback {
namespace {

using ::testing::HasSubstr;

class ReportRoutesTest : public testing::MissFixture {
 protected:
  void SetUp() override {
    add_report_routes(router_, *store_, clock_,
                      {.model = "shop", .door = [](const http::Request& request) {
                         const std::string tenant(request.headers.get("x-tenant"));
                         if (tenant.empty()) return Result<handoff::Person>(Status(Code::kUnauthenticated, "who?"));
                         return Result<handoff::Person>(handoff::Person{.id = "agent_1", .tenant_id = tenant});
                       }});
  }
  http::Response ask(const std::string& path, std::map<std::string, std::string> query = {},
                     const std::string& tenant = "t1") {
    http::Request request;
    request.method = "GET";
    request.path = path;
    request.query = std::move(query);
    request.request_id = "req_1";
    if (!tenant.empty()) request.headers.add("x-tenant", tenant);
    return router_.dispatch(request);
  }
  static Json json_of(const http::Response& response) { return parse_json(response.body).value(); }

  http::Router router_;
};

TEST_F(ReportRoutesTest, FiguresAreTheTenantsAndSumsOfItsCalls) {
  call({.text = "=1+1", .decision = "answer"});
  say(call({.text = "b", .decision = "answer", .label = "refund"}), -1);
  call({.text = "c", .decision = "handoff"});
  call({.text = "d", .decision = "answer", .tenant = "t2"});
  EXPECT_EQ(ask("/v1/agent/report", {}, "").status, 401);
  const Json report = json_of(ask("/v1/agent/report"));
  const Json rows = json_of(ask("/v1/agent/report/calls", {{"texts", "true"}})).at("calls");
  ASSERT_EQ(rows.size(), 3U);
  EXPECT_EQ(rows[0].at("text"), "=1+1");
  EXPECT_EQ(report.at("calls"), rows.size());
  std::map<std::string, std::int64_t> decisions;
  std::int64_t hits = 0;
  for (const Json& row : rows) {
    ++decisions[row.at("decision").get<std::string>()];
    hits += row.at("hit").get<bool>() ? 1 : 0;
  }
  EXPECT_EQ(report.at("decisions"), Json(decisions));
  EXPECT_EQ(report.at("hits"), hits);
  EXPECT_EQ(report.at("down"), 1);
  EXPECT_EQ(report.at("handed_over"), 1);
  EXPECT_FALSE(json_of(ask("/v1/agent/report/calls")).at("calls")[0].contains("text"));
}

TEST_F(ReportRoutesTest, AsFilesForASpreadsheet) {
  const std::string id = call({.text = "=1+1, \"a\"", .decision = "answer"});
  const http::Response entries = ask("/v1/agent/report", {{"format", "csv"}});
  EXPECT_EQ(entries.body, "intent,calls,hits,misses,up,down,corrected_away\r\norder,1,1,0,0,0,0\r\n");
  EXPECT_EQ(entries.headers.get("content-type"), "text/csv; charset=utf-8");
  EXPECT_EQ(entries.headers.get("content-disposition"), "attachment; filename=\"entries.csv\"");
  const http::Response calls = ask("/v1/agent/report/calls", {{"format", "csv"}, {"texts", "true"}});
  EXPECT_THAT(calls.body, HasSubstr("\r\n" + id + ","));
  EXPECT_THAT(calls.body, HasSubstr("\"'=1+1, \"\"a\"\"\"\r\n"));
  const http::Response lines = ask("/v1/agent/report/calls", {{"format", "jsonl"}});
  EXPECT_EQ(std::count(lines.body.begin(), lines.body.end(), '\n'), 1);
  EXPECT_EQ(json_of(lines).at("trace_id"), id);
}

TEST_F(ReportRoutesTest, OfAPeriod) {
  call({.text = "old"});
  clock_.advance_ns(40 * testing::kDayNs);
  call({.text = "new"});  // 20,040 days after 1970: 2024-11-13
  EXPECT_EQ(json_of(ask("/v1/agent/report")).at("calls"), 1) << "the last 30 days";
  EXPECT_EQ(json_of(ask("/v1/agent/report", {{"since", "2024-10-01"}})).at("calls"), 2);
  const Json old = json_of(ask("/v1/agent/report", {{"since", "2024-10-01"}, {"until", "2024-11-01"}}));
  EXPECT_EQ(old.at("calls"), 1);
  EXPECT_EQ(old.at("until"), "2024-11-01T00:00:00.000Z");
  EXPECT_EQ(json_of(ask("/v1/agent/report", {{"days", "1"}})).at("calls"), 1);
  clock_.advance_ns(testing::kDayNs);
  EXPECT_EQ(json_of(ask("/v1/agent/report", {{"days", "1"}})).at("calls"), 0);
  EXPECT_EQ(json_of(ask("/v1/agent/report", {{"days", "2"}})).at("calls"), 1);
}

TEST_F(ReportRoutesTest, BadParametersAreNamed) {
  const struct {
    std::map<std::string, std::string> query;
    const char* field;
  } rows[] = {{{{"since", "yesterday"}}, "since"},
              {{{"until", "2026-02-31"}}, "until"},
              {{{"since", "2024-10-02"}, {"until", "2024-10-02"}}, "since"},
              {{{"format", "xls"}}, "format"},
              {{{"texts", "yes"}}, "texts"},
              {{{"days", "91"}}, "days"},
              {{{"days", "3"}, {"since", "2024-10-02"}}, "days"},
              {{{"day", "3"}}, "day"}};
  for (const auto& row : rows) {
    const http::Response response = ask("/v1/agent/report/calls", row.query);
    EXPECT_EQ(response.status, 400) << row.field;
    EXPECT_EQ(json_of(response).at("field"), row.field);
  }
  EXPECT_EQ(json_of(ask("/v1/agent/report", {{"texts", "true"}})).at("field"), "texts");
}

}  // namespace
}  // namespace yupu::feedback
