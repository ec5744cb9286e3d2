// Calls between servers that do not know each other: what is signed, where it may go, and what becomes of an answer.
//
//   x-yupu-timestamp: seconds since 1970      x-yupu-signature: sha256=HMAC-SHA256(secret, timestamp + "." + body), hex
//   idempotency-key: the same in every attempt
//
//   2xx                                     done
//   408, 429, 5xx, no answer in time        again, after 1 s, 2 s, 4 s ... 15 min, each times 0.5 to 1.5 by chance and
//                                           not before Retry-After, for 24 h
//   any other answer                        never: it would be the same the next time (a redirect is not followed)
//
// http, or https by the system's certificates. An address that is not of the open Internet is refused unless allowed;
// the one that was looked at is the one that is called.  Threads  any.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "base/rng.h"
#include "base/status.h"
#include "http/message.h"

namespace yupu::http {

Headers signed_headers(const std::string& id, const std::string& secret, const std::string& body, std::int64_t now_ns);

// The other side of signed_headers.  Errors: kUnauthenticated: a header is missing, or signed with another secret or
// for another body; kPermissionDenied, field "x-yupu-timestamp": signed more than `window_ns` from now.
Status check_signed(const Headers& headers, const std::string& secret, const std::string& body, std::int64_t now_ns,
                    std::int64_t window_ns);

// Of a time that is signed: `text`, in whole units since 1970.  Errors, naming `field`: kUnauthenticated: it is no such
// number; kPermissionDenied: further from now than `window_ns`, before or after.
Status check_recent(std::string_view text, std::int64_t unit_ns, std::int64_t now_ns, std::int64_t window_ns,
                    const std::string& field);

// One exchange.  Errors: kUnavailable: no answer, try again; any other: it cannot succeed.
using Exchanger = std::function<Result<Response>(std::string_view method, const std::string& url,
                                                 const Headers& headers, const std::string& body)>;
struct ExchangerOptions {
  bool allow_private = false;  // may reach addresses of this machine and network (addresses.h)
  int timeout_ms = 10'000;
};
// Over the network.
Exchanger network_exchanger(ExchangerOptions options);

struct Attempt {
  bool done = false;
  bool again = false;
  std::int64_t not_before_ns = 0;  // Retry-After, from now
  std::string error = {};
};
Attempt judge(const Result<Response>& answer);

// When to try again what was tried `attempts` times since `created_ns`; 0: never.
std::int64_t next_attempt_ns(const Attempt& attempt, std::int64_t attempts, std::int64_t created_ns,
                             std::int64_t now_ns, Rng& rng);

}  // namespace yupu::http
