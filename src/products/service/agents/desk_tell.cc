// The desk's third job: every stream hears what is new.
#include <utility>

#include "products/service/agents/desk.h"
#include "products/service/agents/desk_now.h"

namespace yupu::products {
namespace {

constexpr std::size_t kQueueShown = 50;

Json handover_json(const Handover& handover) {
  return {{"conversation", handover.conversation_id},
          {"bot", handover.bot},
          {"intent", handover.intent},
          {"lang", handover.lang},
          {"priority", handover.priority},
          {"since", format_utc(handover.queued_ns)},
          {"text", handover.text}};
}

void send(http::EventStream& stream, std::string name, const Json& data, std::string id = {}) {
  // A stream that is closed by now is dropped at the next look.
  static_cast<void>(stream.send({.name = std::move(name), .data = to_text(data), .id = std::move(id)}));
}

}  // namespace

Json message_json(const std::string& conversation_id, const Message& message, const AgentNames& names) {
  Json json{{"conversation", conversation_id},
            {"sequence", message.sequence},
            {"author", message.author},
            {"text", message.text},
            {"created", format_utc(message.created_ns)}};
  if (message.author != "person") return json;
  json["message_id"] = message.trace_id;
  const auto name = names.find(message.agent_id);
  json["agent"] = name == names.end() ? std::string() : name->second;
  return json;
}

Json with_json(const AgentNames& names, const std::string& agent_id) {
  const auto name = names.find(agent_id);
  return {{"state", "with"}, {"agent", name == names.end() ? std::string() : name->second}};
}

Result<Desk::Now> Desk::Now::read(store::Transaction& transaction, const std::string& tenant_id) {
  Now now;
  YUPU_ASSIGN_OR_RETURN(now.agents, all_agents(transaction, tenant_id));
  YUPU_ASSIGN_OR_RETURN(now.handovers, read_handovers(transaction, tenant_id));
  for (const Agent& agent : now.agents) now.names[agent.id] = agent.name;
  return now;
}

const Agent* Desk::Now::agent(const std::string& id) const {
  for (const Agent& agent : agents) {
    if (agent.id == id) return &agent;
  }
  return nullptr;
}

Handover* Desk::Now::find(const std::string& conversation_id) {
  for (Handover& handover : handovers) {
    if (handover.conversation_id == conversation_id) return &handover;
  }
  return nullptr;
}

Json Desk::Now::state(const Handover& handover, bool anybody_on_duty) const {
  if (!handover.agent_id.empty()) return with_json(names, handover.agent_id);
  if (!anybody_on_duty) return {{"state", "offline"}};
  return {{"state", "waiting"}, {"place", place_of(handovers, handover.tenant_id, handover.conversation_id)}};
}

Result<Json> Desk::queue_json(store::Transaction& transaction, Now& now, const std::string& tenant_id) const {
  Json waiting = Json::array();
  std::map<std::string, std::int64_t> loads;
  std::int64_t count = 0;
  for (Handover& handover : now.handovers) {
    if (handover.tenant_id != tenant_id) continue;
    if (!handover.agent_id.empty()) {
      ++loads[handover.agent_id];
      continue;
    }
    ++count;
    if (waiting.size() == kQueueShown) continue;
    YUPU_RETURN_IF_ERROR(read_words(transaction, handover));
    waiting.push_back(handover_json(handover));
  }
  Json agents = Json::array();
  for (const Agent& agent : now.agents) {
    if (agent.tenant_id != tenant_id || agent.is_removed) continue;
    agents.push_back({{"name", agent.name},
                      {"on_duty", is_on_duty(agent.id) || now.elsewhere.contains(agent.id)},
                      {"conversations", loads[agent.id]},
                      {"limit", agent.conversations_max}});
  }
  return Json{{"count", count}, {"waiting", std::move(waiting)}, {"agents", std::move(agents)}};
}

Status Desk::tell(store::Transaction& transaction, const Ids& changed) {
  if (agents_.empty() && visitors_.empty()) return {};
  YUPU_ASSIGN_OR_RETURN(Now now, read_now(transaction, {}));
  for (AgentStream& follower : agents_) YUPU_RETURN_IF_ERROR(tell_agent(transaction, now, follower, changed));
  for (VisitorStream& follower : visitors_) YUPU_RETURN_IF_ERROR(tell_visitor(transaction, now, follower, changed));
  return {};
}

Status Desk::tell_agent(store::Transaction& transaction, Now& now, AgentStream& follower, const Ids& changed) {
  http::EventStream& stream = *follower.stream;
  std::erase_if(follower.cursors, [&](const auto& entry) {
    const Handover* handover = now.find(entry.first);
    const bool is_theirs = handover != nullptr && handover->agent_id == follower.agent.id;
    if (!is_theirs) send(stream, "released", {{"conversation", entry.first}});
    return !is_theirs;
  });
  for (Handover& handover : now.handovers) {
    if (handover.agent_id != follower.agent.id) continue;
    YUPU_RETURN_IF_ERROR(read_words(transaction, handover));
    const auto [cursor, is_new] = follower.cursors.try_emplace(handover.conversation_id, handover.sequence);
    if (is_new) {
      send(stream, "assigned", handover_json(handover));
    } else if (changed.contains(handover.conversation_id) || handover.sequence > cursor->second) {
      YUPU_ASSIGN_OR_RETURN(const auto messages,
                            messages_after(transaction, handover.tenant_id, handover.conversation_id, cursor->second));
      for (const Message& message : messages) {
        send(stream, "message", message_json(handover.conversation_id, message, now.names));
        cursor->second = message.sequence;
      }
    }
  }
  YUPU_ASSIGN_OR_RETURN(const Json queue, queue_json(transaction, now, follower.agent.tenant_id));
  std::string text = to_text(queue);
  if (text == follower.queue) return {};
  send(stream, "queue", queue);
  follower.queue = std::move(text);
  return {};
}

Status Desk::tell_visitor(store::Transaction& transaction, Now& now, VisitorStream& follower, const Ids& changed) {
  const bool is_new = follower.state.empty();
  // What another server wrote rings no bell here: it is seen by the number of the last message.
  Handover* const waiting = now.find(follower.conversation_id);
  if (waiting != nullptr) YUPU_RETURN_IF_ERROR(read_words(transaction, *waiting));
  const bool has_grown = waiting != nullptr ? waiting->sequence > follower.cursor : !follower.is_settled;
  if (is_new || has_grown || changed.contains(follower.conversation_id)) {
    YUPU_ASSIGN_OR_RETURN(const auto messages,
                          messages_after(transaction, follower.tenant_id, follower.conversation_id, follower.cursor));
    for (const Message& message : messages) {
      send(*follower.stream, "message", message_json(follower.conversation_id, message, now.names),
           std::to_string(message.sequence));
      follower.cursor = message.sequence;
    }
  }
  Json state;
  if (waiting != nullptr) {
    state = now.state(*waiting, anybody_on_duty(now.elsewhere, follower.tenant_id));
    follower.is_settled = false;
  } else {
    if (follower.is_settled && !changed.contains(follower.conversation_id)) return {};
    const auto conversation = get_conversation(transaction, follower.tenant_id, follower.conversation_id);
    if (!conversation.ok()) {
      // Deleted, most likely: nothing more will come.
      follower.stream->close();
      return conversation.status().code() == Code::kNotFound ? ok_status() : conversation.status();
    }
    state = {{"state", conversation->status == ConversationStatus::kClosed ? "closed" : "bot"}};
    follower.is_settled = true;
  }
  std::string text = to_text(state);
  if (text == follower.state) return {};
  send(*follower.stream, "state", state);
  follower.state = std::move(text);
  return {};
}

}  // namespace yupu::products
