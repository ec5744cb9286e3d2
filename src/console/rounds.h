// Rounds that were carried out for a shop, as its console shows them: table shop_round (src/strategy/rounds.h).
// Threads  any.
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "base/json.h"
#include "base/status.h"
#include "store/store.h"

namespace yupu::console {

// [{"kind": "improve" | "tests", "why", "corrections", "started", "ended": "" while it runs, "outcome", "reason",
//   "run_id", "release_id"}], the newest first.
Result<Json> recent_rounds(store::Store& store, const std::string& model, std::int64_t limit);
// Why rounds released nothing, by their runs.
Result<std::map<std::string, std::string>> refused_by_rounds(store::Store& store, const std::string& model);

}  // namespace yupu::console
