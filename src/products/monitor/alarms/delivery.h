// Notices on their way to those who are told: sent, tried again, at the end dead.
//
//   webhook   POST url, body: the notice (JSON); how it is signed and when it is tried again: http/webhook.h
//   mail      one mail to the notice's recipient (mail/smtp.h); tried again as a webhook is
//   a chat    POST of what its robot takes (chat.h); tried again as a webhook is
//
// At least once: a process that is killed between the answer and its note sends again, under the same key.
// Threads  one delivery at a time for one monitor.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>

#include "base/clock.h"
#include "base/rng.h"
#include "base/status.h"
#include "http/message.h"
#include "http/webhook.h"
#include "products/monitor/alarms/mail/smtp.h"
#include "products/monitor/alarms/notices.h"
#include "store/store.h"

namespace yupu::monitor {

// One attempt of a POST; `url` may hold more than the route's.  Errors: kUnavailable: no answer, try again; any other:
// it cannot succeed.
using Post = std::function<Result<http::Response>(const Route& route, const std::string& url,
                                                  const http::Headers& headers, const std::string& body)>;
// Over the network, within `timeout_ms`.
Post http_post(int timeout_ms = 10'000);

// One attempt to tell.
using Send = std::function<http::Attempt(const Route& route, const Notice& notice, std::int64_t now_ns)>;
// By the route's kind: over `post`, or `mail`.
Send send_by(Post post, SendMail mail);
Send send_over_network(int timeout_ms = 10'000);

// Sends a notice that says it is a test, to every recipient of the route; the audit log says so, nothing else is kept.
// Errors: kUnavailable: what the first one that failed said.
Status send_test(store::Store& store, const Clock& clock, const std::string& monitor, const Route& route,
                 const Send& send);

struct Delivered {
  std::int64_t sent = 0, postponed = 0, dead = 0;
};
// Tries the notices whose time has come, `limit` at most, the longest waiting first.
Result<Delivered> deliver(store::Store& store, const Clock& clock, const std::string& monitor,
                          std::span<const Route> routes, Rng& rng, const Send& send, std::int64_t limit = 16);

}  // namespace yupu::monitor
