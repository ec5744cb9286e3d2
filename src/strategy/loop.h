// The loop of one strategy as resumable stages:
//
//   data -> [knowledge ->] train -> [test ->] release -> accounts -> visitors -> collect -> improve -> promote
//
// `knowledge` is there where the strategy has [knowledge], `test` where it has conversation tests.
//
// Each stage is a few lines that call one room and hand its record on; what needs two rooms at once (a round of
// improvement, the replay of visitors) is composed here, the only room that may see several of them.
// Threads: one owner.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/status.h"
#include "handoff/progress.h"
#include "store/store.h"
#include "strategy/stages.h"
#include "strategy/strategy.h"

namespace yupu::strategy {

// Where visitors reach the service.
struct ServiceAddress {
  std::string host;
  std::uint16_t port = 0;
};

struct LoopContext {
  const Strategy& strategy;
  std::string workdir;
  std::string version;  // of the program: part of a run's lineage
  int threads = 0;      // of the engine; 0: every core, unless the strategy says
  store::Store& store;
  const Clock& clock;
  handoff::Progress& progress;
  // Starts the server on first use and says where it is; afterwards makes it look for a new live release.
  std::function<Result<ServiceAddress>()> service;
};

// The stages, in order. REQUIRES: `context` outlives them.
std::vector<Stage> loop_stages(LoopContext& context);

// One round of improvement: corrections so far -> next dataset -> candidate -> gate -> perhaps a release.
// {"corrections", "dataset_id", "run_id", "released", "release_id", "reason", "live", "candidate", ...}.
// Idempotent for the same corrections and the same live release.
Result<Json> improvement_round(LoopContext& context);

// What decides a round: the live release and a hash of the corrections. Equal: nothing new to learn from.
Result<Json> improvement_input(LoopContext& context);

// Makes plans, tenants and one key per tenant as the strategy says; keys lie in WORKDIR/secrets/keys/TENANT (0600).
Result<Json> open_accounts(LoopContext& context);

}  // namespace yupu::strategy
