// What the console shows of rooms it does not know.
#pragma once

#include <cstdint>
#include <functional>

#include "console/routes.h"
#include "feedback/misses/miss_routes.h"
#include "store/store.h"

namespace yupu::app {

// For agents, by their token. `store` outlives the result.
console::Sources console_sources(store::Store& store, std::int64_t utc_offset_minutes);
// Whose token a request about misses carries. `store` outlives the result.
std::function<Result<feedback::MissReader>(const http::Request& request)> miss_reader(store::Store& store);

}  // namespace yupu::app
