// /v1/agent/misses: what the console shows of misses (mining.h), and settles (settle.h).
//   GET  /v1/agent/misses            {"misses", "capped", "unread", "all_read", "by", "intents": [label...],
//   "clusters":
//                                    [{"id", "size", "visitors", "voted_down", "nearest": {"intent", "score"}, "first",
//                                      "last", "texts": [{"text", "decision", "traces": [id...]}]}]}
//   POST /v1/agent/misses/accept     {"traces": [id...], "intent": LABEL, "new": false}      -> {"settled": n}
//   POST /v1/agent/misses/merge      {"traces": [id...], "into": ID}                         -> {"settled": n}
//   POST /v1/agent/misses/ignore     {"traces": [id...]}                                     -> {"settled": n}
// Errors are problem documents: 401 without an agent's token, 400, 404, 409 and 413 as settle.h says.
// Threads: handlers run on many request threads; mining runs on one at a time, the others wait.
#pragma once

#include <cstdint>
#include <string>

#include "base/clock.h"
#include "base/status.h"
#include "feedback/misses/mining.h"
#include "handoff/people.h"
#include "http/router.h"
#include "store/store.h"

namespace yupu::feedback {

struct MissRouteOptions {
  std::string model;   // whose misses
  handoff::Door door;  // people settle the misses of their own tenant
  SentenceVectors vectors = {};
  std::int64_t days = 30;  // how far back misses are read
  MiningOptions mining = {};
};

// `store` and `clock` outlive the router.
void add_miss_routes(http::Router& router, store::Store& store, const Clock& clock, MissRouteOptions options);

}  // namespace yupu::feedback
