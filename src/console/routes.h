// /v1/console/...: what the web console shows beside the inbox: figures, conversations, opinions. Read-only. The shop
// itself: shop_routes.h. Threads: handlers run on many request threads.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "base/clock.h"
#include "base/json.h"
#include "base/status.h"
#include "handoff/people.h"
#include "http/router.h"
#include "store/store.h"

namespace yupu::console {

struct Sources {
  handoff::Door door;  // people see the figures of their own tenant
  // Rows, newest first, from rooms the console does not know.
  // Of conversations those in which `said` was said; empty: all.
  std::function<Result<Json>(const std::string& tenant_id, const std::string& said, std::int64_t limit)> conversations;
  std::function<Result<Json>(const std::string& tenant_id, std::int64_t limit)> opinions = {};
  std::int64_t utc_offset_minutes = 480;  // of the shop's clocks
};

// `store` and `clock` outlive the router.
void add_routes(http::Router& router, store::Store& store, const Clock& clock, const Sources& sources);

}  // namespace yupu::console
