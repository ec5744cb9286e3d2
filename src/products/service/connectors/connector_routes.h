// /v1/connectors/{name}: where networks deliver their callbacks. Who may call is what each connector proves, not a key.
// Threads: handlers run on many request threads; add() before the server starts.
#pragma once

#include <map>
#include <memory>
#include <string>

#include "http/router.h"
#include "products/service/connectors/line.h"

namespace yupu::products {

class ConnectorRoutes {
 public:
  // REQUIRES: no other line of this connector's name.
  void add(std::unique_ptr<Line> line);
  // None without a line.
  void add_routes(http::Router& router);
  void start();
  void stop();

 private:
  http::Response callback(const http::Request& request);

  std::map<std::string, std::unique_ptr<Line>, std::less<>> lines_;
};

}  // namespace yupu::products
