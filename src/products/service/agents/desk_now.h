// What the desk reads of the store at one moment. Internal to desk*.cc.
#pragma once

#include <string>
#include <vector>

#include "products/service/agents/desk.h"
#include "products/service/agents/presence.h"

namespace yupu::products {

struct Desk::Now {
  std::vector<Agent> agents;        // the removed ones too: their words stay
  std::vector<Handover> handovers;  // in the order of the queue
  AgentNames names;
  AgentTenants elsewhere = {};  // agents who are at another server

  // An empty tenant_id: every tenant's.
  static Result<Now> read(store::Transaction& transaction, const std::string& tenant_id);
  const Agent* agent(const std::string& id) const;     // null: none
  Handover* find(const std::string& conversation_id);  // null: none
  Json state(const Handover& handover, bool anybody_on_duty) const;
};

// The state of a conversation that is somebody's.
Json with_json(const AgentNames& names, const std::string& agent_id);

}  // namespace yupu::products
