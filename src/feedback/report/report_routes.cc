#include "feedback/report/report_routes.h"

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "base/utc.h"
#include "feedback/report/report.h"
#include "feedback/report/review.h"
#include "http/door.h"
#include "http/query.h"

namespace yupu::feedback {
namespace {

constexpr std::int64_t kNsPerMinute = 60'000'000'000;
constexpr std::int64_t kNsPerDay = 24 * 60 * kNsPerMinute;
constexpr std::int64_t kDaysMost = 90;

constexpr std::string_view kReportQuery = R"({
  "type": "object", "properties": {
    "since": {"type": "string", "description": "a day or a time, UTC; default: 30 days ago"},
    "until": {"type": "string", "description": "not included; default: now"},
    "days": {"type": "integer", "minimum": 1, "maximum": 90,
      "description": "instead of since: today by the shop's clocks and the days before it"},
    "format": {"enum": ["json", "csv", "jsonl"], "default": "json", "description": "csv, jsonl: a row an entry"}
  }
})";
constexpr std::string_view kCallsQuery = R"({
  "type": "object", "properties": {
    "since": {"type": "string", "description": "a day or a time, UTC; default: 30 days ago"},
    "until": {"type": "string", "description": "not included; default: now"},
    "days": {"type": "integer", "minimum": 1, "maximum": 90,
      "description": "instead of since: today by the shop's clocks and the days before it"},
    "format": {"enum": ["json", "csv", "jsonl"], "default": "json"},
    "texts": {"type": "boolean", "default": false, "description": "with what was asked, as it is kept"}
  }
})";
constexpr std::string_view kReportResponse = R"({
  "type": "object", "required": ["calls", "decisions", "conversations", "hits", "misses", "entries"],
  "properties": {
    "since": {"type": "string"}, "until": {"type": "string"},
    "calls": {"type": "integer"}, "decisions": {"type": "object"}, "conversations": {"type": "integer"},
    "handed_over": {"type": "integer"}, "resolved": {"type": "integer"}, "resolution": {"type": ["number", "null"]},
    "refusal": {"type": ["number", "null"]}, "reviewed": {"type": "integer"}, "wrong": {"type": "integer"},
    "wrong_share": {"type": ["number", "null"]}, "up": {"type": "integer"}, "down": {"type": "integer"},
    "hits": {"type": "integer"}, "misses": {"type": "integer"},
    "entries": {"type": "array", "items": {"type": "object", "properties": {
      "intent": {"type": "string"}, "calls": {"type": "integer"}, "hits": {"type": "integer"},
      "misses": {"type": "integer"}, "up": {"type": "integer"}, "down": {"type": "integer"},
      "corrected_away": {"type": "integer"}}}}
  }
})";
constexpr std::string_view kCallsResponse = R"({
  "type": "object", "required": ["calls"],
  "properties": {"calls": {"type": "array", "items": {"type": "object", "properties": {
    "trace_id": {"type": "string"}, "created": {"type": "string"}, "conversation": {"type": "string"},
    "decision": {"type": "string"}, "intent": {"type": "string"}, "score": {"type": "number"},
    "rating": {"type": ["integer", "null"]}, "correction": {"type": ["string", "null"]}, "hit": {"type": "boolean"},
    "text": {"type": "string"}}}}}
})";

constexpr std::string_view kReviewQuery = R"({
  "type": "object", "properties": {
    "since": {"type": "string", "description": "a day or a time, UTC; default: 30 days ago"},
    "until": {"type": "string", "description": "not included; default: now"},
    "days": {"type": "integer", "minimum": 1, "maximum": 90,
      "description": "instead of since: today by the shop's clocks and the days before it"}
  }
})";
constexpr std::string_view kReviewResponse = R"({
  "type": "object", "required": ["judged", "wrong", "wrong_share", "wrong_at_most", "drawn"],
  "properties": {
    "judged": {"type": "integer"}, "wrong": {"type": "integer"}, "wrong_share": {"type": ["number", "null"]},
    "wrong_at_most": {"type": "number", "description": "of all answers, with 95 % confidence"},
    "drawn": {"type": "array", "description": "the next to be judged", "items": {"type": "object", "properties": {
      "trace_id": {"type": "string"}, "conversation": {"type": "string"}, "created": {"type": "string"},
      "text": {"type": "string"}, "answer": {"type": "string"}, "intent": {"type": "string"},
      "score": {"type": "number"}}}}
  }
})";
constexpr std::string_view kJudgeRequest = R"({
  "type": "object", "additionalProperties": false, "required": ["trace_id", "right"],
  "properties": {"trace_id": {"type": "string"}, "right": {"type": "boolean"}}
})";
constexpr std::string_view kJudgeResponse = R"({
  "type": "object", "required": ["trace_id", "right"],
  "properties": {"trace_id": {"type": "string"}, "right": {"type": "boolean"}}
})";
constexpr std::int64_t kDrawn = 10;  // at a time

