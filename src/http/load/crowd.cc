#include "http/load/crowd.h"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <deque>
#include <memory>
#include <optional>
#include <utility>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>
#include <fmt/format.h>
#include <sys/socket.h>

#include "base/check.h"

namespace yupu::http {
namespace {

namespace net = boost::asio;
namespace wire = boost::beast::http;
using boost::system::error_code;
using net::ip::tcp;
using SteadyClock = std::chrono::steady_clock;
using TimePoint = SteadyClock::time_point;

class Crowd {
 public:
  explicit Crowd(const CrowdOptions& options) : options_(options), timer_(loop_), end_timer_(loop_) {
    if (options.arrivals) arrivals_.emplace(*options.arrivals);
  }

  Result<Tally> run();

 private:
  struct Connection {
    explicit Connection(net::io_context& loop) : socket(loop), pause(loop) {}
    tcp::socket socket;
    net::steady_timer pause;
    boost::beast::flat_buffer buffer;
    std::optional<wire::response_parser<wire::string_body>> parser;
    TimePoint intended;
  };

  Status open_all();
  double seconds() const { return arrivals_ ? options_.arrivals->seconds : options_.seconds; }
  // Sends what is due, and waits for what comes next.
  void tick();
  void serve_due();
  void ask(Connection& connection, TimePoint intended);
  void read(Connection& connection);
  void answered(Connection& connection);
  void failed(Connection& connection);
  void free(Connection& connection);
  // Once the server's Retry-After is over.
  void free_later(Connection& connection, std::chrono::seconds after);
  void end_if_done();

