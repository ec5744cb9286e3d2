// Where the secrets of routes stand, and the routes with them: of [[monitor.route]] and [[service.notify]].
#pragma once

#include <string>
#include <vector>

#include "base/status.h"
#include "products/monitor/alarms/notices.h"

namespace yupu::strategy {

struct Strategy;

// Where a route's secret stands, and of a chat whose address is one its address: files as written, or a variable of the
// environment.
struct RouteSecrets {
  std::string file, variable, url_file, ca_file;
};

// The routes with their secrets, `route_secrets` one a route.  Errors: a secret's file that cannot be read, holds
// nothing, or (but for a webhook's) may be read by others; a variable that is not set; an address in a file that is
// none.
Result<std::vector<monitor::Route>> with_secrets(const Strategy& strategy, std::vector<monitor::Route> routes,
                                                 const std::vector<RouteSecrets>& route_secrets);

}  // namespace yupu::strategy
