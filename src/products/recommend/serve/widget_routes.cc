#include "products/recommend/serve/widget_routes.h"

#include <vector>

#include "base/hash.h"
#include "http/problem.h"
#include "products/recommend/event_store.h"
#include "products/recommend/serve/bodies.h"
#include "serving/body_fields.h"
#include "serving/visitors/visitor_door.h"

namespace yupu::recommend {
namespace {

constexpr std::string_view kListRequest = R"({
  "type": "object", "additionalProperties": false,
  "properties": {
    "count": {"type": "integer", "minimum": 1, "maximum": 100, "default": 10},
    "surface": {"type": "string"},
    "exclude": {"type": "array", "maxItems": 1000, "items": {"type": "string"}},
    "context": {"type": "array", "maxItems": 50, "items": {"type": "string"},
                "description": "items of the page the list stands on"},
    "sponsored": {"type": "boolean", "default": true}}
})";
constexpr std::string_view kListResponse =
    R"({"type": "object", "required": ["impression", "items"], "description": "as of /v1/recommend"})";
constexpr std::string_view kEventRequest = R"({
  "type": "object", "additionalProperties": false, "required": ["impression", "item", "kind"],
  "properties": {"impression": {"type": "string", "description": "of the list"}, "item": {"type": "string"},
                 "kind": {"enum": ["view", "click"]},
                 "sponsored": {"type": "boolean", "description": "it was the sponsored item"}}
})";
constexpr std::string_view kEventResponse = R"({
  "type": "object", "required": ["added"], "properties": {"added": {"type": "integer"}}
})";

http::Response answered(const serving::Service::Access& access, http::Response response) {
  response.headers.add("cache-control", "no-store");
  if (!access.next_token.empty()) response.headers.add(serving::kVisitorHeader, access.next_token);
  return response;
}

// The list must be the visitor's own, and the item must have been in it, or beside it.
Status check_shown(store::Store& store, const std::string& tenant_id, const std::string& user,
                   const std::string& impression, const std::string& item, bool is_sponsored) {
  return store.read([&](store::Transaction& transaction) -> Status {
    YUPU_ASSIGN_OR_RETURN(const auto lists,
                          transaction.query("SELECT shown FROM recommend_impression WHERE tenant_id = ? AND "
                                            "impression_id = ? AND user_id = ?",
                                            {tenant_id, impression, user}));
    if (lists.empty()) return {Code::kNotFound, "no list of this visitor has this id", "impression"};
    bool is_shown = false;
    if (is_sponsored) {
      YUPU_ASSIGN_OR_RETURN(const auto slots,
                            transaction.query("SELECT 1 FROM recommend_sponsored WHERE tenant_id = ? AND "
                                              "impression_id = ? AND item_id = ?",
                                              {tenant_id, impression, item}));
      is_shown = !slots.empty();
    } else {
      YUPU_ASSIGN_OR_RETURN(const Json shown, parse_json(lists[0].text(0)));
      for (const Json& one : shown) is_shown = is_shown || one == item;
    }
    return is_shown ? ok_status() : Status(Code::kNotFound, "it was not in this list", "item");
  });
}

}  // namespace

void WidgetRoutes::add_routes(const AddRoute& add) {
  struct Row {
    http::RouteInfo info;
    Result<http::Response> (WidgetRoutes::*handler)(const http::Request&, const serving::Service::Access&);
  };
  constexpr Row kRows[] = {
      {{.method = "POST",
        .pattern = "/v1/widget/recommend",
        .scope = "",
        .summary = "items for a visitor of a shop's page, with the visitor's token",
        .request_schema = kListRequest,
        .response_schema = kListResponse},
       &WidgetRoutes::list},
      {{.method = "POST",
        .pattern = "/v1/widget/events",
        .scope = "",
        .summary = "what a visitor did with an item of their list, with the visitor's token",
        .request_schema = kEventRequest,
        .response_schema = kEventResponse},
       &WidgetRoutes::event},
  };
  for (const Row& row : kRows) {
    add(row.info, [this, handler = row.handler](const http::Request& request) {
      const serving::Service::Access access = door_(request);
      if (!access.caller) return access.refusal;
      if (!access.visitor) {
        return http::problem(Status(Code::kUnauthenticated, "a visitor's token is wanted", "yupu-visitor"),
                             request.request_id);
      }
      const Result<http::Response> response = (this->*handler)(request, access);
      return answered(access, response.ok() ? *response : http::problem(response.status(), request.request_id));
    });
  }
}

Result<http::Response> WidgetRoutes::list(const http::Request& request, const serving::Service::Access& access) {
  YUPU_ASSIGN_OR_RETURN(Json body,
                        serving::parse_object(request.body, {"count", "surface", "exclude", "context", "sponsored"}));
  body["user"] = access.visitor->id;
  YUPU_ASSIGN_OR_RETURN(ListRequest wanted, parse_list_request(to_text(body)));
  YUPU_ASSIGN_OR_RETURN(const OrderedJson given, lists_.give(access.caller->tenant_id, std::move(wanted)));
  return http::json_response(200, given.dump());
}

Result<http::Response> WidgetRoutes::event(const http::Request& request, const serving::Service::Access& access) {
  YUPU_ASSIGN_OR_RETURN(const Json body,
                        serving::parse_object(request.body, {"impression", "item", "kind", "sponsored"}));
  YUPU_ASSIGN_OR_RETURN(const std::string impression, serving::required_string(body, "impression", kIdBytesMax));
  YUPU_ASSIGN_OR_RETURN(const std::string item, serving::required_string(body, "item", kIdBytesMax));
  YUPU_ASSIGN_OR_RETURN(const std::string kind, serving::required_string(body, "kind", kIdBytesMax));
  YUPU_ASSIGN_OR_RETURN(const bool is_sponsored, serving::optional_flag(body, "sponsored"));
  if (kind != "view" && kind != "click") return invalid_argument("kind is view or click", "kind");
  const std::string& tenant_id = access.caller->tenant_id;
  const std::string& user = access.visitor->id;
  YUPU_RETURN_IF_ERROR(check_shown(store_, tenant_id, user, impression, item, is_sponsored));
  // Told again, it is the same event.
  const std::vector<Event> events = {
      {.id = "widget-" + Sha256().field(impression).field(item).field(kind).finish_hex(),
       .user = user,
       .item = item,
       .kind = kind == "view" ? tasks::BehaviourKind::kView : tasks::BehaviourKind::kClick,
       .time_ns = clock_.now_ns(),
       .impression = impression}};
  Result<Imported> imported = import_events(store_, clock_, tenant_id, events);
  if (!imported.ok() && imported.status().code() == Code::kConflict)
    imported = Imported{.known = 1};  // at another time
  if (!imported.ok()) return imported.status();
  if (is_sponsored && kind == "click")
    YUPU_RETURN_IF_ERROR(take_click(store_, clock_, tenant_id, impression, book_).status());
  shops_.ring();
  return http::json_response(200, to_text(Json{{"added", imported->added}}));
}

}  // namespace yupu::recommend
