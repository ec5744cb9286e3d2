// /v1/monitor/notices and /v1/monitor/routes: what was told to whom, what nobody took, to be sent again, and a test of
// a route. Of one monitor. What they write whoever runs the monitor sends (alarms/delivery.h). Threads: handlers run on
// many request threads.
#pragma once

#include <span>
#include <string>

#include "base/clock.h"
#include "http/router.h"
#include "products/monitor/alarms/notices.h"
#include "products/monitor/board/news.h"
#include "products/monitor/board/routes.h"
#include "store/store.h"

namespace yupu::monitor {

class NoticeRoutes {
 public:
  // `routes`: of the strategy, without their secrets: addresses are shown to nobody. All outlive the routes.
  NoticeRoutes(store::Store& store, const Clock& clock, std::string monitor, std::span<const Route> routes, News& news,
               BoardRoutes::Person person);
  void add_routes(http::Router& router);

 private:
  struct RouteRow;
  static const RouteRow kRoutes[];

  Result<http::Response> list(const http::Request& request, const std::string& who);
  Result<http::Response> resend(const http::Request& request, const std::string& who);
  Result<http::Response> test(const http::Request& request, const std::string& who);

  store::Store& store_;
  const Clock& clock_;
  const std::string monitor_;
  const std::span<const Route> routes_;
  News& news_;
  const BoardRoutes::Person person_;
};

}  // namespace yupu::monitor
