// Agents whose streams another server holds.  On a store that several servers share, each desk writes down who is at
// it, every kTellPresenceNs while somebody is; the others take them for on duty for as long as that is fresh.  By the
// servers' clocks, which must agree to a second or so.
// Threads  as the transaction.
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "base/status.h"
#include "store/store.h"

namespace yupu::products {

inline constexpr std::int64_t kTellPresenceNs = 2'000'000'000;

using AgentTenants = std::map<std::string, std::string>;  // agent -> tenant

// These are at `server` now.
Status tell_presence(store::Transaction& transaction, const std::string& server, const AgentTenants& agents,
                     std::int64_t now_ns);
// Those seen by servers other than `server` since then. An empty tenant_id: every tenant's.
Result<AgentTenants> present_elsewhere(store::Transaction& transaction, const std::string& server,
                                       const std::string& tenant_id, std::int64_t since_ns);

}  // namespace yupu::products
