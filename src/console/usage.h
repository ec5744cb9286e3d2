// What a tenant's calls came to, day by day: how many, how many tokens, what they cost, and what the bot decided.
//
//   calls, tokens, price   sums over usage_event, as the ledger has booked them (commerce/metering)
//   decisions              of the calls in which somebody asked a bot (routes /v1/answer and /v1/chat/completions)
//   entries                the same calls by the intent the model read
// Threads  any.
#pragma once

#include <string>

#include "base/json.h"
#include "base/status.h"
#include "console/overview.h"
#include "store/store.h"

namespace yupu::console {

// {"from", "to", "calls", "tokens", "price_ufen", "answers", "decisions": {"answer", "clarify", "refuse", "handoff"},
//  "meters": [{"meter", "model", "calls", "tokens", "price_ufen"}],
//  "days": [{"day", "calls", "tokens", "price_ufen", "answer", "clarify", "refuse", "handoff"}]}, oldest day first,
//  none
// left out; all totals are sums of the days.
Result<Json> usage(store::Store& store, const std::string& tenant_id, const Period& period);

}  // namespace yupu::console
