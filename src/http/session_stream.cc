// The part of Session that keeps a response open: what waits in its EventStream goes to the socket, one write at a
// time.
#include <utility>

#include <boost/asio/post.hpp>
#include <boost/asio/write.hpp>

#include "http/event_stream.h"
#include "http/session.h"

namespace yupu::http {
namespace {
constexpr std::string_view kHeartbeat = ":\n\n";  // a comment
}  // namespace

void Session::begin_stream() {
  phase_ = Phase::kStreaming;
  // Weak: who writes to a stream does not keep its connection alive.
  stream_->attach([&loop = core_.loop, session = weak_from_this()] {
    net::post(loop, [session] {
      if (const auto self = session.lock()) self->write_waiting();
    });
  });
  if (core_.draining) stream_->close();
  watch_client();
  write_waiting();
}

void Session::write_waiting() {
  if (phase_ != Phase::kStreaming) return;
  if (stream_->cut_off()) return close();
  if (stream_writing_) return;
  EventStream::Taken taken = stream_->take();
  if (!taken.bytes.empty()) return write_stream(std::move(taken.bytes));
  if (taken.is_over) return linger();
  arm(std::chrono::milliseconds(stream_->heartbeat_ms()));
}

void Session::write_heartbeat() { write_stream(std::string(kHeartbeat)); }

void Session::write_stream(std::string bytes) {
  stream_writing_ = true;
  stream_bytes_ = std::move(bytes);
  arm(std::chrono::milliseconds(core_.options.write_timeout_ms));
  net::async_write(socket_, net::buffer(stream_bytes_), [self = shared_from_this()](error_code error, std::size_t) {
    if (self->phase_ != Phase::kStreaming) return;
    self->stream_writing_ = false;
    self->stream_bytes_ = {};
    if (error) return self->close();
    self->write_waiting();
  });
}

void Session::end_stream() {
  if (stream_ != nullptr) stream_->detach();
}

}  // namespace yupu::http