enum class Format { kJson, kCsv, kJsonl };

struct Asked {
  CallQuery calls;
  Format format = Format::kJson;
  bool with_texts = false;
};

Result<std::int64_t> time_of(const http::Request& request, const std::string& name, std::int64_t otherwise) {
  const auto found = request.query.find(name);
  if (found == request.query.end()) return otherwise;
  const auto time = parse_utc(found->second);
  if (!time)
    return invalid_argument(fmt::format("{} is no day and no time, as in 2026-11-28: '{}'", name, found->second), name);
  return *time;
}

// The first instant of the first of the days asked for, UTC ns; nothing when none are.
Result<std::optional<std::int64_t>> begin_of_days(const http::Request& request, std::int64_t now_ns,
                                                  std::int64_t utc_offset_minutes) {
  if (!request.query.contains("days")) return std::optional<std::int64_t>();
  if (request.query.contains("since")) return invalid_argument("either since or days", "days");
  YUPU_ASSIGN_OR_RETURN(const std::int64_t days, http::whole_number(request, "days", 1, kDaysMost));
  const std::int64_t offset_ns = utc_offset_minutes * kNsPerMinute;
  return std::optional(((now_ns + offset_ns) / kNsPerDay - days + 1) * kNsPerDay - offset_ns);
}

Result<Format> format_of(const http::Request& request) {
  const auto found = request.query.find("format");
  if (found == request.query.end() || found->second == "json") return Format::kJson;
  if (found->second == "csv") return Format::kCsv;
  if (found->second == "jsonl") return Format::kJsonl;
  return invalid_argument(fmt::format("format is json, csv or jsonl, not '{}'", found->second), "format");
}

Result<bool> texts_of(const http::Request& request) {
  const auto found = request.query.find("texts");
  if (found == request.query.end() || found->second == "false") return false;
  if (found->second == "true") return true;
  return invalid_argument(fmt::format("texts is true or false, not '{}'", found->second), "texts");
}

struct Shared {
  store::Store& store;
  const Clock& clock;
  const ReportRouteOptions options;
};

Result<Asked> read_query(const Shared& shared, const http::Request& request, const handoff::Person& person,
                         bool of_calls) {
  for (const auto& [name, value] : request.query) {
    const bool known =
        name == "since" || name == "until" || name == "format" || name == "days" || (of_calls && name == "texts");
    if (!known) return invalid_argument(fmt::format("there is no parameter '{}'", name), name);
  }
  Asked asked;
  const std::int64_t now_ns = shared.clock.now_ns();
  asked.calls.tenant_id = person.tenant_id;
  asked.calls.model = shared.options.model;
  YUPU_ASSIGN_OR_RETURN(asked.calls.until_ns, time_of(request, "until", now_ns + 1));
  YUPU_ASSIGN_OR_RETURN(const auto first_day, begin_of_days(request, now_ns, shared.options.utc_offset_minutes));
  YUPU_ASSIGN_OR_RETURN(asked.calls.since_ns,
                        time_of(request, "since", first_day.value_or(now_ns - shared.options.days * kNsPerDay)));
  if (asked.calls.since_ns >= asked.calls.until_ns) return invalid_argument("since is not before until", "since");
  YUPU_ASSIGN_OR_RETURN(asked.format, format_of(request));
  YUPU_ASSIGN_OR_RETURN(asked.with_texts, texts_of(request));
  return asked;
}

// A CSV without a row has no head either: its columns are those of the rows.
http::Response rows_response(const std::vector<OrderedJson>& rows, Format format, std::string_view name) {
  std::string body;
  for (const OrderedJson& row : rows) {
    if (format == Format::kCsv && body.empty()) body = csv_head(row);
    body +=
        format == Format::kCsv ? csv_line(row) : row.dump(-1, ' ', false, OrderedJson::error_handler_t::replace) + "\n";
  }
  const bool csv = format == Format::kCsv;
  auto response =
      http::text_response(200, csv ? "text/csv; charset=utf-8" : "application/jsonl; charset=utf-8", std::move(body));
  response.headers.add("content-disposition",
                       fmt::format("attachment; filename=\"{}.{}\"", name, csv ? "csv" : "jsonl"));
  response.headers.add("x-content-type-options", "nosniff");
  return response;
}

std::string body_of(const OrderedJson& json) {
  return json.dump(-1, ' ', false, OrderedJson::error_handler_t::replace);
}

