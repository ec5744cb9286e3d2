#include "products/service/agents/inbox.h"

#include <algorithm>

#include <fmt/format.h>

#include "products/service/agents/assignment.h"

namespace yupu::products {
namespace {

using store::Transaction;

Result<Conversation> own_conversation(Transaction& transaction, const Agent& agent,
                                      const std::string& conversation_id) {
  YUPU_ASSIGN_OR_RETURN(Conversation conversation, get_conversation(transaction, agent.tenant_id, conversation_id));
  YUPU_ASSIGN_OR_RETURN(const auto holder, holder_of(transaction, conversation_id));
  if (!holder || *holder != agent.id) return Status(Code::kConflict, "the conversation is not yours", "conversation");
  return conversation;
}

std::int64_t load_of(const std::vector<Handover>& handovers, const Agent& agent) {
  return std::count_if(handovers.begin(), handovers.end(),
                       [&](const Handover& handover) { return handover.agent_id == agent.id; });
}

// The first that asks for what the agent can do; else the first at all.
std::string first_waiting(const std::vector<Handover>& handovers, const Agent& agent,
                          const std::vector<Agent>& everybody) {
  const Handover* first = nullptr;
  for (const Handover& handover : handovers) {
    if (!handover.agent_id.empty()) continue;
    if (suits(agent, handover, everybody)) return handover.conversation_id;
    if (first == nullptr) first = &handover;
  }
  return first == nullptr ? std::string() : first->conversation_id;
}

Result<std::string> claim(Transaction& transaction, const Agent& agent, const std::string& conversation_id) {
  if (!conversation_id.empty()) {
    YUPU_RETURN_IF_ERROR(get_conversation(transaction, agent.tenant_id, conversation_id).status());
    YUPU_ASSIGN_OR_RETURN(const auto holder, holder_of(transaction, conversation_id));
    if (holder && *holder == agent.id) return conversation_id;
    if (!holder || !holder->empty())
      return Status(Code::kConflict, "the conversation does not wait for anybody (any more)", "conversation");
  }
  YUPU_ASSIGN_OR_RETURN(const auto handovers, read_handovers(transaction, agent.tenant_id));
  if (load_of(handovers, agent) >= agent.conversations_max)
    return conflict(fmt::format("you have {} conversations already: close one first", agent.conversations_max));
  std::string chosen = conversation_id;
  if (chosen.empty()) {
    YUPU_ASSIGN_OR_RETURN(const auto everybody, list_agents(transaction, agent.tenant_id));
    chosen = first_waiting(handovers, agent, everybody);
  }
  if (chosen.empty()) return conflict("nobody waits");
  YUPU_RETURN_IF_ERROR(pass_on(transaction, chosen, {}, agent.id).status());
  return chosen;
}

}  // namespace

Result<std::string> claim_conversation(store::Store& store, const Agent& agent, const std::string& conversation_id) {
  std::string claimed;
  YUPU_RETURN_IF_ERROR(store.write([&](Transaction& transaction) -> Status {
    YUPU_ASSIGN_OR_RETURN(claimed, claim(transaction, agent, conversation_id));
    return {};
  }));
  return claimed;
}

Result<SaidMessage> say_as_agent(store::Store& store, const Clock& clock, const Agent& agent,
                                 const std::string& conversation_id, const std::string& message_id,
                                 const std::string& text) {
  SaidMessage said;
  YUPU_RETURN_IF_ERROR(store.write([&](Transaction& transaction) -> Status {
    YUPU_ASSIGN_OR_RETURN(said.conversation, get_conversation(transaction, agent.tenant_id, conversation_id));
    // Before the question whose it is: what was said stays said, also when the conversation has moved on since.
    YUPU_ASSIGN_OR_RETURN(
        const auto known,
        transaction.query("SELECT sequence FROM message WHERE tenant_id = ? AND conversation_id = ? AND author = "
                          "'person' AND agent_id = ? AND trace_id = ?",
                          {agent.tenant_id, conversation_id, agent.id, message_id}));
    said.was_known = !known.empty();
    if (said.was_known) {
      said.sequence = known[0].integer(0);
      return {};
    }
    YUPU_ASSIGN_OR_RETURN(said.conversation, own_conversation(transaction, agent, conversation_id));
    said.conversation.active_ns = std::max(clock.now_ns(), said.conversation.active_ns);
    YUPU_ASSIGN_OR_RETURN(said.sequence, keep_turn(transaction, said.conversation,
                                                   {{.author = "person",
                                                     .text = text,
                                                     .trace_id = message_id,
                                                     .created_ns = said.conversation.active_ns,
                                                     .agent_id = agent.id}}));
    return {};
  }));
  return said;
}

Status settle_as_agent(store::Store& store, const Agent& agent, const std::string& conversation_id,
                       ConversationStatus status) {
  return store.write([&](Transaction& transaction) -> Status {
    YUPU_ASSIGN_OR_RETURN(const Conversation conversation, own_conversation(transaction, agent, conversation_id));
    return settle_conversation(transaction, conversation, status);
  });
}

Status hand_over_to(store::Store& store, const Agent& agent, const std::string& conversation_id,
                    const std::string& name) {
  return store.write([&](Transaction& transaction) -> Status {
    YUPU_RETURN_IF_ERROR(own_conversation(transaction, agent, conversation_id).status());
    std::string to;
    if (!name.empty()) {
      YUPU_ASSIGN_OR_RETURN(const auto agents, list_agents(transaction, agent.tenant_id));
      const auto found =
          std::find_if(agents.begin(), agents.end(), [&](const Agent& other) { return other.name == name; });
      if (found == agents.end()) return Status(Code::kNotFound, fmt::format("there is no agent '{}'", name), "to");
      to = found->id;
    }
    return pass_on(transaction, conversation_id, agent.id, to).status();
  });
}

}  // namespace yupu::products
