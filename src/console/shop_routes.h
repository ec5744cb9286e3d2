// /v1/console/...: the shop's model, what it can be asked, its tests and its usage, for the people who run it.
//   GET  /v1/console/releases         releases.h, and "shadow": handoff/shadow.h, with examples of the person's tenant
//   POST /v1/console/releases/live    {"release_id", "instead_of"}: another release answers; a manager's right
//   GET  /v1/console/intents          intents.h, what came of them since ?days= (30)
//   GET  /v1/console/tests            test_log.h
//   POST /v1/console/tests/run        plays them on the live release, and answers as the GET; a manager's right
//   GET  /v1/console/usage            usage.h, of ?days= (30)
// Errors  problem documents: 401 without an agent's token, 403 without a manager's, 400, 404, 409.
// Threads  handlers run on many request threads; tests are played by one at a time, the others get a 409.
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

struct ShopSources {
  std::string model;  // the bot's
  handoff::Door door;
  std::function<std::string()> served;  // the release of the model in memory; "": none
  std::function<void()> look_now;       // the live release has changed
  std::function<Json()> answers;        // intents.h
  // "entries" of a report of the tenant's calls since then.
  std::function<Result<Json>(const std::string& tenant_id, std::int64_t since_ns)> entries;
  Json scripts = Json::array();                                          // test_log.h
  std::function<Result<Json>(const std::string& release_id)> play = {};  // a run's report on this release
  std::int64_t utc_offset_minutes = 480;                                 // of the shop's clocks
};

// `store` and `clock` outlive the router.
void add_shop_routes(http::Router& router, store::Store& store, const Clock& clock, ShopSources sources);

}  // namespace yupu::console
