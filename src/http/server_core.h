// What stands behind http::Server: the loop, the acceptor, and the sessions that are open.  Internal to http/.
#pragma once

#include <atomic>
#include <cstdint>
#include <thread>
#include <unordered_set>
#include <utility>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>

#include "base/mutex.h"
#include "http/request_pool.h"
#include "http/server.h"

namespace yupu::http {
namespace net = boost::asio;
using boost::system::error_code;
using net::ip::tcp;

class Session;

// Threads: the loop thread, except what is atomic or guarded.
struct Server::Core {
  Core(ServerOptions server_options, Router server_router)
      : options(std::move(server_options)),
        router(std::move(server_router)),
        pool({.thread_count = options.request_threads,
              .queue_max = options.request_queue_max,
              .wait_ns_max = std::int64_t{options.request_queue_ms_max} * 1'000'000}),
        acceptor(loop),
        accept_pause(loop) {}

  Status listen();
  void accept();
  void begin_drain();
  void close_all();
  void session_opened(Session* session);
  void session_closed(Session* session);

  ServerOptions options;
  Router router;
  std::unordered_set<Session*> sessions;  // loop thread only
  bool draining = false;                  // loop thread only
  bool leaving = false;                   // loop thread only
  std::atomic<std::int64_t> connections{0};
  std::atomic<std::int64_t> in_flight{0};
  std::atomic<std::int64_t> rejected{0};
  std::uint16_t port = 0;

  Mutex mutex;
  Condition all_closed;
  bool stopped = false;

  RequestPool pool;
  net::io_context loop{1};  // after `sessions`: destroying it destroys the sessions, which take themselves out
  tcp::acceptor acceptor;
  net::steady_timer accept_pause;
  std::thread thread;
};

}  // namespace yupu::http
