// The event loop's owner: listening, accepting, draining.  What happens on a connection: session.h.
#include "http/server.h"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <utility>
#include <vector>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <sys/resource.h>

#include "base/log.h"
#include "http/server_core.h"
#include "http/session.h"

namespace yupu::http {
namespace {

constexpr int kDescriptorReserve = 256;  // for the store, models and logs beside the connections

void raise_descriptor_limit(int connections_max) {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  const rlim_t wanted = static_cast<rlim_t>(connections_max) + kDescriptorReserve;
  if (limit.rlim_cur >= wanted) return;
  limit.rlim_cur = std::min(wanted, limit.rlim_max);
  setrlimit(RLIMIT_NOFILE, &limit);
  if (limit.rlim_cur < wanted) {
    log::warn("descriptor_limit_low", {{"limit", limit.rlim_cur}, {"wanted", wanted}});
  }
}

}  // namespace

void Server::Core::session_opened(Session* session) {
  sessions.insert(session);
  connections.fetch_add(1);
}

void Server::Core::session_closed(Session* session) {
  sessions.erase(session);
  if (connections.fetch_sub(1) == 1) {
    MutexLock lock(mutex);
    all_closed.notify_all();
  }
}

Status Server::Core::listen() {
  const std::string where = options.listen.host + ":" + std::to_string(options.listen.port);
  error_code error;
  const auto address =
      net::ip::make_address(options.listen.host == "localhost" ? "127.0.0.1" : options.listen.host, error);
  if (error) return invalid_argument("listen on " + where + ": not an IP address", "listen");
  const tcp::endpoint endpoint(address, options.listen.port);
  acceptor.open(endpoint.protocol(), error);
  if (!error) acceptor.set_option(net::socket_base::reuse_address(true), error);
  if (!error) acceptor.bind(endpoint, error);
  if (!error) acceptor.listen(4096, error);
  if (!error) port = acceptor.local_endpoint(error).port();
  if (!error) return {};
  if (error == net::error::access_denied) {
    return {Code::kPermissionDenied, "listen on " + where + ": not permitted; choose a port above 1023"};
  }
  return unavailable("listen on " + where + ": " + error.message() + "; choose another with --listen");
}

void Server::Core::accept() {
  acceptor.async_accept([this](error_code error, tcp::socket socket) {
    if (!acceptor.is_open()) return;
    if (error) {
      // Out of descriptors, most likely: wait for some connection to end instead of spinning.
      accept_pause.expires_after(std::chrono::milliseconds(50));
      accept_pause.async_wait([this](error_code aborted) {
        if (!aborted && acceptor.is_open()) accept();
      });
      return;
    }
    const bool full = connections.load() >= options.connections_max;
    auto session = std::make_shared<Session>(*this, std::move(socket));
    if (full) {
      session->refuse_busy();
    } else {
      session->start();
    }
    accept();
  });
}

void Server::Core::begin_drain() {
  draining = true;
  error_code ignored;
  acceptor.close(ignored);
  accept_pause.cancel();
  const std::vector<Session*> now(sessions.begin(), sessions.end());
  for (Session* session : now) session->drain();
}

void Server::Core::close_all() {
  const std::vector<Session*> now(sessions.begin(), sessions.end());
  for (Session* session : now) session->close();
}

Server::Server(std::unique_ptr<Core> core) : core_(std::move(core)) {}

Server::~Server() { stop(0); }

Result<std::unique_ptr<Server>> Server::start(ServerOptions options, Router router) {
  raise_descriptor_limit(options.connections_max);
  auto core = std::make_unique<Core>(std::move(options), std::move(router));
  YUPU_RETURN_IF_ERROR(core->listen());
  core->accept();
  core->thread = std::thread([loop = &core->loop] {
    auto guard = net::make_work_guard(*loop);
    loop->run();
  });
  return std::unique_ptr<Server>(new Server(std::move(core)));
}

std::uint16_t Server::port() const { return core_->port; }

ServerStats Server::stats() const {
  return {.connections = core_->connections.load(),
          .in_flight = core_->in_flight.load(),
          .waiting = core_->pool.waiting(),
          .rejected = core_->rejected.load()};
}

void Server::leave() {
  net::post(core_->loop, [core = core_.get()] { core->leaving = true; });
}

void Server::stop(int drain_ms) {
  Core& core = *core_;
  {
    MutexLock lock(core.mutex);
    if (core.stopped) return;
    core.stopped = true;
  }
  net::post(core.loop, [&core] { core.begin_drain(); });
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::milliseconds(drain_ms);
  {
    MutexLock lock(core.mutex);
    while (core.connections.load() > 0) {
      const auto left = deadline - std::chrono::steady_clock::now();
      if (left <= std::chrono::nanoseconds(0)) break;
      core.all_closed.wait_for(core.mutex, left);
    }
  }
  net::post(core.loop, [&core] { core.close_all(); });
  core.pool.stop();
  net::post(core.loop, [&core] { core.loop.stop(); });
  core.thread.join();
}

Result<ListenAddress> parse_listen(std::string_view text) {
  const auto bad = [&] {
    return invalid_argument("listen address '" + std::string(text) + "' is not HOST:PORT, for example 127.0.0.1:8080",
                            "listen");
  };
  ListenAddress address;
  std::string_view port = text;
  const std::size_t colon = text.rfind(':');
  if (colon != std::string_view::npos) {
    std::string_view host = text.substr(0, colon);
    port = text.substr(colon + 1);
    if (host.size() > 2 && host.front() == '[' && host.back() == ']') host = host.substr(1, host.size() - 2);
    address.host = host.empty() ? "0.0.0.0" : std::string(host);
  }
  const auto [end, error] = std::from_chars(port.data(), port.data() + port.size(), address.port);
  if (error != std::errc() || end != port.data() + port.size() || port.empty()) return bad();
  return address;
}

}  // namespace yupu::http
