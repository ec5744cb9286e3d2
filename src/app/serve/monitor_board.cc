#include "app/serve/monitor_board.h"

#include "app/monitor_door.h"
#include "products/monitor/board/replay_routes.h"
#include "strategy/strategy.h"

namespace yupu::app {

void MonitorBoard::open(const House& house) {
  const LiveServerOptions& options = house.options;
  const strategy::Strategy* const shown = options.monitor != nullptr ? options.monitor : options.strategy;
  if (shown == nullptr || !shown->monitor) return;
  news = std::make_unique<monitor::News>(house.store, shown->name);
  routes = std::make_unique<monitor::BoardRoutes>(house.store, house.clock, shown->name, shown->monitor->topics,
                                                  shown->monitor->rules, *news,
                                                  monitor_door(house.store, shown->monitor->tenant));
  notices = std::make_unique<monitor::NoticeRoutes>(house.store, house.clock, shown->name, shown->monitor->routes,
                                                    *news, monitor_door(house.store, shown->monitor->tenant));
  latency = std::make_unique<monitor::LatencyRoutes>(house.store, house.clock, shown->name,
                                                     monitor_door(house.store, shown->monitor->tenant));
  add_replay = [&store = house.store, &clock = house.clock, shown](http::Router& router) {
    monitor::add_replay_routes(router, store, clock, shown->name, shown->monitor->rules,
                               monitor_people(store, shown->monitor->tenant));
  };
  if (!shown->monitor->push) return;
  const auto from = shown->monitor->sentiment ? monitor::SentimentFrom::kScored : monitor::SentimentFrom::kDocument;
  pushes =
      std::make_unique<monitor::PushRoutes>(house.store, house.clock, shown->name, shown->monitor->topics, from,
                                            *shown->monitor->push, monitor_door(house.store, shown->monitor->tenant));
}

void MonitorBoard::add_routes(http::Router& router) {
  if (routes != nullptr) routes->add_routes(router);
  if (notices != nullptr) notices->add_routes(router);
  if (latency != nullptr) latency->add_routes(router);
  if (pushes != nullptr) pushes->add_routes(router);
  if (add_replay) add_replay(router);
}

void MonitorBoard::start() {
  if (news != nullptr) news->start();
}

void MonitorBoard::stop() {
  if (news != nullptr) news->stop();
}

}  // namespace yupu::app
