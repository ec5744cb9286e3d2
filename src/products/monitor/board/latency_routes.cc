#include "products/monitor/board/latency_routes.h"

#include <functional>
#include <utility>

#include "http/door.h"
#include "http/problem.h"
#include "http/query.h"
#include "products/monitor/documents/latency.h"

namespace yupu::monitor {
namespace {

constexpr std::int64_t kHoursShown = 24;
constexpr std::int64_t kHoursMost = 24 * 35;

constexpr http::RouteInfo kLatency = {
    .method = "GET",
    .pattern = "/v1/monitor/latency",
    .scope = "agent",
    .summary = "how long documents took from publication to being counted, and notices to their receivers",
    .query_schema = R"({"type": "object", "properties": {
  "hours": {"type": "integer", "minimum": 1, "maximum": 840, "description": "whole ones back, and the one that runs; 24"}}})",
    .response_schema =
        R"({"type": "object", "required": ["hours", "spans"], "properties": {"hours": {"type": "integer"},
  "spans": {"type": "array", "items": {"type": "object", "properties": {
    "span": {"enum": ["capture", "intake", "total", "notice"]}, "count": {"type": "integer"},
    "mean_ms": {"type": ["integer", "null"]}, "p50_ms": {"type": ["integer", "null"], "description": "half took at most so long"},
    "p95_ms": {"type": ["integer", "null"]}, "p99_ms": {"type": ["integer", "null"]}, "most_ms": {"type": ["integer", "null"]}}}}}})"};
constexpr http::RouteInfo kMetrics = {
    .method = "GET", .pattern = "/metrics/monitor", .scope = "", .summary = "the monitor's delays as Prometheus text"};

}  // namespace

LatencyRoutes::LatencyRoutes(store::Store& store, const Clock& clock, std::string monitor, BoardRoutes::Person person)
    : store_(store), clock_(clock), monitor_(std::move(monitor)), person_(std::move(person)) {}

void LatencyRoutes::add_routes(http::Router& router) {
  router.add(kLatency, http::behind(person_, std::bind_front(&LatencyRoutes::latency, this)));
  router.add(kMetrics, std::bind_front(&LatencyRoutes::metrics, this));
}

Result<http::Response> LatencyRoutes::latency(const http::Request& request, const std::string&) {
  YUPU_ASSIGN_OR_RETURN(const std::int64_t hours, http::whole_number(request, "hours", kHoursShown, kHoursMost));
  YUPU_ASSIGN_OR_RETURN(const auto spans, latency_spans(store_, monitor_, hours, clock_.now_ns()));
  Json rows = Json::array();
  for (const LatencySpan& span : spans) rows.push_back(Json(span.to_json()));
  return http::unkept_json(to_text({{"hours", hours}, {"spans", std::move(rows)}}));
}

http::Response LatencyRoutes::metrics(const http::Request& request) {
  const auto spans = latency_spans(store_, monitor_, 1, clock_.now_ns());
  if (!spans.ok()) return http::problem(spans.status(), request.request_id);
  return http::text_response(200, "text/plain; version=0.0.4; charset=utf-8", latency_metrics(monitor_, *spans));
}

}  // namespace yupu::monitor
