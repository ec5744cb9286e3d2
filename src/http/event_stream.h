// A response that stays open and is written to from any thread: server-sent events (WHATWG HTML, section 9.2).
//
//   handler:  auto stream = std::make_shared<EventStream>();  keep it;  return event_stream_response(stream);
//   later:    stream->send({.name = "message", .data = json})  ->  buffer  ->  event loop  ->  socket
//
// What is sent before the response is out waits in the buffer. An open stream costs a socket, a timer and what waits in
// its buffer; no thread.
//
// Bound    a reader for whom more than buffer_bytes_max wait is cut off: it comes back and asks for what it missed.
// Idle     a comment line every heartbeat_ms: proxies leave it open, and a reader that is gone is found out.
// Ends     close(), after what was sent; when the reader hangs up; when the server stops.
// Threads  every member from any thread, also after the server is gone.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "base/mutex.h"
#include "http/message.h"

namespace yupu::http {

namespace testing {
struct StreamReader;
}

struct Event {
  std::string name = {};  // "" = "message" to a browser
  std::string data = {};  // any text; its line breaks arrive as \n
  std::string id = {};    // what a reader that comes back sends as Last-Event-ID; "" = none
};

// The event as its bytes. REQUIRES: no line break and no zero byte in name and id.
std::string event_text(const Event& event);

struct EventStreamOptions {
  std::size_t buffer_bytes_max = 256 << 10;
  int heartbeat_ms = 15'000;
};

class EventStream {
 public:
  EventStream() = default;
  explicit EventStream(EventStreamOptions options) : options_(options) {}
  EventStream(const EventStream&) = delete;
  EventStream& operator=(const EventStream&) = delete;

  // False: nobody will read it, now or later.
  bool send(const Event& event);
  void close();
  // Closed, cut off, or the reader is gone.
  bool closed() const;

 private:
  friend class Session;
  friend struct testing::StreamReader;  // testing.h
  struct Taken {
    std::string bytes;
    bool is_over = false;  // nothing comes after these
  };
  // The session's side; on the event loop. `wake` is called when there is something to take, until detach().
  void attach(std::function<void()> wake);
  Taken take();
  void detach();
  bool cut_off() const;
  int heartbeat_ms() const { return options_.heartbeat_ms; }

  const EventStreamOptions options_ = {};
  mutable Mutex mutex_;
  std::string waiting_ YUPU_GUARDED_BY(mutex_);
  bool closed_ YUPU_GUARDED_BY(mutex_) = false;
  bool cut_off_ YUPU_GUARDED_BY(mutex_) = false;
  std::function<void()> wake_ YUPU_GUARDED_BY(mutex_);
};

// 200, text/event-stream, not to be stored or buffered on the way. To HEAD only the header is sent.
Response event_stream_response(std::shared_ptr<EventStream> stream);

}  // namespace yupu::http
