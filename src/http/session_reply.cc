// The answering half of Session.
#include <array>
#include <ctime>
#include <utility>

#include <boost/asio/write.hpp>

#include "http/event_stream.h"
#include "http/problem.h"
#include "http/session.h"

namespace yupu::http {
namespace {

constexpr std::size_t kLingerBytesMax = 4 << 20;  // read and thrown away after an early refusal
constexpr auto kLingerTime = std::chrono::seconds(2);

// RFC 9110 section 5.6.7: "Tue, 24 Nov 2026 04:04:40 GMT".
std::string http_date() {
  const std::time_t now = std::chrono::system_clock::to_time_t(std::chrono::system_clock::now());
  std::tm parts{};
  gmtime_r(&now, &parts);
  std::array<char, 40> text{};
  const std::size_t size = std::strftime(text.data(), text.size(), "%a, %d %b %Y %H:%M:%S GMT", &parts);
  return {text.data(), size};
}

}  // namespace

void Session::refuse(Response response) {
  keep_alive_ = false;
  reply(std::move(response));
}

void Session::reply(Response response) {
  if (counted_) {
    counted_ = false;
    core_.in_flight.fetch_sub(1);
  }
  stream_ = std::move(response.stream);
  if (phase_ == Phase::kClosed) return end_stream();
  phase_ = Phase::kWriting;
  // The end of a response that stays open is the end of its connection.
  if (core_.draining || core_.leaving || stream_ != nullptr) keep_alive_ = false;
  const Request& request = *request_;
  const bool is_stream = stream_ != nullptr;
  if (is_stream && request.method == "HEAD") {
    end_stream();
    stream_.reset();
  }
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
  const bool bodiless = response.status == 204 || response.status == 304 || is_stream;
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
  if (stream_ != nullptr) return begin_stream();
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

}  // namespace yupu::http
