// GET /v1/monitor/latency, and the same as metrics: how long documents take until they are counted and notices until
// they are taken (documents/latency.h). Of one monitor.
// Threads: handlers run on many request threads.
#pragma once

#include <string>

#include "base/clock.h"
#include "http/router.h"
#include "products/monitor/board/routes.h"
#include "store/store.h"

namespace yupu::monitor {

class LatencyRoutes {
 public:
  // All that is referred to outlives the routes.
  LatencyRoutes(store::Store& store, const Clock& clock, std::string monitor, BoardRoutes::Person person);
  void add_routes(http::Router& router);

 private:
  Result<http::Response> latency(const http::Request& request, const std::string& who);
  http::Response metrics(const http::Request& request);

  store::Store& store_;
  const Clock& clock_;
  const std::string monitor_;
  const BoardRoutes::Person person_;
};

}  // namespace yupu::monitor
