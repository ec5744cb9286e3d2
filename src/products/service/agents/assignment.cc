#include "products/service/agents/assignment.h"

#include <algorithm>
#include <map>

#include "products/service/conversation/state.h"

namespace yupu::products {
namespace {

bool has_skill(const Agent& agent, const std::string& skill) {
  return agent.skills.empty() || contains(agent.skills, skill);
}

}  // namespace

bool suits(const Agent& agent, const Handover& handover, std::span<const Agent> on_duty) {
  if (agent.tenant_id != handover.tenant_id) return false;
  std::vector<std::string> asked;
  for (const std::string& skill : {handover.lang, handover.intent}) {
    asked.push_back(skill);
    const auto has_all = [&](const Agent& one) {
      return std::all_of(asked.begin(), asked.end(), [&](const std::string& name) { return has_skill(one, name); });
    };
    const bool anybody = std::any_of(on_duty.begin(), on_duty.end(), [&](const Agent& one) {
      return one.tenant_id == handover.tenant_id && has_all(one);
    });
    if (skill.empty() || !anybody) asked.pop_back();
  }
  return std::all_of(asked.begin(), asked.end(), [&](const std::string& name) { return has_skill(agent, name); });
}

std::vector<Assignment> assign(std::span<const Handover> handovers, std::span<const Agent> on_duty) {
  std::map<std::string, std::int64_t> loads;
  for (const Handover& handover : handovers) {
    if (!handover.agent_id.empty()) ++loads[handover.agent_id];
  }
  std::vector<Assignment> assignments;
  for (const Handover& handover : handovers) {
    if (!handover.agent_id.empty()) continue;
    const Agent* chosen = nullptr;
    for (const Agent& agent : on_duty) {
      if (loads[agent.id] >= agent.conversations_max || !suits(agent, handover, on_duty)) continue;
      const bool better = chosen == nullptr || loads[agent.id] < loads[chosen->id] ||
                          (loads[agent.id] == loads[chosen->id] && agent.name < chosen->name);
      if (better) chosen = &agent;
    }
    if (chosen == nullptr) continue;
    ++loads[chosen->id];
    assignments.push_back({handover.conversation_id, chosen->id});
  }
  return assignments;
}

}  // namespace yupu::products
