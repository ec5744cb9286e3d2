// Notices on their way to a webhook: signed, retried, at the end dead.
//
//   POST url     body: the notice (JSON); how it is signed and when it is tried again: http/webhook.h
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
#include "products/monitor/alarms/notices.h"
#include "store/store.h"

namespace yupu::monitor {

// One attempt.  Errors: kUnavailable: no answer, try again; any other: it cannot succeed.
using Post =
    std::function<Result<http::Response>(const Route& route, const http::Headers& headers, const std::string& body)>;
// Over the network, within `timeout_ms`.
Post http_post(int timeout_ms = 10'000);

struct Delivered {
  std::int64_t sent = 0, postponed = 0, dead = 0;
};
// Tries the notices whose time has come, `limit` at most, the longest waiting first.
Result<Delivered> deliver(store::Store& store, const Clock& clock, const std::string& monitor,
                          std::span<const Route> routes, Rng& rng, const Post& post, std::int64_t limit = 16);

}  // namespace yupu::monitor
