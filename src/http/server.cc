// The event loop.  One Session per connection, confined to the loop thread, so it needs no lock:
//
//   await_request -> read_header -> read_body -> dispatch -> [request thread] -> reply -> await_request | linger
//
// Own deadline timer per session instead of beast::tcp_stream's: that one closes the socket when it fires, and then a
// slow client could not be told 408.
#include "http/server.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <charconv>
#include <chrono>
#include <ctime>
#include <optional>
#include <thread>
#include <unordered_set>
#include <utility>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>
#include <sys/resource.h>
#include <sys/socket.h>

#include "base/check.h"
#include "base/ids.h"
#include "base/log.h"
#include "base/mutex.h"
#include "http/problem.h"
#include "http/request_pool.h"

namespace yupu::http {
namespace net = boost::asio;
namespace wire = boost::beast::http;
using boost::system::error_code;
using net::ip::tcp;

namespace {

constexpr std::size_t kIdleBufferBytes = 4096;    // an idle connection keeps no larger buffer
constexpr std::size_t kLingerBytesMax = 4 << 20;  // read and thrown away after an early refusal
constexpr auto kLingerTime = std::chrono::seconds(2);
constexpr int kDescriptorReserve = 256;  // for the store, models and logs beside the connections

std::int64_t steady_ns() {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

// RFC 9110 section 5.6.7: "Tue, 24 Nov 2026 04:04:40 GMT".
std::string http_date() {
  const std::time_t now = std::chrono::system_clock::to_time_t(std::chrono::system_clock::now());
  std::tm parts{};
  gmtime_r(&now, &parts);
  std::array<char, 40> text{};
  const std::size_t size = std::strftime(text.data(), text.size(), "%a, %d %b %Y %H:%M:%S GMT", &parts);
  return {text.data(), size};
}

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

class Session;

struct Server::Core {
  Core(ServerOptions server_options, Router server_router)
      : options(std::move(server_options)),
        router(std::move(server_router)),
        pool(options.request_threads, options.request_queue_max),
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

class Session : public std::enable_shared_from_this<Session> {
 public:
  Session(Server::Core& core, tcp::socket socket)
      : core_(core), socket_(std::move(socket)), timer_(socket_.get_executor()) {
    core_.session_opened(this);
  }
  ~Session() { core_.session_closed(this); }
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  void start();
  void refuse_busy();
  void drain();
  void close();

 private:
  enum class Phase { kIdle, kHeader, kBody, kHandling, kWriting, kLingering, kClosed };

  void await_request();
  void read_header();
  void header_done(error_code error);
  void read_body();
  void body_done(error_code error);
  void read_failed(error_code error);
  bool make_request();
  void dispatch();
  void watch_client();
  void reply(Response response);
  void refuse(Response response);
  void written(error_code error);
  void linger();
  void linger_read();
  void arm(std::chrono::milliseconds timeout);
  void disarm();
  void on_timeout();

  Server::Core& core_;
  tcp::socket socket_;
  net::steady_timer timer_;
  std::uint64_t timer_generation_ = 0;
  boost::beast::flat_buffer buffer_;
  std::optional<wire::request_parser<wire::string_body>> parser_;
  std::shared_ptr<Request> request_;
  std::shared_ptr<std::atomic<bool>> gone_;
  std::optional<wire::response<wire::string_body>> response_;
  std::string remote_;
  std::string_view route_;
  Phase phase_ = Phase::kIdle;
  bool timed_out_ = false;
  bool keep_alive_ = true;
  bool input_left_ = false;  // the request was refused before it was read to its end
  bool counted_ = false;     // in in_flight
  std::size_t lingered_bytes_ = 0;
};

void Session::start() {
  error_code ignored;
  socket_.set_option(tcp::no_delay(true), ignored);
  const tcp::endpoint peer = socket_.remote_endpoint(ignored);
  remote_ = peer.address().to_string(ignored);
  await_request();
}

void Session::refuse_busy() {
  request_ = std::make_shared<Request>();
  request_->request_id = random_id("req");
  input_left_ = true;
  refuse(problem(unavailable("too many connections; try again shortly"), request_->request_id));
}

void Session::drain() {
  if (phase_ == Phase::kIdle) close();
}

void Session::close() {
  if (phase_ == Phase::kClosed) return;
  phase_ = Phase::kClosed;
  if (gone_) gone_->store(true);
  disarm();
  error_code ignored;
  socket_.close(ignored);
}

void Session::arm(std::chrono::milliseconds timeout) {
  timer_.expires_after(timeout);
  timer_.async_wait([self = shared_from_this(), generation = ++timer_generation_](error_code error) {
    if (!error && generation == self->timer_generation_) self->on_timeout();
  });
}

void Session::disarm() {
  ++timer_generation_;
  timer_.cancel();
}

void Session::on_timeout() {
  if (phase_ == Phase::kHeader || phase_ == Phase::kBody) {
    timed_out_ = true;
    error_code ignored;
    socket_.cancel(ignored);  // the pending read ends with operation_aborted and answers 408
    return;
  }
  close();
}

void Session::await_request() {
  request_.reset();
  gone_.reset();
  response_.reset();
  route_ = {};
  phase_ = Phase::kIdle;
  if (buffer_.size() > 0) return read_header();  // the next pipelined request is here already
  if (core_.draining) return close();
  if (buffer_.capacity() > kIdleBufferBytes) buffer_.shrink_to_fit();
  arm(std::chrono::milliseconds(core_.options.idle_timeout_ms));
  socket_.async_wait(tcp::socket::wait_read, [self = shared_from_this()](error_code error) {
    if (self->phase_ != Phase::kIdle) return;
    if (error) return self->close();
    self->read_header();
  });
}

void Session::read_header() {
  phase_ = Phase::kHeader;
  timed_out_ = false;
  parser_.emplace();
  parser_->header_limit(core_.options.header_bytes_max);
  parser_->body_limit(core_.options.body_bytes_max);
  arm(std::chrono::milliseconds(core_.options.header_timeout_ms));
  wire::async_read_header(socket_, buffer_, *parser_, [self = shared_from_this()](error_code error, std::size_t) {
    if (self->phase_ == Phase::kHeader) self->header_done(error);
  });
}

void Session::header_done(error_code error) {
  if (error) return read_failed(error);
  phase_ = Phase::kBody;
  arm(std::chrono::milliseconds(core_.options.body_timeout_ms));
  const auto expect = parser_->get()[wire::field::expect];
  if (!parser_->is_done() && equal_ignoring_case({expect.data(), expect.size()}, "100-continue")) {
    static constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";
    net::async_write(socket_, net::buffer(kContinue), [self = shared_from_this()](error_code write_error, std::size_t) {
      if (self->phase_ != Phase::kBody) return;
      if (write_error) return self->read_failed(write_error);
      self->read_body();
    });
    return;
  }
  read_body();
}

void Session::read_body() {
  wire::async_read(socket_, buffer_, *parser_, [self = shared_from_this()](error_code error, std::size_t) {
    if (self->phase_ == Phase::kBody) self->body_done(error);
  });
}

void Session::body_done(error_code error) {
  if (error) return read_failed(error);
  disarm();
  if (!make_request()) return;
  dispatch();
}

void Session::read_failed(error_code error) {
  disarm();
  const std::string id = random_id("req");
  request_ = std::make_shared<Request>();
  request_->request_id = id;
  input_left_ = true;
  if (timed_out_) {
    return refuse(problem(408, "request_timeout",
                          phase_ == Phase::kHeader ? "the header took too long" : "the body took too long", id));
  }
  if (error == wire::error::header_limit || error == wire::error::buffer_overflow) {
    return refuse(problem(431, "headers_too_large",
                          "the header is longer than " + std::to_string(core_.options.header_bytes_max) + " bytes",
                          id));
  }
  if (error == wire::error::body_limit) {
    return refuse(problem(
        Status(Code::kTooLarge, "the body is longer than " + std::to_string(core_.options.body_bytes_max) + " bytes"),
        id));
  }
  // Beast's own parse errors are the client's mistake; end of stream and socket errors mean nobody listens any more.
  if (error.category() == make_error_code(wire::error::bad_method).category() && error != wire::error::end_of_stream &&
      error != wire::error::partial_message) {
    return refuse(problem(invalid_argument("not an HTTP/1.1 request: " + error.message()), id));
  }
  close();
}

// False: refused.
bool Session::make_request() {
  auto message = parser_->release();
  parser_.reset();
  keep_alive_ = message.keep_alive() && !core_.draining;
  request_ = std::make_shared<Request>();
  Request& request = *request_;
  request.request_id = random_id("req");
  request.method = std::string(message.method_string());
  request.remote = remote_;
  for (const auto& field : message) {
    request.headers.add({field.name_string().data(), field.name_string().size()},
                        {field.value().data(), field.value().size()});
  }
  const auto target = message.target();
  if (!parse_target({target.data(), target.size()}, request.path, request.query)) {
    refuse(problem(invalid_argument("malformed request target"), request.request_id));
    return false;
  }
  if (message.version() >= 11 && request.headers.find("host") == nullptr) {
    refuse(problem(invalid_argument("HTTP/1.1 needs a Host header"), request.request_id));
    return false;
  }
  request.body = std::move(message.body());
  request.arrived_ns = steady_ns();
  request.deadline_ns = request.arrived_ns + std::int64_t{core_.options.request_timeout_ms} * 1'000'000;
  gone_ = std::make_shared<std::atomic<bool>>(false);
  request.gone = gone_;
  return true;
}

void Session::dispatch() {
  phase_ = Phase::kHandling;
  Router::Match match = core_.router.match(request_->method, request_->path);
  if (match.route == nullptr) return reply(Router::no_route(match, *request_));
  route_ = match.route->info.pattern;
  request_->params = std::move(match.params);
  if (match.route->info.quick) return reply(Router::call(*match.route, *request_));

  counted_ = true;
  core_.in_flight.fetch_add(1);
  const bool accepted =
      core_.pool.try_submit([self = shared_from_this(), route = match.route, request = request_]() mutable {
        Response response = Router::call(*route, *request);
        net::io_context& loop = self->core_.loop;
        // The session moves along, so that its last owner is the loop thread.
        net::post(loop, [session = std::move(self), answer = std::move(response)]() mutable {
          session->reply(std::move(answer));
        });
      });
  if (!accepted) {
    core_.rejected.fetch_add(1);
    return reply(
        problem(Status(Code::kResourceExhausted, "the server is busy; try again shortly"), request_->request_id));
  }
  watch_client();
}

// While the handler works: has the client hung up? More bytes are its next request, and end the watch.
void Session::watch_client() {
  socket_.async_wait(tcp::socket::wait_read, [self = shared_from_this(), gone = gone_](error_code error) {
    if (error || self->gone_ != gone || self->phase_ != Phase::kHandling) return;
    char byte = 0;
    const ssize_t got = recv(self->socket_.native_handle(), &byte, 1, MSG_PEEK | MSG_DONTWAIT);
    if (got == 0 || (got < 0 && errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR)) gone->store(true);
  });
}

void Session::refuse(Response response) {
  keep_alive_ = false;
  reply(std::move(response));
}

void Session::reply(Response response) {
  if (counted_) {
    counted_ = false;
    core_.in_flight.fetch_sub(1);
  }
  if (phase_ == Phase::kClosed) return;
  phase_ = Phase::kWriting;
  if (core_.draining) keep_alive_ = false;
  const Request& request = *request_;
  response_.emplace();
  wire::response<wire::string_body>& message = *response_;
  message.version(11);
  message.result(static_cast<unsigned>(response.status));
  message.reason(
      boost::beast::string_view(reason_phrase(response.status).data(), reason_phrase(response.status).size()));
  message.set("date", http_date());
  message.set("server", "yupu");
  message.set("x-request-id", request.request_id);
  message.set("x-content-type-options", "nosniff");
  for (const auto& [name, value] : response.headers) message.insert(name, value);
  message.keep_alive(keep_alive_);
  const bool bodiless = response.status == 204 || response.status == 304;
  if (!bodiless) message.content_length(response.body.size());
  if (!bodiless && request.method != "HEAD") message.body() = std::move(response.body);
  if (core_.options.on_exchange) {
    core_.options.on_exchange({.route = route_,
                               .method = request.method,
                               .request_id = request.request_id,
                               .status = response.status,
                               .duration_ns = request.arrived_ns == 0 ? 0 : steady_ns() - request.arrived_ns});
  }
  arm(std::chrono::milliseconds(core_.options.write_timeout_ms));
  wire::async_write(socket_, message, [self = shared_from_this()](error_code error, std::size_t) {
    if (self->phase_ == Phase::kWriting) self->written(error);
  });
}

void Session::written(error_code error) {
  disarm();
  if (error) return close();
  if (!keep_alive_) return linger();
  await_request();
}

// Closing with unread input makes the kernel send RST, which can destroy the answer on its way: say we are done, then
// read and drop a bounded amount.
void Session::linger() {
  error_code ignored;
  socket_.shutdown(tcp::socket::shutdown_send, ignored);
  if (!input_left_) return close();
  phase_ = Phase::kLingering;
  buffer_.clear();
  arm(kLingerTime);
  linger_read();
}

void Session::linger_read() {
  socket_.async_read_some(buffer_.prepare(kIdleBufferBytes),
                          [self = shared_from_this()](error_code error, std::size_t size) {
                            if (self->phase_ != Phase::kLingering) return;
                            self->lingered_bytes_ += size;
                            if (error || self->lingered_bytes_ > kLingerBytesMax) return self->close();
                            self->linger_read();
                          });
}

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
