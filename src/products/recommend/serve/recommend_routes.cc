#include "products/recommend/serve/recommend_routes.h"

#include <string>
#include <vector>

#include "base/ids.h"
#include "http/problem.h"
#include "products/recommend/event_store.h"
#include "products/recommend/serve/bodies.h"
#include "products/recommend/serve/lists.h"

namespace yupu::recommend {
namespace {

constexpr std::string_view kEventsRequest = R"({
  "type": "object",
  "description": "one event; or {\"events\": [...]}, at most 1000; or, as application/x-ndjson, one event a line",
  "properties": {
    "id": {"type": "string", "description": "the sender's; sent again, it is counted once"},
    "user": {"type": "string"}, "item": {"type": "string"},
    "kind": {"enum": ["view", "click", "comment", "share", "buy"]},
    "time": {"description": "whole seconds since 1970, or 2026-11-27T08:30:00+08:00; late and in any order"},
    "events": {"type": "array", "maxItems": 1000, "items": {"type": "object"}}}
})";
constexpr std::string_view kEventsResponse = R"({
  "type": "object", "required": ["added", "known"],
  "properties": {"added": {"type": "integer"}, "known": {"type": "integer", "description": "were there already"}}
})";
constexpr std::string_view kListRequest = R"({
  "type": "object", "additionalProperties": false, "required": ["user"],
  "properties": {
    "user": {"type": "string", "description": "unknown: the fallback answers, and says so"},
    "count": {"type": "integer", "minimum": 1, "maximum": 100, "default": 10},
    "surface": {"type": "string", "description": "where the list is shown; kept with it"},
    "exclude": {"type": "array", "maxItems": 1000, "items": {"type": "string"}},
    "context": {"type": "array", "maxItems": 50, "items": {"type": "string"},
                "description": "items the user looks at now"},
    "explain": {"type": "boolean", "default": true}}
})";
constexpr std::string_view kListResponse = R"({
  "type": "object", "required": ["impression", "fallback", "items"],
  "properties": {
    "impression": {"type": "string"},
    "fallback": {"type": "boolean",
                 "description": "nothing is known of the user: what most touched lately, and new things"},
    "unknown_user": {"type": "boolean"},
    "unknown_context": {"type": "array", "items": {"type": "string"}},
    "items": {"type": "array", "items": {"type": "object", "properties": {
      "id": {"type": "string"}, "title": {"type": "string"}, "score": {"type": "number"}, "position": {"type": "integer"},
      "flags": {"type": "array", "items": {"enum": ["new"]}},
      "reason": {"type": "object", "properties": {
        "kind": {"enum": ["because_of", "popular", "new", "picked"]},
        "item": {"type": "string"}, "title": {"type": "string"}, "share": {"type": "number"}}}}}}}
})";

OrderedJson reason_json(const Record& record, const Reason& reason) {
  OrderedJson json = {{"kind", reason_name(reason.kind)}};
  if (reason.kind != ReasonKind::kBecauseOf) return json;
  json["item"] = record.collection->items[reason.because_of];
  json["title"] = record.titles[reason.because_of];
  json["share"] = reason.share;
  return json;
}

OrderedJson item_json(const Record& record, const ListedItem& item, std::size_t position, bool explained) {
  OrderedJson json = {{"id", record.collection->items[item.item]},
                      {"title", record.titles[item.item]},
                      {"score", item.score},
                      {"position", position},
                      {"flags", OrderedJson::array()}};
  if (item.is_new) json["flags"].push_back("new");
  if (explained) json["reason"] = reason_json(record, item.reason);
  return json;
}

// As it is kept: the features by name, so that what a later version reads of them needs no table of this one's.
OrderedJson kept_json(const Record& record, const ListedItem& item, std::size_t position) {
  OrderedJson features = OrderedJson::object();
  const std::vector<std::string>& names = record.fitted->ranker->feature_names();
  for (std::size_t i = 0; i < names.size(); ++i) features[names[i]] = item.features[i];
  return {{"item", record.collection->items[item.item]},
          {"position", position},
          {"score", item.score},
          {"features", std::move(features)}};
}

}  // namespace

struct RecommendRoutes::RouteRow {
  http::RouteInfo info;
  Result<http::Response> (RecommendRoutes::*handler)(const http::Request&, const std::string&);
};

constexpr RecommendRoutes::RouteRow RecommendRoutes::kRoutes[] = {
    {{.method = "POST",
      .pattern = "/v1/events",
      .scope = "feedback",
      .summary = "what users did: one event, a batch, or a line each; each counts once, by its id",
      .request_schema = kEventsRequest,
      .response_schema = kEventsResponse},
     &RecommendRoutes::events},
    {{.method = "POST",
      .pattern = "/v1/recommend",
      .scope = "inference",
      .summary = "items for a user now, with reasons",
      .request_schema = kListRequest,
      .response_schema = kListResponse},
     &RecommendRoutes::recommend},
};

void RecommendRoutes::add_routes(http::Router& router) {
  for (const RouteRow& row : kRoutes) {
    router.add(row.info, [this, handler = row.handler, scope = row.info.scope](const http::Request& request) {
      const serving::Service::Access access = door_(request, scope);
      if (!access.caller) return access.refusal;
      const Result<http::Response> response = (this->*handler)(request, access.caller->tenant_id);
      return response.ok() ? *response : http::problem(response.status(), request.request_id);
    });
  }
}

Result<http::Response> RecommendRoutes::events(const http::Request& request, const std::string& tenant_id) {
  YUPU_ASSIGN_OR_RETURN(const std::vector<Event> events,
                        parse_events(request.body, request.headers.get("content-type"), clock_.now_ns()));
  YUPU_ASSIGN_OR_RETURN(const Imported imported, import_events(store_, clock_, tenant_id, events));
  shops_.ring();
  return http::json_response(200, to_text(Json{{"added", imported.added}, {"known", imported.known}}));
}

Result<http::Response> RecommendRoutes::recommend(const http::Request& request, const std::string& tenant_id) {
  YUPU_ASSIGN_OR_RETURN(const ListRequest wanted, parse_list_request(request.body));
  YUPU_ASSIGN_OR_RETURN(const auto record, shops_.record(tenant_id));
  ItemIds hidden;
  YUPU_RETURN_IF_ERROR(store_.read([&](store::Transaction& transaction) -> Status {
    YUPU_ASSIGN_OR_RETURN(hidden, hidden_items(transaction, tenant_id));
    return ok_status();
  }));
  const std::int64_t now_ns = clock_.now_ns();
  const List list = list_for(*record, hidden, wanted, now_ns, shops_.rules());
  GivenList given;
  given.id = random_id("imp");
  given.user = wanted.user;
  given.surface = wanted.surface;
  given.time_ns = now_ns;
  OrderedJson body = {{"impression", given.id}, {"fallback", list.by_fallback}, {"unknown_user", list.is_unknown_user}};
  if (!list.unknown_context.empty()) body["unknown_context"] = list.unknown_context;
  body["items"] = OrderedJson::array();
  for (std::size_t i = 0; i < list.items.size(); ++i) {
    body["items"].push_back(item_json(*record, list.items[i], i + 1, wanted.explain));
    given.items.push_back(kept_json(*record, list.items[i], i + 1));
  }
  YUPU_RETURN_IF_ERROR(keep_list(store_, tenant_id, given));
  http::Response response = http::json_response(200, body.dump());
  response.headers.add("cache-control", "no-store");
  return response;
}

}  // namespace yupu::recommend
