#include "products/service/connectors/connector_routes.h"

#include <utility>

#include "base/check.h"
#include "http/problem.h"

namespace yupu::products {

void ConnectorRoutes::add(std::unique_ptr<Line> line) {
  std::string name = line->connector().name();
  CHECK(lines_.emplace(name, std::move(line)).second, "connector added twice: " + name);
}

void ConnectorRoutes::add_routes(http::Router& router) {
  if (lines_.empty()) return;
  constexpr http::RouteInfo kRows[] = {
      {.method = "GET",
       .pattern = "/v1/connectors/{name}",
       .scope = "",
       .summary = "a network verifies its connector's address (docs/connectors.md)"},
      {.method = "POST",
       .pattern = "/v1/connectors/{name}",
       .scope = "",
       .summary = "a network's signed callback: a visitor's message, answered once (docs/connectors.md)"},
  };
  for (const http::RouteInfo& info : kRows) {
    router.add(info, [this](const http::Request& request) { return callback(request); });
  }
}

http::Response ConnectorRoutes::callback(const http::Request& request) {
  const auto found = lines_.find(request.params.at("name"));
  if (found == lines_.end())
    return http::problem(Status(Code::kNotFound, "no connector of this name", "name"), request.request_id);
  return found->second->callback(request);
}

void ConnectorRoutes::start() {
  for (const auto& [name, line] : lines_) line->start();
}

void ConnectorRoutes::stop() {
  for (const auto& [name, line] : lines_) line->stop();
}

}  // namespace yupu::products
