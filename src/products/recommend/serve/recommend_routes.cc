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
#include "products/recommend/serve/given_order.h"
#include "products/recommend/serve/list_json.h"
#include "products/recommend/serve/list_making.h"
#include "products/recommend/serve/lists.h"
#include "products/recommend/serve/recommend_schemas.h"
#include "products/recommend/serve/sponsored/slot.h"
#include "serving/body_fields.h"

namespace yupu::recommend {
namespace {

// As it is kept: the features by name, so that what a later version reads of them needs no table of this one's.
OrderedJson kept_json(const Record& record, Arm arm, const ListedItem& item, std::size_t position) {
  OrderedJson features = OrderedJson::object();
  const std::vector<std::string>& names = record.of(arm).ranker->feature_names();
  for (std::size_t i = 0; i < names.size(); ++i) features[names[i]] = item.features[i];
  return {{"item", record.collection->items[item.item]},
          {"position", position},
          {"score", item.score},
          {"propensity", item.propensity},
          {"features", std::move(features)}};
}

// Without what was in it.
GivenList given_list(const Record& record, const ListRequest& wanted, std::int64_t now_ns) {
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
  return given;
}

void put_rows(const Record& record, Arm arm, const List& list, GivenList& given) {
  for (std::size_t i = 0; i < list.items.size(); ++i) {
    given.items.push_back(kept_json(record, arm, list.items[i], i + 1));
    given.shown.push_back(record.collection->items[list.items[i].item]);
    if (list.items[i].is_explored) given.explored = static_cast<std::int64_t>(i + 1);
  }
}

// Rows of what is known alone: an order is learned from items of the record.
void put_rows(const Record& record, Arm arm, const GivenOrder& order, GivenList& given) {
  for (std::size_t i = 0; i < order.items.size(); ++i) {
    const OrderedItem& one = order.items[i];
    given.shown.push_back(one.id);
    if (!one.number) continue;
    const ListedItem row{
        .item = *one.number, .score = one.score.value_or(0.0f), .reason = {}, .features = one.features};
    given.items.push_back(kept_json(record, arm, row, i + 1));
  }
}

void drop_blocked(const Record& record, const Policy& policy, std::vector<CampaignToday>& campaigns) {
  if (campaigns.empty()) return;
  const Collection& collection = *record.collection;
  const PolicyView view(policy, collection);
  std::erase_if(campaigns, [&](const CampaignToday& one) {
    const auto item = place_among(collection.items, one.campaign.item);
    return item && view.is_blocked(*item);
  });
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
      .pattern = "/v1/items",
      .scope = "admin",
      .summary = "what can be recommended: one item, a batch, or a line each; told again it replaces what was told",
      .request_schema = kItemsRequest,
      .response_schema = kItemsResponse},
     &RecommendRoutes::items},
    {{.method = "POST",
      .pattern = "/v1/recommend",
      .scope = "inference",
      .summary = "items for a user now, with reasons",
      .request_schema = kListRequest,
      .response_schema = kListResponse},
     &RecommendRoutes::recommend},
    {{.method = "POST",
      .pattern = "/v1/recommend/rerank",
      .scope = "inference",
      .summary = "given items in the order they suit a user; unknown ones are kept",
      .request_schema = kRerankRequest,
      .response_schema = kRerankResponse},
     &RecommendRoutes::rerank},
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

Result<http::Response> RecommendRoutes::items(const http::Request& request, const std::string& tenant_id) {
  YUPU_ASSIGN_OR_RETURN(const std::vector<Item> items, parse_items(request.body, request.headers.get("content-type")));
  YUPU_ASSIGN_OR_RETURN(const Imported imported, import_items(store_, clock_, tenant_id, items));
  shops_.ring();
  return http::json_response(
      200, to_text(Json{{"added", imported.added}, {"changed", imported.changed}, {"known", imported.known}}));
}

Result<http::Response> RecommendRoutes::recommend(const http::Request& request, const std::string& tenant_id) {
  YUPU_ASSIGN_OR_RETURN(ListRequest wanted, parse_list_request(request.body));
  YUPU_ASSIGN_OR_RETURN(const OrderedJson body, give(tenant_id, std::move(wanted)));
  return http::unkept_json(body.dump());
}

Result<RecommendRoutes::Ground> RecommendRoutes::ground_of(const std::string& tenant_id, const Record& record,
                                                           bool with_campaigns, std::int64_t now_ns,
                                                           ListRequest& wanted) {
  Ground ground;
  YUPU_RETURN_IF_ERROR(store_.read([&](store::Transaction& transaction) -> Status {
    YUPU_ASSIGN_OR_RETURN(ground.hidden, hidden_items(transaction, tenant_id));
    YUPU_ASSIGN_OR_RETURN(ground.policy, policy_of(transaction, tenant_id));
    YUPU_ASSIGN_OR_RETURN(wanted.since,
                          events_of_user_since(transaction, tenant_id, wanted.user, record.revision.events));
    if (with_campaigns) {
      YUPU_ASSIGN_OR_RETURN(ground.campaigns, campaigns_today(transaction, tenant_id, now_ns));
    }
    return ok_status();
  }));
  return ground;
}

Result<OrderedJson> RecommendRoutes::give(const std::string& tenant_id, ListRequest wanted) {
  YUPU_ASSIGN_OR_RETURN(const auto record, shops_.record(tenant_id));
  wanted.arm = record->arm_of(wanted.user);
  wanted.deadline_ns = shops_.rules().cross.deadline_of(clock_);
  wanted.explores = true;
  const std::int64_t now_ns = clock_.now_ns();
  wanted.times = &shops_.times();
  Laps laps(wanted.times);
  YUPU_ASSIGN_OR_RETURN(Ground ground, ground_of(tenant_id, *record, wanted.sponsored, now_ns, wanted));
  laps.end(Stage::kRead);
  drop_blocked(*record, ground.policy, ground.campaigns);
  const List list = list_for(*record, ground.hidden, wanted, now_ns, shops_.rules(), ground.policy);
  const std::optional<Slot> slot = slot_for(*record, ground.hidden, wanted, ground.campaigns, now_ns);
  GivenList given = given_list(*record, wanted, now_ns);
  put_rows(*record, wanted.arm, list, given);
  laps = Laps(wanted.times);
  YUPU_RETURN_IF_ERROR(store_.write([&](store::Transaction& transaction) -> Status {
    if (slot) YUPU_RETURN_IF_ERROR(keep_slot(transaction, tenant_id, given.id, *slot, now_ns));
    return keep_list(transaction, tenant_id, given);
  }));
  laps.end(Stage::kKeep);
  OrderedJson body = {{"impression", given.id}};
  body.update(list_json(*record, list, wanted.explain));
  if (slot) body["sponsored"] = slot_json(*record, *slot);
  return body;
}

Result<http::Response> RecommendRoutes::rerank(const http::Request& request, const std::string& tenant_id) {
  YUPU_ASSIGN_OR_RETURN(OrderRequest wanted, parse_order_request(request.body));
  YUPU_ASSIGN_OR_RETURN(const auto record, shops_.record(tenant_id));
  wanted.asked.arm = record->arm_of(wanted.asked.user);
  wanted.asked.deadline_ns = shops_.rules().cross.deadline_of(clock_);
  const std::int64_t now_ns = clock_.now_ns();
  YUPU_ASSIGN_OR_RETURN(const Ground ground, ground_of(tenant_id, *record, false, now_ns, wanted.asked));
  const GivenOrder order = order_given(*record, ground.hidden, wanted, now_ns, shops_.rules(), ground.policy);
  GivenList given = given_list(*record, wanted.asked, now_ns);
  put_rows(*record, wanted.asked.arm, order, given);
  YUPU_RETURN_IF_ERROR(keep_list(store_, tenant_id, given));
  OrderedJson body = {{"impression", given.id}};
  body.update(order_json(*record, order, wanted.asked.explain));
  return http::unkept_json(body.dump());
}

Result<http::Response> RecommendRoutes::click(const http::Request& request, const std::string& tenant_id) {
  YUPU_ASSIGN_OR_RETURN(const Json body, serving::parse_object(request.body, {"impression"}));
  YUPU_ASSIGN_OR_RETURN(const std::string impression, serving::required_string(body, "impression", kIdBytesMax));
  YUPU_ASSIGN_OR_RETURN(const Booked booked, take_click(store_, clock_, tenant_id, impression, book_));
  return http::json_response(200, to_text(Json{{"counted", booked.is_new}, {"price_ufen", booked.price.ufen()}}));
}

}  // namespace yupu::recommend
