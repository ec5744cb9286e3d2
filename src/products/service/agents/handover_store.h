// Conversations that wait for a person or are with one: table handover (migration 0006).
//
// Invariants   1  a conversation has a row exactly while its status is kWaiting
//              2  a row is nobody's, or one agent's; it passes from one to the other in one transaction
//              3  who goes back to the queue goes back to where they were: queued_ns stays
// Threads      any; the store serialises the writes.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/status.h"
#include "products/service/agents/agent_store.h"
#include "products/service/conversation/conversation_store.h"
#include "store/store.h"

namespace yupu::products {

struct Handover {
  std::string conversation_id;
  std::string tenant_id;
  std::string bot;
  std::string intent;         // what it is about; empty: nobody knows
  std::string lang;           // of the conversation
  std::int64_t priority = 0;  // the conversation's, now
  std::int64_t queued_ns = 0;
  std::string agent_id;  // empty: nobody's yet
  // What was said last: read_words() reads it.
  std::int64_t sequence = 0;  // of the last message
  std::string text;           // that a visitor said last
};

// Enters a conversation that now waits. `intent`: of the message that led there; empty: of an earlier one, if any was
// understood.
Status queue_conversation(store::Transaction& transaction, const Conversation& conversation, std::string intent);
// In the order in which they are served: the highest priority first, then who has waited longest. An empty tenant_id:
// every tenant's.
Result<std::vector<Handover>> read_handovers(store::Transaction& transaction, const std::string& tenant_id);
// Of one at a time: a queue may be long, and few of it are shown.
Status read_words(store::Transaction& transaction, Handover& handover);
// How many of its tenant's that are nobody's yet are served before it; of one that has not been entered yet: before one
// entered now.
Result<std::int64_t> count_before(store::Transaction& transaction, const Conversation& conversation);
// Whose it is: an agent's id, or empty; nothing: it neither waits nor is with anybody.
Result<std::optional<std::string>> holder_of(store::Transaction& transaction, const std::string& conversation_id);
// From `before` to `after`, agents' ids; empty: the queue. False: it is not `before`'s (any more).
Result<bool> pass_on(store::Transaction& transaction, const std::string& conversation_id, const std::string& before,
                     const std::string& after);

// From 1, among those that are nobody's yet; 0: it does not wait.
std::int64_t place_of(const std::vector<Handover>& handovers, const std::string& tenant_id,
                      const std::string& conversation_id);

}  // namespace yupu::products
