// What an agent does with conversations: take, read, say, pass on, close. Every change is one transaction that proves
// that the conversation is the agent's.
//
// Idempotency  a message carries an id of its sender's choice: sent again, it is not said again, also after a kill -9.
// Outcomes     kNotFound (no such conversation of the tenant), kConflict (it is not the agent's, or not any more; the
//              limit is reached; nobody waits)
// Threads      any; the store serialises the writes.
#pragma once

#include <cstdint>
#include <string>

#include "base/clock.h"
#include "base/status.h"
#include "products/service/agents/agent_store.h"
#include "products/service/agents/handover_store.h"
#include "store/store.h"

namespace yupu::products {

// The conversation, or where `conversation_id` is empty the first that waits: for the agent's skills if there is one.
// One that is theirs already stays so. The result is its id.
Result<std::string> claim_conversation(store::Store& store, const Agent& agent, const std::string& conversation_id);

struct SaidMessage {
  Conversation conversation;
  std::int64_t sequence = 0;
  bool was_known = false;  // said before, under this id
};
Result<SaidMessage> say_as_agent(store::Store& store, const Clock& clock, const Agent& agent,
                                 const std::string& conversation_id, const std::string& message_id,
                                 const std::string& text);

// kBot gives it back to the bot, kClosed ends it.
Status settle_as_agent(store::Store& store, const Agent& agent, const std::string& conversation_id,
                       ConversationStatus status);

// To the agent of that name, whatever their limit; an empty name: back to the queue. kNotFound, field "to": nobody of
// that name.
Status hand_over_to(store::Store& store, const Agent& agent, const std::string& conversation_id,
                    const std::string& name);

}  // namespace yupu::products