Result<http::Response> figures(const Shared& shared, const Asked& asked) {
  CallReport report;
  YUPU_RETURN_IF_ERROR(each_call(shared.store, asked.calls, [&](const LoggedCall& call) {
    report.add(call);
    return ok_status();
  }));
  OrderedJson json = {{"since", format_utc(asked.calls.since_ns)}, {"until", format_utc(asked.calls.until_ns)}};
  json.update(report.to_json());
  if (asked.format == Format::kJson) return http::json_response(200, body_of(json));
  const std::vector<OrderedJson> rows(json.at("entries").begin(), json.at("entries").end());
  return rows_response(rows, asked.format, "entries");
}

Result<http::Response> calls(const Shared& shared, const Asked& asked) {
  std::vector<OrderedJson> rows;
  YUPU_RETURN_IF_ERROR(each_call(shared.store, asked.calls, [&](const LoggedCall& call) -> Status {
    if (static_cast<std::int64_t>(rows.size()) == kReportCallsMax) {
      return {Code::kTooLarge,
              fmt::format("more than {} calls: ask for a shorter period, or use `yupu feedback report --calls FILE`",
                          kReportCallsMax),
              "since"};
    }
    rows.push_back(call.to_json(asked.with_texts));
    return ok_status();
  }));
  if (asked.format != Format::kJson) return rows_response(rows, asked.format, "calls");
  return http::json_response(200, body_of(OrderedJson{{"calls", rows}}));
}

Result<http::Response> drawn(const Shared& shared, const Asked& asked) {
  if (asked.format != Format::kJson) return invalid_argument("format is json", "format");
  YUPU_ASSIGN_OR_RETURN(const Review made, review(shared.store, asked.calls, kDrawn));
  return http::json_response(200, to_text(made.to_json()));
}

Result<Json> judge(Shared& shared, const http::Request& request, const handoff::Person& person) {
  YUPU_ASSIGN_OR_RETURN(const Json body, parse_json(request.body));
  YUPU_RETURN_IF_ERROR(json_known_keys(body, {"trace_id", "right"}, "body"));
  Judgement judgement{.tenant_id = person.tenant_id,
                      .model = shared.options.model,
                      .trace_id = {},
                      .reviewer = person.id,
                      .is_right = false};
  YUPU_ASSIGN_OR_RETURN(judgement.trace_id, json_string(body, "trace_id", "body"));
  const auto right = body.find("right");
  if (right == body.end() || !right->is_boolean()) return invalid_argument("right is true or false", "right");
  judgement.is_right = right->get<bool>();
  YUPU_RETURN_IF_ERROR(judge_answer(shared.store, shared.clock, judgement));
  return Json{{"trace_id", judgement.trace_id}, {"right", judgement.is_right}};
}

constexpr handoff::PersonRoute<Shared> kJudgeRoutes[] = {
    {{.method = "POST",
      .pattern = "/v1/agent/report/review",
      .scope = "agent",
      .summary = "whether an answer that was drawn is right",
      .request_schema = kJudgeRequest,
      .response_schema = kJudgeResponse},
     &judge},
};

struct RouteRow {
  http::RouteInfo info;
  Result<http::Response> (*handler)(const Shared&, const Asked&);
  bool of_calls;
};

constexpr RouteRow kRoutes[] = {
    {{.method = "GET",
      .pattern = "/v1/agent/report",
      .scope = "agent",
      .summary = "calls of a period: resolved, refused, wrong, hits and misses of every entry",
      .query_schema = kReportQuery,
      .response_schema = kReportResponse},
     &figures,
     false},
    {{.method = "GET",
      .pattern = "/v1/agent/report/calls",
      .scope = "agent",
      .summary = "the calls that the report is the sum of",
      .query_schema = kCallsQuery,
      .response_schema = kCallsResponse},
     &calls,
     true},
    {{.method = "GET",
      .pattern = "/v1/agent/report/review",
      .scope = "agent",
      .summary = "how many answers are wrong by a random sample, and the next to be judged",
      .query_schema = kReviewQuery,
      .response_schema = kReviewResponse},
     &drawn,
     false},
};

}  // namespace

void add_report_routes(http::Router& router, store::Store& store, const Clock& clock,
                       const ReportRouteOptions& options) {
  const std::shared_ptr<Shared> shared(new Shared{store, clock, options});
  handoff::add_routes(router, kJudgeRoutes, shared, options.door);
  for (const RouteRow& row : kRoutes) {
    const auto answer = [shared, &row](const http::Request& request,
                                       const handoff::Person& person) -> Result<http::Response> {
      YUPU_ASSIGN_OR_RETURN(const Asked asked, read_query(*shared, request, person, row.of_calls));
      YUPU_ASSIGN_OR_RETURN(http::Response response, row.handler(*shared, asked));
      response.headers.add("cache-control", "no-store");
      return response;
    };
    router.add(row.info, http::behind(options.door, answer));
  }
}

}  // namespace yupu::feedback
