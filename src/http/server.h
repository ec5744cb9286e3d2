// HTTP/1.1 server (RFC 9112) on Boost.Beast and Asio: keep-alive, pipelining, limits, time-outs.
//
//   sockets --- one event-loop thread --- bounded queue --- request threads (handlers may block) --- back to the loop
//
// An idle connection costs a socket, a timer and some hundred bytes; no thread. Requests of one connection are answered
// in order, one at a time.
//
// Limits     header_bytes_max -> 431, body_bytes_max -> 413, malformed -> 400, too slow with header or body -> 408,
// more
//            than connections_max connections -> 503 and closed, request queue full, or too slow for who comes ->
//            429 with Retry-After, at once.
// Every answer carries x-request-id; the id is the server's own (it keys the usage event, so a caller may not choose
// it). Threads    start/stop from one thread; port() and stats() from any.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "base/status.h"
#include "http/forwarded.h"
#include "http/router.h"

namespace yupu::http {

struct ListenAddress {
  std::string host = "127.0.0.1";
  std::uint16_t port = 8080;  // 0: any free port
};
// "127.0.0.1:8080", ":8080" (all interfaces), "8080" (loopback), "[::1]:8080". Error: kInvalidArgument.
Result<ListenAddress> parse_listen(std::string_view text);

// One finished request, for metrics and the access log.
struct Exchange {
  std::string_view route;  // the pattern, or "" when none matched
  std::string_view method;
  std::string_view request_id;
  int status = 0;
  std::int64_t duration_ns = 0;  // from the complete request to the answer handed to the socket
};

struct ServerOptions {
  ListenAddress listen = {};
  int request_threads = 64;
  int request_queue_max = 256;
  int request_queue_ms_max = 0;  // expected wait for a thread; 0: bounded by count alone
  int connections_max = 12'000;
  std::uint32_t header_bytes_max = 16 << 10;
  std::uint64_t body_bytes_max = 1 << 20;
  int idle_timeout_ms = 75'000;     // between requests of one connection
  int header_timeout_ms = 10'000;   // first byte to end of header
  int body_timeout_ms = 30'000;     // end of header to end of body
  int write_timeout_ms = 30'000;    // one answer
  int request_timeout_ms = 30'000;  // Request::deadline_ns
  TrustedProxies proxies = {};      // whose X-Forwarded-For says what Request::remote is
  // Called on the event loop after every answer; must not block.
  std::function<void(const Exchange&)> on_exchange = {};
};

struct ServerStats {
  std::int64_t connections = 0;  // open now
  std::int64_t in_flight = 0;    // requests with a handler now
  std::int64_t waiting = 0;      // requests in the queue now
  std::int64_t rejected = 0;     // 429 for a full or slow queue, so far
};

class Server {
 public:
  // Binds, listens and begins to answer. Errors: kUnavailable (address in use: names it), kInvalidArgument (no such
  // address), kPermissionDenied (port below 1024).
  static Result<std::unique_ptr<Server>> start(ServerOptions options, Router router);
  ~Server();  // stop(0)

  std::uint16_t port() const;
  ServerStats stats() const;

  // From now on every answer is the last of its connection, so that callers who keep theirs go to another server;
  // connections and requests are taken as before, until stop().
  void leave();
  // Stops accepting, closes idle connections, lets requests in flight finish for at most `drain_ms`, then closes the
  // rest (their Request::gone becomes true) and joins every thread. A second call does nothing.
  void stop(int drain_ms);

 private:
  friend class Session;  // one connection, in server.cc
  struct Core;
  explicit Server(std::unique_ptr<Core> core);
  std::unique_ptr<Core> core_;
};

}  // namespace yupu::http
