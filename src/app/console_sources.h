// What the console shows of rooms it does not know.
#pragma once

#include <cstdint>

#include "console/routes.h"
#include "store/store.h"

namespace yupu::app {

// For agents, by their token. `store` outlives the result.
console::Sources console_sources(store::Store& store, std::int64_t utc_offset_minutes);

}  // namespace yupu::app
