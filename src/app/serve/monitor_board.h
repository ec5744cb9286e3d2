// The monitor's pages of a running server.
#pragma once

#include <memory>

#include "app/serve/house.h"
#include "http/router.h"
#include "products/monitor/board/news.h"
#include "products/monitor/board/routes.h"

namespace yupu::app {

struct MonitorBoard {
  std::unique_ptr<monitor::News> news;  // both null: no monitor is shown
  std::unique_ptr<monitor::BoardRoutes> routes;

  void open(const House& house);
  void add_routes(http::Router& router);
  void start();
  void stop();
};

}  // namespace yupu::app
