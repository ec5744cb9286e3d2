// Recommendation, as a running server offers it: the API, the pages for people, the widget on pages of the shop.
#pragma once

#include <memory>

#include "app/serve/event_topics.h"
#include "app/serve/house.h"
#include "http/router.h"
#include "products/recommend/serve/board_routes.h"
#include "products/recommend/serve/recommend_routes.h"
#include "products/recommend/serve/shops.h"
#include "products/recommend/serve/widget_routes.h"
#include "serving/service.h"

namespace yupu::app {

struct Recommendations {
  std::unique_ptr<recommend::Shops> shops;
  std::unique_ptr<recommend::RecommendRoutes> routes;
  std::unique_ptr<recommend::BoardRoutes> board;
  std::unique_ptr<recommend::WidgetRoutes> widget;  // null: no page of a shop may ask
  std::unique_ptr<EventTopics> topics;              // of [[recommend.kafka]]

  // `service` outlives the calls.  Errors: kNotFound, kInvalidArgument: whose events a topic has is not clear.
  Status open(const House& house, serving::Service& service);
  void add_routes(http::Router& router, serving::Service& service);
  void start();
  void stop();
};

}  // namespace yupu::app
