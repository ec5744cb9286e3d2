// The monitor's pages of a running server.
#pragma once

#include <functional>
#include <memory>

#include "app/serve/house.h"
#include "http/router.h"
#include "products/monitor/board/latency_routes.h"
#include "products/monitor/board/news.h"
#include "products/monitor/board/notice_routes.h"
#include "products/monitor/board/push_routes.h"
#include "products/monitor/board/routes.h"

namespace yupu::app {

struct MonitorBoard {
  std::unique_ptr<monitor::News> news;  // null, as all of them: no monitor is shown
  std::unique_ptr<monitor::BoardRoutes> routes;
  std::unique_ptr<monitor::NoticeRoutes> notices;
  std::unique_ptr<monitor::LatencyRoutes> latency;
  std::unique_ptr<monitor::PushRoutes> pushes;  // null: nobody may push
  std::function<void(http::Router&)> add_replay;

  void open(const House& house);
  void add_routes(http::Router& router);
  void start();
  void stop();
};

}  // namespace yupu::app
