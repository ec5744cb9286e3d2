#include "strategy/notify_plan.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "http/url.h"
#include "strategy/monitor_route_reader.h"
#include "strategy/service_reader.h"
#include "strategy/strategy.h"

namespace yupu::strategy {
namespace {

constexpr std::int64_t kDaySeconds = 86'400;

bool is_event(const std::string& name) {
  return std::find(products::kShopEvents.begin(), products::kShopEvents.end(), name) != products::kShopEvents.end();
}

}  // namespace

void read_console_url(TomlReader& reader, NotifyPlan& plan) {
  reader.text("console_url", plan.link);
  if (plan.link.empty()) return;
  if (const auto url = http::parse_url(plan.link); !url.ok()) reader.fail("console_url", url.status().message());
}

Status read_notify(const toml::table& table, Strategy& strategy) {
  NotifyPlan& plan = strategy.service.notify;
  monitor::Route route;
  route.wait_ns = monitor::kMinuteNs;
  RouteSecrets secrets;
  TomlReader reader(table, strategy.path, fmt::format("service.notify[{}]", plan.routes.size()));
  read_route(reader, route, secrets);
  reader.texts("events", route.topics);
  read_duration(reader, "wait_seconds", monitor::kSecondNs, 0, kDaySeconds, route.wait_ns);
  read_duration(reader, "interval_seconds", monitor::kSecondNs, 0, kDaySeconds, route.interval_ns);
  for (const std::string& event : route.topics) {
    if (!is_event(event))
      reader.fail("events", fmt::format("\"{}\" is none of {}", event, fmt::join(products::kShopEvents, ", ")));
  }
  for (const monitor::Route& other : plan.routes) {
    if (other.name == route.name) reader.fail("name", fmt::format("\"{}\" is another route's already", route.name));
  }
  YUPU_RETURN_IF_ERROR(reader.finish());
  plan.routes.push_back(std::move(route));
  plan.route_secrets.push_back(std::move(secrets));
  return ok_status();
}

Result<products::ShopNotices> shop_notices(const Strategy& strategy) {
  products::ShopNotices shop = shop_to_tell(strategy);
  YUPU_ASSIGN_OR_RETURN(shop.routes,
                        with_secrets(strategy, std::move(shop.routes), strategy.service.notify.route_secrets));
  return shop;
}

products::ShopNotices shop_to_tell(const Strategy& strategy) {
  const NotifyPlan& plan = strategy.service.notify;
  return {.shop = strategy.name, .bot = strategy.service.bot, .link = plan.link, .routes = plan.routes};
}

}  // namespace yupu::strategy