  const CrowdOptions& options_;
  Tally tally_;
  std::optional<Arrivals> arrivals_;
  net::io_context loop_{1};
  net::steady_timer timer_;
  net::steady_timer end_timer_;
  std::vector<std::unique_ptr<Connection>> connections_;
  std::vector<Connection*> idle_;
  std::deque<TimePoint> due_;
  std::optional<std::int64_t> next_ns_;
  std::size_t request_index_ = 0;
  std::int64_t in_flight_ = 0;
  bool offering_ = true;
  TimePoint begin_;
  TimePoint last_answer_;
};

// Servers close connections that nobody uses (ours after idle_timeout_ms); whoever keeps some open looks before asking.
bool closed_by_server(tcp::socket& socket) {
  char byte = 0;
  return ::recv(socket.native_handle(), &byte, 1, MSG_PEEK | MSG_DONTWAIT) == 0;
}

Status Crowd::open_all() {
  error_code error;
  const auto address = net::ip::make_address(options_.host, error);
  if (error) return invalid_argument("'" + options_.host + "' is not an address", "host");
  for (int i = 0; i < options_.connections; ++i) {
    auto connection = std::make_unique<Connection>(loop_);
    connection->socket.connect({address, options_.port}, error);
    if (!error) connection->socket.set_option(tcp::no_delay(true), error);
    if (error) return unavailable(fmt::format("connection {}: {}", i + 1, error.message()));
    idle_.push_back(connection.get());
    connections_.push_back(std::move(connection));
  }
  return {};
}

Result<Tally> Crowd::run() {
  CHECK(!options_.requests.empty() && options_.connections > 0, "a crowd needs something to say, and connections");
  YUPU_RETURN_IF_ERROR(open_all());
  begin_ = last_answer_ = SteadyClock::now();
  const auto end = begin_ + std::chrono::duration_cast<SteadyClock::duration>(std::chrono::duration<double>(seconds()));
  if (arrivals_) {
    next_ns_ = arrivals_->next();
    tick();
  } else {
    timer_.expires_at(end);
    timer_.async_wait([this](error_code) {
      offering_ = false;
      end_if_done();
    });
    const std::vector<Connection*> all = std::exchange(idle_, {});
    for (Connection* connection : all) {
      ++tally_.offered;
      ask(*connection, SteadyClock::now());
    }
  }
  end_timer_.expires_at(
      end + std::chrono::duration_cast<SteadyClock::duration>(std::chrono::duration<double>(options_.patience_s)));
  end_timer_.async_wait([this](error_code error) {
    if (!error) loop_.stop();
  });
  loop_.run();
  tally_.unanswered = in_flight_ + static_cast<std::int64_t>(due_.size());
  tally_.seconds = std::max(seconds(), std::chrono::duration<double>(last_answer_ - begin_).count());
  return std::move(tally_);
}

void Crowd::tick() {
  const TimePoint now = SteadyClock::now();
  while (next_ns_ && begin_ + std::chrono::nanoseconds(*next_ns_) <= now) {
    due_.push_back(begin_ + std::chrono::nanoseconds(*next_ns_));
    ++tally_.offered;
    next_ns_ = arrivals_->next();
  }
  serve_due();
  if (!next_ns_) {
    offering_ = false;
    return end_if_done();
  }
  timer_.expires_at(begin_ + std::chrono::nanoseconds(*next_ns_));
  timer_.async_wait([this](error_code error) {
    if (!error) tick();
  });
}

void Crowd::serve_due() {
  while (!due_.empty() && !idle_.empty()) {
    Connection& connection = *idle_.back();
    idle_.pop_back();
    const TimePoint intended = due_.front();
    due_.pop_front();
    ask(connection, intended);
  }
}

void Crowd::ask(Connection& connection, TimePoint intended) {
  connection.intended = intended;
  ++in_flight_;
  const std::string& request = options_.requests[request_index_++ % options_.requests.size()];
  if (connection.socket.is_open() && closed_by_server(connection.socket)) {
    ++tally_.reopened;
    error_code ignored;
    connection.socket.close(ignored);
  }
  if (!connection.socket.is_open()) {
    error_code error;
    const tcp::endpoint where(net::ip::make_address(options_.host, error), options_.port);
    connection.buffer.clear();
    connection.socket.async_connect(where, [this, &connection, &request](error_code failure) {
      if (failure) return failed(connection);
      net::async_write(connection.socket, net::buffer(request), [this, &connection](error_code broken, std::size_t) {
        broken ? failed(connection) : read(connection);
      });
    });
    return;
  }
  net::async_write(connection.socket, net::buffer(request), [this, &connection](error_code error, std::size_t) {
    error ? failed(connection) : read(connection);
  });
}

void Crowd::read(Connection& connection) {
  connection.parser.emplace();
  wire::async_read(
      connection.socket, connection.buffer, *connection.parser,
      [this, &connection](error_code error, std::size_t) { error ? failed(connection) : answered(connection); });
}

// 0: the server says nothing of it.
std::chrono::seconds retry_after(const wire::response<wire::string_body>& answer) {
  const std::string_view text = answer[wire::field::retry_after];
  int seconds = 0;
  std::from_chars(text.data(), text.data() + text.size(), seconds);
  return std::chrono::seconds(std::max(seconds, 0));
}

void Crowd::answered(Connection& connection) {
  last_answer_ = SteadyClock::now();
  const auto& answer = connection.parser->get();
  const auto latency = std::chrono::duration_cast<std::chrono::nanoseconds>(last_answer_ - connection.intended);
  tally_.add(static_cast<int>(answer.result_int()), answer.find(wire::field::retry_after) != answer.end(),
             latency.count());
  if (!answer.keep_alive()) {
    error_code ignored;
    connection.socket.close(ignored);
  }
  --in_flight_;
  const std::chrono::seconds after = retry_after(answer);
  const bool waits = !arrivals_ && answer.result() == wire::status::too_many_requests && after.count() > 0;
  waits ? free_later(connection, after) : free(connection);
}

void Crowd::failed(Connection& connection) {
  ++tally_.broken;
  error_code ignored;
  connection.socket.close(ignored);
  --in_flight_;
  free(connection);
}

void Crowd::free(Connection& connection) {
  if (!arrivals_ && offering_) {
    ++tally_.offered;
    return ask(connection, SteadyClock::now());
  }
  idle_.push_back(&connection);
  serve_due();
  end_if_done();
}

void Crowd::free_later(Connection& connection, std::chrono::seconds after) {
  connection.pause.expires_after(after);
  connection.pause.async_wait([this, &connection](error_code error) {
    if (!error) free(connection);
  });
  end_if_done();
}

void Crowd::end_if_done() {
  if (!offering_ && in_flight_ == 0 && due_.empty()) loop_.stop();
}

}  // namespace

std::string json_request(const std::string& host, const std::string& path, const std::string& bearer,
                         const std::string& body) {
  std::string request = fmt::format("POST {} HTTP/1.1\r\nhost: {}\r\ncontent-type: application/json\r\n", path, host);
  if (!bearer.empty()) request += fmt::format("authorization: Bearer {}\r\n", bearer);
  return request + fmt::format("content-length: {}\r\n\r\n{}", body.size(), body);
}

Result<Tally> run_crowd(const CrowdOptions& options) { return Crowd(options).run(); }

}  // namespace yupu::http
