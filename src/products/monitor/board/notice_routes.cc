#include "products/monitor/board/notice_routes.h"

#include <algorithm>
#include <functional>
#include <utility>

#include <fmt/format.h>

#include "http/door.h"
#include "http/query.h"

namespace yupu::monitor {
namespace {

constexpr std::int64_t kRowsMost = 1000;

constexpr std::string_view kListQuery = R"({"type": "object", "properties": {
  "state": {"enum": ["waiting", "sent", "dead"], "description": "absent: any"},
  "limit": {"type": "integer", "minimum": 1, "maximum": 1000}}})";
constexpr std::string_view kListSchema =
    R"({"type": "object", "required": ["notices", "routes"], "properties": {
  "notices": {"type": "array", "description": "the newest first", "items": {"type": "object", "properties": {
    "id": {"type": "string"}, "route": {"type": "string"}, "recipient": {"type": "string", "description": "of a mail"},
    "state": {"enum": ["waiting", "sent", "dead"]}, "attempts": {"type": "integer"}, "created": {"type": "string"},
    "last_error": {"type": "string"}, "status": {"type": "string", "description": "what it tells: firing, resolved, test, ..."},
    "topics": {"type": "array", "items": {"type": "string"}}}}},
  "routes": {"type": "array", "items": {"type": "object", "properties": {"name": {"type": "string"},
    "kind": {"type": "string"}, "topics": {"type": "array", "items": {"type": "string"}}}}}}})";
constexpr std::string_view kNoticeNamed = R"({"type": "object", "required": ["notice"], "properties": {
  "notice": {"type": "string"}}})";
constexpr std::string_view kRouteNamed = R"({"type": "object", "required": ["route"], "properties": {
  "route": {"type": "string"}}})";

// What the notice says, in a line of a table: the texts of documents stay where they are.
Json row_of(const Notice& notice) {
  Json row(notice.to_json());
  const auto body = parse_json(notice.body);
  const bool is_read = body.ok() && body->is_object();
  row["status"] = is_read ? body->value("status", "") : "";
  Json topics = Json::array();
  if (is_read && body->contains("alarms") && body->at("alarms").is_array()) {
    for (const Json& alarm : body->at("alarms")) {
      const std::string topic = alarm.is_object() ? alarm.value("topic", "") : "";
      if (std::find(topics.begin(), topics.end(), Json(topic)) == topics.end()) topics.push_back(topic);
    }
  }
  row["topics"] = std::move(topics);
  return row;
}

}  // namespace

struct NoticeRoutes::RouteRow {
  http::RouteInfo info;
  Result<http::Response> (NoticeRoutes::*handler)(const http::Request&, const std::string&);
};

constexpr NoticeRoutes::RouteRow NoticeRoutes::kRoutes[] = {
    {{.method = "GET",
      .pattern = "/v1/monitor/notices",
      .scope = "agent",
      .summary = "what was told by which route, what nobody took, and the routes there are",
      .query_schema = kListQuery,
      .response_schema = kListSchema},
     &NoticeRoutes::list},
    {{.method = "POST",
      .pattern = "/v1/monitor/notices/{id}/resend",
      .scope = "agent",
      .summary = "a dead notice is tried again, under its own id",
      .response_schema = kNoticeNamed},
     &NoticeRoutes::resend},
    {{.method = "POST",
      .pattern = "/v1/monitor/routes/{name}/test",
      .scope = "agent",
      .summary = "a notice that says it is a test, by one route",
      .response_schema = kRouteNamed},
     &NoticeRoutes::test},
};

NoticeRoutes::NoticeRoutes(store::Store& store, const Clock& clock, std::string monitor, std::span<const Route> routes,
                           News& news, BoardRoutes::Person person)
    : store_(store),
      clock_(clock),
      monitor_(std::move(monitor)),
      routes_(routes),
      news_(news),
      person_(std::move(person)) {}

void NoticeRoutes::add_routes(http::Router& router) {
  for (const RouteRow& row : kRoutes) {
    router.add(row.info, http::behind(person_, std::bind_front(row.handler, this)));
  }
}

Result<http::Response> NoticeRoutes::list(const http::Request& request, const std::string&) {
  const std::string state = http::asked(request, "state");
  if (!state.empty() && state != "waiting" && state != "sent" && state != "dead")
    return invalid_argument("state is waiting, sent or dead", "state");
  YUPU_ASSIGN_OR_RETURN(const std::int64_t limit, http::whole_number(request, "limit", 100, kRowsMost));
  YUPU_ASSIGN_OR_RETURN(const auto notices, list_notices(store_, monitor_, state, limit));
  Json rows = Json::array();
  for (const Notice& notice : notices) rows.push_back(row_of(notice));
  Json known = Json::array();
  for (const Route& route : routes_)
    known.push_back({{"name", route.name}, {"kind", route_kind_name(route.kind)}, {"topics", route.topics}});
  return http::unkept_json(to_text({{"notices", std::move(rows)}, {"routes", std::move(known)}}));
}

Result<http::Response> NoticeRoutes::resend(const http::Request& request, const std::string& who) {
  const std::string& id = request.params.at("id");
  YUPU_RETURN_IF_ERROR(resend_notice(store_, monitor_, id, who, clock_.now_ns()));
  news_.ring();
  return http::unkept_json(to_text({{"notice", id}}));
}

Result<http::Response> NoticeRoutes::test(const http::Request& request, const std::string& who) {
  const std::string& name = request.params.at("name");
  const auto route = std::find_if(routes_.begin(), routes_.end(), [&](const Route& one) { return one.name == name; });
  if (route == routes_.end()) return not_found(fmt::format("this monitor has no route '{}'", name));
  YUPU_RETURN_IF_ERROR(put_test_notice(store_, monitor_, *route, who, clock_.now_ns()));
  news_.ring();
  return http::unkept_json(to_text({{"route", name}}));
}

}  // namespace yupu::monitor
