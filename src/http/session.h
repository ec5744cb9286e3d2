// One connection.  Confined to the loop thread, so it needs no lock:
//
//   await_request -> read_header -> read_body -> dispatch -> [request thread] -> reply -> await_request | linger
//                                                                                  \-> begin_stream -> linger
//
// Own deadline timer per session instead of beast::tcp_stream's: that one closes the socket when it fires, and then a
// slow client could not be told 408.
// Reading stands in session.cc, answering in session_reply.cc, what stays open in session_stream.cc.  Internal to
// http/.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>

#include "http/server_core.h"

namespace yupu::http {
namespace wire = boost::beast::http;

inline constexpr std::size_t kIdleBufferBytes = 4096;  // an idle connection keeps no larger buffer

// What a request's arrival and deadline are counted in.
std::int64_t steady_ns();

class Session : public std::enable_shared_from_this<Session> {
 public:
  Session(Server::Core& core, tcp::socket socket)
      : core_(core), socket_(std::move(socket)), timer_(socket_.get_executor()) {
    core_.session_opened(this);
  }
  ~Session() {
    end_stream();
    core_.session_closed(this);
  }
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  void start();
  void refuse_busy();
  void drain();
  void close();

 private:
  enum class Phase { kIdle, kHeader, kBody, kHandling, kWriting, kStreaming, kLingering, kClosed };

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
  void begin_stream();
  void write_waiting();
  void write_heartbeat();
  void write_stream(std::string bytes);
  void end_stream();
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
  std::shared_ptr<EventStream> stream_;  // of a response that stays open
  std::string stream_bytes_;             // on their way to the socket
  bool stream_writing_ = false;
  std::string remote_;
  std::string_view route_;
  Phase phase_ = Phase::kIdle;
  bool timed_out_ = false;
  bool keep_alive_ = true;
  bool input_left_ = false;  // the request was refused before it was read to its end
  bool counted_ = false;     // in in_flight
  std::size_t lingered_bytes_ = 0;
};

}  // namespace yupu::http
