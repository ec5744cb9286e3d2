// GET and POST /v1/monitor/replay: the rules of the topics as they are, and what another one would have raised
// (replay.h). A replay takes seconds of a processor: managers alone may ask for one, and one runs at a time in a
// process. Of one monitor.     Threads: handlers run on many request threads.
#pragma once

#include <string>

#include "base/clock.h"
#include "handoff/people.h"
#include "http/router.h"
#include "products/monitor/detect/monitor.h"
#include "store/store.h"

namespace yupu::monitor {

// All that is referred to outlives the router.
void add_replay_routes(http::Router& router, store::Store& store, const Clock& clock, const std::string& monitor,
                       const TopicRules& rules, const handoff::Door& door);

}  // namespace yupu::monitor
