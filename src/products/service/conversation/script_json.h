// Test conversations as the console shows them.
#pragma once

#include <span>

#include "base/json.h"
#include "products/service/conversation/script.h"

namespace yupu::products {

// [{"name", "channel", "turns": [{"say", "tap", "expect": {"decision", "intent", "slot", "contains", "source", "text",
// "trigger", "values.SLOT": what must come of it}}]}], in the file's order; only what is expected stands in "expect".
Json scripts_json(std::span<const Script> scripts);

}  // namespace yupu::products
