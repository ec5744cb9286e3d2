#include "products/service/agents/presence.h"

namespace yupu::products {
namespace {

constexpr std::int64_t kKeptNs = 86'400'000'000'000;  // rows of servers that are no more

}  // namespace

Status tell_presence(store::Transaction& transaction, const std::string& server, const AgentTenants& agents,
                     std::int64_t now_ns) {
  for (const auto& [agent_id, tenant_id] : agents) {
    YUPU_RETURN_IF_ERROR(transaction
                             .execute("INSERT INTO agent_presence (agent_id, server, tenant_id, seen_ns) VALUES (?, ?, "
                                      "?, ?) ON CONFLICT (agent_id, server) DO UPDATE SET seen_ns = excluded.seen_ns",
                                      {agent_id, server, tenant_id, now_ns})
                             .status());
  }
  return transaction.execute("DELETE FROM agent_presence WHERE seen_ns < ?", {now_ns - kKeptNs}).status();
}

Result<AgentTenants> present_elsewhere(store::Transaction& transaction, const std::string& server,
                                       const std::string& tenant_id, std::int64_t since_ns) {
  YUPU_ASSIGN_OR_RETURN(
      const auto rows, transaction.query("SELECT agent_id, tenant_id FROM agent_presence WHERE server <> ? AND seen_ns "
                                         ">= ? AND (tenant_id = ? OR ? = '')",
                                         {server, since_ns, tenant_id, tenant_id}));
  AgentTenants agents;
  for (const store::Row& row : rows) agents[row.text(0)] = row.text(1);
  return agents;
}

}  // namespace yupu::products
