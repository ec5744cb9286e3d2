#include "app/serve/recommendations.h"

#include <utility>

#include "commerce/metering/sponsored.h"
#include "products/service/agents/agent_routes.h"
#include "strategy/strategy.h"

namespace yupu::app {
namespace {

Status book_click(store::Transaction& transaction, const recommend::Click& click) {
  return commerce::record_click(transaction, {.payer_id = click.payer_id,
                                              .campaign = click.campaign,
                                              .click_id = click.impression_id,
                                              .price = click.price,
                                              .clicked_ns = click.clicked_ns});
}

}  // namespace

Status Recommendations::open(const House& house, serving::Service& service) {
  shops = std::make_unique<recommend::Shops>(house.store, house.clock, house.options.list_rules);
  routes = std::make_unique<recommend::RecommendRoutes>(
      house.store, house.clock, *shops,
      [&service](const http::Request& request, std::string_view scope) { return service.admit_key(request, scope); },
      book_click);
  if (house.options.strategy != nullptr && house.options.strategy->widget) {
    widget = std::make_unique<recommend::WidgetRoutes>(
        house.store, house.clock, *shops, *routes,
        [&service](const http::Request& request) { return service.admit_to_conversation(request, {}); }, book_click);
  }
  board = std::make_unique<recommend::BoardRoutes>(house.store, house.clock, *shops, products::agent_door(house.store));
  YUPU_ASSIGN_OR_RETURN(topics, EventTopics::open(house, *shops));
  return ok_status();
}

void Recommendations::start() {
  shops->start();
  topics->start();
}

void Recommendations::stop() {
  topics->stop();
  shops->stop();
}

void Recommendations::add_routes(http::Router& router, serving::Service& service) {
  routes->add_routes(router);
  board->add_routes(router);
  if (widget == nullptr) return;
  widget->add_routes([&](const http::RouteInfo& info, http::Handler handler) {
    service.add_shared_route(router, info, std::move(handler));
  });
}

}  // namespace yupu::app
