#include "products/recommend/serve/board_routes.h"

#include <functional>

#include <fmt/format.h>

#include "handoff/live_release.h"
#include "http/door.h"
#include "http/problem.h"
#include "http/query.h"
#include "products/recommend/event_intake.h"
#include "products/recommend/records.h"
#include "products/recommend/serve/board.h"
#include "products/recommend/serve/board_schemas.h"
#include "products/recommend/serve/bodies.h"
#include "products/recommend/serve/health.h"
#include "products/recommend/serve/list_json.h"
#include "products/recommend/serve/outcomes.h"
#include "products/recommend/serve/releases.h"
#include "serving/body_fields.h"

namespace yupu::recommend {
namespace {

using http::asked, http::whole_number;

constexpr std::int64_t kRowsMost = 500, kDaysMost = 400, kDayNs = 86'400'000'000'000;

constexpr http::RouteInfo kSourceMetrics = {.method = "GET",
                                            .pattern = "/metrics/recommend",
                                            .scope = "",
                                            .summary = "what became of events from topics, as Prometheus text"};

http::Response reply(const OrderedJson& json) { return http::unkept_json(json.dump()); }

}  // namespace

struct BoardRoutes::RouteRow {
  http::RouteInfo info;
  Result<http::Response> (BoardRoutes::*handler)(const http::Request&, const Person&);
};

constexpr BoardRoutes::RouteRow BoardRoutes::kRoutes[] = {
    {{.method = "GET",
      .pattern = "/v1/recommend/board",
      .scope = "agent",
      .summary = "how much there is to recommend from, with an agent's token",
      .response_schema = kBoardSchema},
     &BoardRoutes::overview},
    {{.method = "GET",
      .pattern = "/v1/recommend/items",
      .scope = "agent",
      .summary = "items by words, those with the most users first",
      .query_schema = kSearchQuery,
      .response_schema = kItemsSchema},
     &BoardRoutes::items},
    {{.method = "POST",
      .pattern = "/v1/recommend/items/hide",
      .scope = "agent",
      .summary = "takes an item out of every list at once, or puts it back",
      .request_schema = kHideRequest,
      .response_schema = kHiddenSchema},
     &BoardRoutes::hide},
    {{.method = "GET",
      .pattern = "/v1/recommend/users",
      .scope = "agent",
      .summary = "users by words, those with the most events first",
      .query_schema = kSearchQuery,
      .response_schema = kUsersSchema},
     &BoardRoutes::users},
    {{.method = "GET",
      .pattern = "/v1/recommend/users/history",
      .scope = "agent",
      .summary = "what a user did, the newest first",
      .query_schema = kHistoryQuery,
      .response_schema = kHistorySchema},
     &BoardRoutes::history},
    {{.method = "POST",
      .pattern = "/v1/recommend/preview",
      .scope = "agent",
      .summary = "the list a user would get now, with reasons; it is not kept",
      .request_schema = kPreviewRequest,
      .response_schema = kPreviewSchema},
     &BoardRoutes::preview},
    {{.method = "GET",
      .pattern = "/v1/recommend/rules",
      .scope = "agent",
      .summary = "what is pinned, lifted, capped and blocked in lists",
      .response_schema = kRulesSchema},
     &BoardRoutes::rules},
    {{.method = "POST",
      .pattern = "/v1/recommend/rules",
      .scope = "agent",
      .summary = "all rules of the lists anew, in force from the next list on; for managers",
      .request_schema = kRulesSchema,
      .response_schema = kRulesSchema},
     &BoardRoutes::put_rules},
    {{.method = "GET",
      .pattern = "/v1/recommend/metrics",
      .scope = "agent",
      .summary = "lists and what was clicked of them within half an hour, by day",
      .query_schema = kMetricsQuery,
      .response_schema = kMetricsSchema},
     &BoardRoutes::metrics},
    {{.method = "GET",
      .pattern = "/v1/recommend/health",
      .scope = "agent",
      .summary = "what becomes of lists, what the record lacks, how it changes, what a list costs",
      .query_schema = kMetricsQuery,
      .response_schema = kHealthSchema},
     &BoardRoutes::health},
    {{.method = "GET",
      .pattern = "/v1/recommend/releases",
      .scope = "agent",
      .summary = "what served when, and what the guard said",
      .response_schema = kReleasesSchema},
     &BoardRoutes::releases},
    {{.method = "POST",
      .pattern = "/v1/recommend/rollback",
      .scope = "agent",
      .summary = "goes back to the release before",
      .request_schema = kRollBackRequest,
      .response_schema = kRolledBackSchema},
     &BoardRoutes::roll_back},
};

void BoardRoutes::add_routes(http::Router& router) {
  for (const RouteRow& row : kRoutes) {
    router.add(row.info, http::behind(door_, std::bind_front(row.handler, this)));
  }
  router.add(kSourceMetrics, std::bind_front(&BoardRoutes::source_metrics, this));
}

Result<ItemIds> BoardRoutes::hidden(const std::string& tenant_id) {
  ItemIds hidden;
  YUPU_RETURN_IF_ERROR(store_.read([&](store::Transaction& transaction) -> Status {
    YUPU_ASSIGN_OR_RETURN(hidden, hidden_items(transaction, tenant_id));
    return ok_status();
  }));
  return hidden;
}

Result<Policy> BoardRoutes::policy(const std::string& tenant_id) {
  Policy policy;
  YUPU_RETURN_IF_ERROR(store_.read([&](store::Transaction& transaction) -> Status {
    YUPU_ASSIGN_OR_RETURN(policy, policy_of(transaction, tenant_id));
    return ok_status();
  }));
  return policy;
}

Result<http::Response> BoardRoutes::overview(const http::Request&, const Person& person) {
  YUPU_ASSIGN_OR_RETURN(const auto record, shops_.record(person.tenant_id));
  return reply({{"person", person.name},
                {"manager", person.is_manager},
                {"items", record->collection->items.size()},
                {"users", record->collection->users.size()},
                {"events", record->collection->log.events().size()},
                {"live", record->live}});
}

Result<http::Response> BoardRoutes::items(const http::Request& request, const Person& person) {
  YUPU_ASSIGN_OR_RETURN(const std::int64_t limit, whole_number(request, "limit", 50, kRowsMost));
  YUPU_ASSIGN_OR_RETURN(const auto record, shops_.record(person.tenant_id));
  YUPU_ASSIGN_OR_RETURN(const ItemIds taken_down, hidden(person.tenant_id));
  return reply(items_json(*record, taken_down, asked(request, "words"), static_cast<std::size_t>(limit)));
}

Result<http::Response> BoardRoutes::hide(const http::Request& request, const Person& person) {
  YUPU_ASSIGN_OR_RETURN(const Json body, serving::parse_object(request.body, {"item", "hidden"}));
  YUPU_ASSIGN_OR_RETURN(const std::string item, serving::required_string(body, "item", kIdBytesMax));
  YUPU_ASSIGN_OR_RETURN(const bool hides, serving::optional_flag(body, "hidden"));
  YUPU_ASSIGN_OR_RETURN(const bool changed, hides ? hide_item(store_, clock_, person.tenant_id, item)
                                                  : show_item(store_, person.tenant_id, item));
  return reply({{"item", item}, {"hidden", hides}, {"changed", changed}});
}

Result<http::Response> BoardRoutes::users(const http::Request& request, const Person& person) {
  YUPU_ASSIGN_OR_RETURN(const std::int64_t limit, whole_number(request, "limit", 50, kRowsMost));
  YUPU_ASSIGN_OR_RETURN(const auto record, shops_.record(person.tenant_id));
  return reply(users_json(*record, asked(request, "words"), static_cast<std::size_t>(limit)));
}

Result<http::Response> BoardRoutes::history(const http::Request& request, const Person& person) {
  YUPU_ASSIGN_OR_RETURN(const std::int64_t limit, whole_number(request, "limit", 50, kRowsMost));
  const std::string user = asked(request, "user");
  if (user.empty()) return invalid_argument("user is missing", "user");
  YUPU_ASSIGN_OR_RETURN(const auto record, shops_.record(person.tenant_id));
  YUPU_ASSIGN_OR_RETURN(const OrderedJson json, history_json(*record, user, static_cast<std::size_t>(limit)));
  return reply(json);
}

Result<http::Response> BoardRoutes::preview(const http::Request& request, const Person& person) {
  YUPU_ASSIGN_OR_RETURN(ListRequest wanted, parse_list_request(request.body));
  YUPU_ASSIGN_OR_RETURN(const auto record, shops_.record(person.tenant_id));
  YUPU_ASSIGN_OR_RETURN(const ItemIds taken_down, hidden(person.tenant_id));
  wanted.arm = record->arm_of(wanted.user);
  wanted.deadline_ns = shops_.rules().cross.deadline_of(clock_);
  YUPU_ASSIGN_OR_RETURN(const Policy rules_of_tenant, policy(person.tenant_id));
  const List list = list_for(*record, taken_down, wanted, clock_.now_ns(), shops_.rules(), rules_of_tenant);
  OrderedJson json = {{"user", wanted.user}, {"release", record->of(wanted.arm).release.id}};
  if (record->challenger != nullptr) json["arm"] = arm_name(wanted.arm);
  json.update(list_json(*record, list, wanted.explain));
  return reply(json);
}

Result<http::Response> BoardRoutes::rules(const http::Request&, const Person& person) {
  YUPU_ASSIGN_OR_RETURN(const Policy rules_of_tenant, policy(person.tenant_id));
  return reply(rules_of_tenant.to_json());
}

Result<http::Response> BoardRoutes::put_rules(const http::Request& request, const Person& person) {
  YUPU_RETURN_IF_ERROR(handoff::check_manager(person));
  YUPU_ASSIGN_OR_RETURN(const Json body, serving::parse_object(request.body));
  YUPU_ASSIGN_OR_RETURN(const Policy rules_of_tenant, parse_policy(body));
  YUPU_RETURN_IF_ERROR(put_policy(store_, clock_, person.tenant_id, rules_of_tenant, person.name));
  return reply(rules_of_tenant.to_json());
}

Result<http::Response> BoardRoutes::metrics(const http::Request& request, const Person& person) {
  YUPU_ASSIGN_OR_RETURN(const std::int64_t days, whole_number(request, "days", 30, kDaysMost));
  const std::int64_t now_ns = clock_.now_ns();
  YUPU_ASSIGN_OR_RETURN(OrderedJson json, metrics_json(store_, person.tenant_id, days, now_ns));
  const std::string& experiment = shops_.rules().experiment.name;
  YUPU_ASSIGN_OR_RETURN(const auto record, shops_.record(person.tenant_id));
  if (!experiment.empty() && record->challenger != nullptr) {  // it is of one tenant
    YUPU_ASSIGN_OR_RETURN(json["experiment"], experiment_json(store_, person.tenant_id, experiment, days, now_ns));
  }
  return reply(json);
}

Result<http::Response> BoardRoutes::health(const http::Request& request, const Person& person) {
  YUPU_ASSIGN_OR_RETURN(const std::int64_t days, whole_number(request, "days", 30, kDaysMost));
  const std::int64_t now_ns = clock_.now_ns(), from_ns = now_ns - days * kDayNs;
  YUPU_ASSIGN_OR_RETURN(const auto record, shops_.record(person.tenant_id));
  YUPU_ASSIGN_OR_RETURN(const ItemIds taken_down, hidden(person.tenant_id));
  YUPU_ASSIGN_OR_RETURN(const auto became, outcomes(store_, person.tenant_id, from_ns, now_ns + 1));
  OrderedJson json = {{"funnel", funnel_json(became)}, {"record", record_json(*record, taken_down)}};
  YUPU_ASSIGN_OR_RETURN(json["events"], events_json(store_, person.tenant_id, from_ns));
  YUPU_ASSIGN_OR_RETURN(json["sources"], sources_json(store_, person.tenant_id));
  json["drift"] = drift_json(*record, now_ns);
  json["cost"] = shops_.times().to_json();
  return reply(json);
}

http::Response BoardRoutes::source_metrics(const http::Request& request) {
  const auto text = recommend::source_metrics(store_);
  if (!text.ok()) return http::problem(text.status(), request.request_id);
  return http::text_response(200, "text/plain; version=0.0.4; charset=utf-8", *text);
}

Result<http::Response> BoardRoutes::releases(const http::Request&, const Person& person) {
  YUPU_ASSIGN_OR_RETURN(const OrderedJson json, releases_json(store_, person.tenant_id));
  return reply(json);
}

Result<http::Response> BoardRoutes::roll_back(const http::Request& request, const Person& person) {
  YUPU_RETURN_IF_ERROR(handoff::check_manager(person));
  YUPU_ASSIGN_OR_RETURN(const Json body, serving::parse_object(request.body, {"reason"}));
  YUPU_ASSIGN_OR_RETURN(const std::string reason, serving::optional_string(body, "reason", serving::kNameBytesMax));
  const std::string said = reason.empty() ? "rolled back by " + person.name : person.name + ": " + reason;
  YUPU_ASSIGN_OR_RETURN(const auto change,
                        handoff::roll_back(store_, live_name(person.tenant_id), said, clock_.now_ns()));
  shops_.ring();
  return reply({{"live", change.release_id}});
}

}  // namespace yupu::recommend
