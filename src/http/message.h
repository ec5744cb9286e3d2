// What a handler gets and gives: one request, one response, as plain values. No Boost type leaves this room.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace yupu::http {

// In the order they came or are to be sent; names compare without case.
class Headers {
 public:
  Headers() = default;
  Headers(std::initializer_list<std::pair<std::string, std::string>> fields) : fields_(fields) {}
  void add(std::string_view name, std::string_view value) { fields_.emplace_back(name, value); }
  // The first field of that name, or nullptr.
  const std::string* find(std::string_view name) const;
  std::string_view get(std::string_view name) const;  // "" when absent
  auto begin() const { return fields_.begin(); }
  auto end() const { return fields_.end(); }

 private:
  std::vector<std::pair<std::string, std::string>> fields_;
};

bool equal_ignoring_case(std::string_view a, std::string_view b);

struct Request {
  std::string method;                        // "GET"
  std::string path;                          // percent-decoded, begins with '/'
  std::map<std::string, std::string> query;  // decoded; of a name given twice the last value counts
  Headers headers;
  std::string body;
  std::string remote;                         // the caller's IP address: the peer's, or what a trusted proxy says
  std::string request_id;                     // "req_...", made by the server: a caller cannot choose it
  std::map<std::string, std::string> params;  // "{name}" of the route's pattern -> decoded segment
  std::int64_t arrived_ns = 0;                // steady clock, when the request was complete
  std::int64_t deadline_ns = 0;               // steady clock; an answer after it helps nobody
  // Becomes true when the peer has hung up or the server gave up waiting; a handler may stop. Set by the event loop.
  std::shared_ptr<const std::atomic<bool>> gone;
  bool client_gone() const { return gone != nullptr && gone->load(std::memory_order_relaxed); }
};

class EventStream;

struct Response {
  int status = 200;
  Headers headers;
  std::string body;
  std::shared_ptr<EventStream> stream = {};  // event_stream.h: instead of a body, what is sent to it from now on
};

Response json_response(int status, std::string body);
Response text_response(int status, std::string_view content_type, std::string body);

// Called on a request thread (or on the event loop for RouteInfo::quick routes): many at once.
using Handler = std::function<Response(const Request&)>;

// "%E4%BD%A0" -> bytes; '+' stays unless `plus_is_space`. False: a '%' without two hex digits, or a zero byte.
bool percent_decode(std::string_view text, bool plus_is_space, std::string& out);

// "/v1/x?a=1" -> path and query, decoded. Absolute form ("http://host/x") is accepted. False: malformed.
bool parse_target(std::string_view target, std::string& path, std::map<std::string, std::string>& query);

}  // namespace yupu::http
