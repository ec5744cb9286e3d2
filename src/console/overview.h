// The figures of a shop's console, counted from the records: nothing in them is estimated.
//
//   messages     calls of /v1/answer, one each; by decision, as tables trace holds them
//   conversations  those in which a visitor wrote in these days; resolved: in which none of these messages was handed
//   over days         of the shop's clocks
// Threads  any.
#pragma once

#include <cstdint>
#include <string>

#include "base/json.h"
#include "base/status.h"
#include "store/store.h"

namespace yupu::console {

inline constexpr std::int64_t kDaysMost = 90;

struct Period {
  std::int64_t now_ns = 0;
  std::int64_t days = 7;                  // today and those before it
  std::int64_t utc_offset_minutes = 480;  // of the shop's clocks
};

// {"from", "to", "messages", "decisions": {"answer", "clarify", "refuse", "handoff"}, "conversations", "resolved",
//  "handed_over", "waiting", "with_people", "tickets", "up", "down",
//  "days": [{"day": "2026-11-27", "messages", "refuse", "handoff"}]}, oldest day first, none left out.
Result<Json> overview(store::Store& store, const std::string& tenant_id, const Period& period);

}  // namespace yupu::console
