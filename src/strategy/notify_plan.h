// [[service.notify]] of the strategy file: who is told that people are wanted (products/service/agents/notices.h), and
// of rounds. Keys: docs/agents.md.
#pragma once

#include <string>
#include <vector>

#include "products/monitor/alarms/notices.h"
#include "products/service/agents/notices.h"
#include "strategy/route_secrets.h"

namespace yupu::strategy {

struct NotifyPlan {
  std::vector<monitor::Route> routes = {};       // secrets are not read yet
  std::vector<RouteSecrets> route_secrets = {};  // of each route
  std::string link = {};                         // of the console, for notices
};

// What NoticeSender takes.  Errors: with_secrets()'s.
Result<products::ShopNotices> shop_notices(const Strategy& strategy);
// The same without secrets, for who writes notices and sends none: tell_shop().
products::ShopNotices shop_to_tell(const Strategy& strategy);

}  // namespace yupu::strategy
