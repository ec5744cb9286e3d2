// For tests of connectors: a vendor's server.
#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "products/service/connectors/connector.h"

namespace yupu::products::vendor_testing {

inline constexpr std::int64_t kSecond = 1'000'000'000;
inline constexpr std::int64_t kNow = 1'795'780'000 * kSecond;
inline constexpr std::int64_t kWindow = 300 * kSecond;

// A vendor's server: answers by turns, and what was asked.
struct Vendor {
  struct Call {
    std::string method, url, body;
    http::Headers headers;
  };
  std::deque<Result<http::Response>> answers;
  std::vector<Call> calls;

  http::Exchanger exchanger() {
    return [this](std::string_view method, const std::string& url, const http::Headers& headers,
                  const std::string& body) -> Result<http::Response> {
      calls.push_back({std::string(method), url, body, headers});
      if (answers.empty()) return unavailable("no answer");
      Result<http::Response> answer = std::move(answers.front());
      answers.pop_front();
      return answer;
    };
  }
  void say(std::string body, int status = 200) { answers.emplace_back(http::json_response(status, std::move(body))); }
};

inline http::Exchanger nobody() {
  return [](std::string_view, const std::string&, const http::Headers&, const std::string&) -> Result<http::Response> {
    return unavailable("no answer");
  };
}

inline Code code_of(const Connector& connector, const http::Request& request, std::int64_t now_ns = kNow) {
  return connector.read(request, now_ns).status().code();
}

}  // namespace yupu::products::vendor_testing
