// What the bot can be asked, intent by intent: rows it was taught with, answers the shop has approved, what came of it.
// Threads  any.
#pragma once

#include <string>

#include "base/json.h"
#include "base/status.h"
#include "store/store.h"

namespace yupu::console {

// `answers`: [{"intent", ...}] in the answers file's own words; `entries`: [{"intent", "calls", "hits", "misses"}] of a
// report. {"model", "release_id": whose rows are counted, "intents": [{"intent", "rows", "answers": [...], "calls",
// "hits", "misses"}]}, by name; an intent is one of the live release's rows, of an answer, or of a call. `rows` is null
// where the release has none of it; what is out of scope is no intent.
Result<Json> list_intents(store::Store& store, const std::string& model, const Json& answers, const Json& entries);

}  // namespace yupu::console
