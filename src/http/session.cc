#include "http/session.h"

#include <utility>

#include <boost/asio/post.hpp>
#include <boost/asio/write.hpp>
#include <sys/socket.h>

#include "base/ids.h"
#include "http/event_stream.h"
#include "http/problem.h"

namespace yupu::http {

std::int64_t steady_ns() {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

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
  if (phase_ == Phase::kStreaming) stream_->close();
}

void Session::close() {
  if (phase_ == Phase::kClosed) return;
  phase_ = Phase::kClosed;
  if (gone_) gone_->store(true);
  end_stream();
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
  if (phase_ == Phase::kStreaming && !stream_writing_) return write_heartbeat();
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
  for (const auto& field : message) {
    request.headers.add({field.name_string().data(), field.name_string().size()},
                        {field.value().data(), field.value().size()});
  }
  request.remote = core_.options.proxies.client_of(remote_, request.headers);
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

// While the handler works, or the response stays open: has the client hung up? More bytes are its next request, and end
// the watch.
void Session::watch_client() {
  const Phase watched = phase_;
  socket_.async_wait(tcp::socket::wait_read, [self = shared_from_this(), gone = gone_, watched](error_code error) {
    if (error || self->gone_ != gone || self->phase_ != watched) return;
    char byte = 0;
    const ssize_t got = recv(self->socket_.native_handle(), &byte, 1, MSG_PEEK | MSG_DONTWAIT);
    if (got > 0 || (got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR))) return;
    gone->store(true);
    if (watched == Phase::kStreaming) self->close();
  });
}

}  // namespace yupu::http
