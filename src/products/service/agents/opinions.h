// What visitors think of a conversation, and what the people who take over know better than the bot. Both become
// feedback on a call of that conversation; the feedback room, which this one does not know, takes them
// (app/compose.cc).
//
// Outcomes  kNotFound         field "conversation": nothing was said to the bot in it; "trace_id": no call of this one
//           kInvalidArgument  what the feedback room says of its fields (feedback/feedback.h)
// Threads   any; the store serialises the writes.
#pragma once

#include <functional>
#include <string>

#include "base/status.h"
#include "handoff/types.h"
#include "products/service/agents/agent_store.h"
#include "products/service/conversation/conversation_store.h"
#include "store/store.h"

namespace yupu::products {

// Stores it, as it is returned.
using TakeOpinion = std::function<Result<handoff::Feedback>(handoff::Feedback opinion)>;

// From 1 to 5. Given again, the last one counts.
Result<handoff::Feedback> rate_conversation(store::Store& store, const Conversation& conversation, int score,
                                            std::string reason, const TakeOpinion& take);

struct Correction {
  std::string trace_id;
  std::string intent;  // what the visitor meant; out_of_scope: nothing the bot is for
  std::string reason = {};
};
Result<handoff::Feedback> correct_as_agent(store::Store& store, const Agent& agent, const std::string& conversation_id,
                                           Correction correction, const TakeOpinion& take);

}  // namespace yupu::products
