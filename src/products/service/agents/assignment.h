// Who answers whom next.
//
//   conversations  in the order of the queue: priority, then time waited
//   an agent       on duty, with fewer conversations than their limit, and with the skills that are asked for
//   asked for      the conversation's language, if anybody on duty has it; then its intent, if anybody of these has it:
//   a
//                  question nobody is trained for is anybody's. An agent without skills has every skill.
//   of several     the one with the fewest conversations, then by name
//
// Pure.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "products/service/agents/agent_store.h"
#include "products/service/agents/handover_store.h"

namespace yupu::products {

struct Assignment {
  std::string conversation_id;
  std::string agent_id;
};

// `handovers`: all of them, those that are somebody's too: they count towards the limits. Tenants do not mix.
std::vector<Assignment> assign(std::span<const Handover> handovers, std::span<const Agent> on_duty);

// Whether the agent has the skills the conversation asks for.
bool suits(const Agent& agent, const Handover& handover, std::span<const Agent> on_duty);

}  // namespace yupu::products
