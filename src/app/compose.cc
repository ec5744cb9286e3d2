#include "app/compose.h"

#include <array>
#include <optional>
#include <utility>

#include <fmt/format.h>
#include <unistd.h>

#include "app/serve/house.h"
#include "app/serve/models.h"
#include "app/serve/monitor_board.h"
#include "app/serve/pages.h"
#include "app/serve/recommendations.h"
#include "app/serve/service_hooks.h"
#include "app/serve/shop_bot.h"
#include "app/stop_signal.h"
#include "app/workplace.h"
#include "base/log.h"
#include "http/openapi.h"

namespace yupu::app {
namespace {

constexpr int kDrainMs = 10'000;

// What tells this server from others on the same store, also after it was started again: the machine, and where it
// listens.
std::string instance_of(const http::ListenAddress& listen) {
  std::array<char, 256> machine{};
  if (::gethostname(machine.data(), machine.size() - 1) != 0) machine[0] = '\0';
  return fmt::format("{}/{}:{}", machine.data(), listen.host, listen.port);
}

}  // namespace

// In order of construction; destroyed in reverse.
struct LiveServer::Parts {
  const LiveServerOptions options;
  const std::unique_ptr<commerce::Commerce> commerce;
  const House house;
  Models models;
  ChatPage chat;  // what the pages look into
  std::vector<serving::Asset> pages;
  std::optional<ShopBot> shop;  // of the strategy; none: no bot
  std::unique_ptr<serving::Service> service;
  Recommendations recommendations;
  MonitorBoard board;
  std::unique_ptr<http::Server> server;

  Parts(store::Store& store, const Clock& clock, LiveServerOptions o, std::unique_ptr<commerce::Commerce> c)
      : options(std::move(o)),
        commerce(std::move(c)),
        house{.store = store, .clock = clock, .options = options, .commerce = *commerce} {}

  Status open() {
    YUPU_RETURN_IF_ERROR(models.open(house.store, house.clock, options));
    YUPU_ASSIGN_OR_RETURN(serving::ServiceOptions serves, service_options(house));
    if (serves.public_bot) chat = chat_page_of(*serves.public_bot);
    pages = web_pages(chat);
    service =
        std::make_unique<serving::Service>(house.clock, house.store, *commerce, *models.host, *models.engine,
                                           models.metrics, std::move(serves), service_hooks(house.store, house.clock));
    YUPU_RETURN_IF_ERROR(recommendations.open(house, *service));
    board.open(house);
    return options.strategy == nullptr ? ok_status() : shop.emplace().open(house, models, *service);
  }

  http::Router routes() {
    http::Router router;
    service->add_routes(router);
    recommendations.add_routes(router, *service);
    board.add_routes(router);
    if (shop) shop->add_routes(router);
    serving::add_assets(router, pages);
    add_report(router, options.workdir);
    http::add_openapi(router, "yupu", kVersion);
    return router;
  }

  Status listen() {
    http::ServerOptions server_options;
    server_options.listen = options.listen;
    server_options.request_threads = options.request_threads;
    server_options.request_queue_ms_max = options.queue_ms;
    server_options.proxies = options.proxies;
    server_options.on_exchange = [this](const http::Exchange& exchange) { models.metrics.count_exchange(exchange); };
    if (shop) shop->look();
    YUPU_ASSIGN_OR_RETURN(server, http::Server::start(std::move(server_options), routes()));
    service->set_server(server.get());
    models.watcher->start();
    recommendations.start();
    board.start();
    if (shop) shop->start();
    return ok_status();
  }

  void stop() {
    service->set_draining();
    server->stop(kDrainMs);
    service->set_server(nullptr);
    if (shop) shop->stop();
    recommendations.stop();
    board.stop();
    models.stop();
    server.reset();
  }
};

LiveServer::LiveServer(std::string host, std::unique_ptr<Parts> parts)
    : host_(std::move(host)), parts_(std::move(parts)) {}

LiveServer::~LiveServer() { stop(); }

std::uint16_t LiveServer::port() const { return parts_->server->port(); }

Status LiveServer::refresh() { return parts_->models.watcher->check(); }

Result<std::unique_ptr<LiveServer>> LiveServer::start(LiveServerOptions options, store::Store& store,
                                                      const Clock& clock) {
  std::string host = options.listen.host == "0.0.0.0" ? "127.0.0.1" : options.listen.host;
  commerce::CommerceOptions commerce_options{.pepper_path = options.workdir + "/secrets/pepper"};
  if (store.is_shared()) commerce_options.instance = instance_of(options.listen);
  YUPU_ASSIGN_OR_RETURN(auto commerce, commerce::Commerce::open(store, clock, std::move(commerce_options)));
  auto parts = std::make_unique<Parts>(store, clock, std::move(options), std::move(commerce));
  YUPU_RETURN_IF_ERROR(parts->open());
  YUPU_RETURN_IF_ERROR(parts->listen());
  return std::unique_ptr<LiveServer>(new LiveServer(std::move(host), std::move(parts)));
}

void LiveServer::stop() {
  if (parts_ != nullptr && parts_->server != nullptr) parts_->stop();
}

Status LiveServer::serve_until_signal() {
  YUPU_RETURN_IF_ERROR(listen_for_stop());
  log::info("shutting_down", {{"signal", wait_for_stop(-1)}});
  if (parts_->options.drain_seconds > 0) {
    // Not ready, and still there: whoever spreads the load looks elsewhere before the door closes. A second signal ends
    // it.
    parts_->service->set_draining();
    parts_->server->leave();
    wait_for_stop(parts_->options.drain_seconds * 1000);
  }
  stop();
  return ok_status();
}

}  // namespace yupu::app
