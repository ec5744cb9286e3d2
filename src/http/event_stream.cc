#include "http/event_stream.h"

#include <algorithm>
#include <utility>

#include "base/check.h"

namespace yupu::http {
namespace {

void add_field(std::string& text, std::string_view name, std::string_view value) {
  constexpr std::string_view kBreaks("\r\n\0", 3);
  CHECK(value.find_first_of(kBreaks) == std::string_view::npos, "a line break in the field of an event");
  text.append(name).append(": ").append(value).append("\n");
}

}  // namespace

std::string event_text(const Event& event) {
  std::string text;
  if (!event.id.empty()) add_field(text, "id", event.id);
  if (!event.name.empty()) add_field(text, "event", event.name);
  std::string_view rest = event.data;
  while (true) {
    const std::size_t end = std::min(rest.find_first_of("\r\n"), rest.size());
    text.append("data: ").append(rest.substr(0, end)).append("\n");
    if (end == rest.size()) break;
    rest.remove_prefix(rest.substr(end, 2) == "\r\n" ? end + 2 : end + 1);
  }
  return text + "\n";
}

bool EventStream::send(const Event& event) {
  const std::string text = event_text(event);
  MutexLock lock(mutex_);
  if (closed_) return false;
  const bool was_empty = waiting_.empty();
  if (waiting_.size() + text.size() > options_.buffer_bytes_max) {
    closed_ = cut_off_ = true;
    waiting_ = {};
  } else {
    waiting_ += text;
  }
  // Under the lock, so that after detach() nobody calls it any more.
  if (wake_ && (was_empty || closed_)) wake_();
  return !closed_;
}

void EventStream::close() {
  MutexLock lock(mutex_);
  if (closed_) return;
  closed_ = true;
  if (wake_) wake_();
}

bool EventStream::closed() const {
  MutexLock lock(mutex_);
  return closed_;
}

bool EventStream::cut_off() const {
  MutexLock lock(mutex_);
  return cut_off_;
}

void EventStream::attach(std::function<void()> wake) {
  MutexLock lock(mutex_);
  wake_ = std::move(wake);
}

EventStream::Taken EventStream::take() {
  MutexLock lock(mutex_);
  return {.bytes = std::exchange(waiting_, {}), .is_over = closed_};
}

void EventStream::detach() {
  MutexLock lock(mutex_);
  closed_ = true;
  waiting_ = {};
  wake_ = nullptr;
}

Response event_stream_response(std::shared_ptr<EventStream> stream) {
  Response response = text_response(200, "text/event-stream", {});
  response.headers.add("cache-control", "no-store");
  response.headers.add("x-accel-buffering", "no");
  response.stream = std::move(stream);
  return response;
}

}  // namespace yupu::http
