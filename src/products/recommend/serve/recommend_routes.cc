#include "products/recommend/serve/recommend_routes.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/ids.h"
#include "http/door.h"
#include "http/problem.h"
#include "products/recommend/event_store.h"
#include "products/recommend/serve/bodies.h"
#include "products/recommend/serve/list_json.h"
#include "products/recommend/serve/lists.h"
#include "products/recommend/serve/sponsored/slot.h"
#include "serving/body_fields.h"

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
    "explain": {"type": "boolean", "default": true},
    "sponsored": {"type": "boolean", "default": true, "description": "false: nothing that somebody pays for"}}
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
        "item": {"type": "string"}, "title": {"type": "string"}, "share": {"type": "number"}}}}}},
    "sponsored": {"type": "object", "description": "absent: nobody's; to be shown apart, with its label",
                  "properties": {"id": {"type": "string"}, "title": {"type": "string"},
                                 "label": {"type": "object", "properties": {"zh": {"type": "string"},
                                                                            "en": {"type": "string"}}}}}}
})";
constexpr std::string_view kClickRequest = R"({
  "type": "object", "additionalProperties": false, "required": ["impression"],
  "properties": {"impression": {"type": "string", "description": "of the list whose sponsored item was clicked"}}
})";
constexpr std::string_view kClickResponse = R"({
  "type": "object", "required": ["counted"],
  "properties": {"counted": {"type": "boolean", "description": "false: it was counted before"},
                 "price_ufen": {"type": "integer", "description": "10^-6 fen, to whom the campaign belongs"}}
})";

// As it is kept: the features by name, so that what a later version reads of them needs no table of this one's.
OrderedJson kept_json(const Record& record, Arm arm, const ListedItem& item, std::size_t position) {
  OrderedJson features = OrderedJson::object();
  const std::vector<std::string>& names = record.of(arm).ranker->feature_names();
  for (std::size_t i = 0; i < names.size(); ++i) features[names[i]] = item.features[i];
  return {{"item", record.collection->items[item.item]},
          {"position", position},
          {"score", item.score},
          {"features", std::move(features)}};
}

GivenList given_list(const Record& record, const ListRequest& wanted, const List& list, std::int64_t now_ns) {
  GivenList given;
  given.id = random_id("imp");
  given.user = wanted.user;
  given.surface = wanted.surface;
  given.time_ns = now_ns;
  given.release_id = record.of(wanted.arm).release.id;
  if (record.challenger != nullptr) {
    given.experiment = record.experiment.name;
    given.arm = arm_name(wanted.arm);
  }
  for (std::size_t i = 0; i < list.items.size(); ++i) {
    given.items.push_back(kept_json(record, wanted.arm, list.items[i], i + 1));
    given.shown.push_back(record.collection->items[list.items[i].item]);
  }
  return given;
}

OrderedJson slot_json(const Record& record, const Slot& slot) {
  const std::vector<std::string>& items = record.collection->items;
  const auto at = std::lower_bound(items.begin(), items.end(), slot.item);
  return {{"id", slot.item},
          {"title", record.titles[static_cast<std::size_t>(at - items.begin())]},
          {"label", {{"zh", "推广"}, {"en", "sponsored"}}}};
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
    {{.method = "POST",
      .pattern = "/v1/recommend/sponsored/click",
      .scope = "feedback",
      .summary = "a sponsored item was clicked: counted and charged once, within half an hour of being shown",
      .request_schema = kClickRequest,
      .response_schema = kClickResponse},
     &RecommendRoutes::click},
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
  YUPU_ASSIGN_OR_RETURN(ListRequest wanted, parse_list_request(request.body));
  YUPU_ASSIGN_OR_RETURN(const OrderedJson body, give(tenant_id, std::move(wanted)));
  return http::unkept_json(body.dump());
}

Result<OrderedJson> RecommendRoutes::give(const std::string& tenant_id, ListRequest wanted) {
  YUPU_ASSIGN_OR_RETURN(const auto record, shops_.record(tenant_id));
  wanted.arm = record->arm_of(wanted.user);
  wanted.deadline_ns = shops_.rules().cross.deadline_of(clock_);
  const std::int64_t now_ns = clock_.now_ns();
  ItemIds hidden;
  std::vector<CampaignToday> campaigns;
  YUPU_RETURN_IF_ERROR(store_.read([&](store::Transaction& transaction) -> Status {
    YUPU_ASSIGN_OR_RETURN(hidden, hidden_items(transaction, tenant_id));
    if (wanted.sponsored) {
      YUPU_ASSIGN_OR_RETURN(campaigns, campaigns_today(transaction, tenant_id, now_ns));
    }
    return ok_status();
  }));
  const List list = list_for(*record, hidden, wanted, now_ns, shops_.rules());
  const std::optional<Slot> slot = slot_for(*record, hidden, wanted, campaigns, now_ns);
  const GivenList given = given_list(*record, wanted, list, now_ns);
  YUPU_RETURN_IF_ERROR(store_.write([&](store::Transaction& transaction) -> Status {
    if (slot) YUPU_RETURN_IF_ERROR(keep_slot(transaction, tenant_id, given.id, *slot, now_ns));
    return keep_list(transaction, tenant_id, given);
  }));
  OrderedJson body = {{"impression", given.id}};
  body.update(list_json(*record, list, wanted.explain));
  if (slot) body["sponsored"] = slot_json(*record, *slot);
  return body;
}

Result<http::Response> RecommendRoutes::click(const http::Request& request, const std::string& tenant_id) {
  YUPU_ASSIGN_OR_RETURN(const Json body, serving::parse_object(request.body, {"impression"}));
  YUPU_ASSIGN_OR_RETURN(const std::string impression, serving::required_string(body, "impression", kIdBytesMax));
  YUPU_ASSIGN_OR_RETURN(const Booked booked, take_click(store_, clock_, tenant_id, impression, book_));
  return http::json_response(200, to_text(Json{{"counted", booked.is_new}, {"price_ufen", booked.price.ufen()}}));
}

}  // namespace yupu::recommend
