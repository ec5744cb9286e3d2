#include "products/service/agents/opinions.h"

#include <utility>

namespace yupu::products {

Result<handoff::Feedback> rate_conversation(store::Store& store, const Conversation& conversation, int score,
                                            std::string reason, const TakeOpinion& take) {
  handoff::Feedback opinion;
  YUPU_RETURN_IF_ERROR(store.read([&](store::Transaction& transaction) -> Status {
    YUPU_ASSIGN_OR_RETURN(opinion.trace_id, last_trace_of(transaction, conversation));
    return {};
  }));
  if (opinion.trace_id.empty()) return Status(Code::kNotFound, "nothing was said in this conversation", "conversation");
  opinion.tenant_id = conversation.tenant_id;
  opinion.satisfaction = score;
  opinion.conversation = conversation.id;
  opinion.reason = std::move(reason);
  return take(std::move(opinion));
}

Result<handoff::Feedback> correct_as_agent(store::Store& store, const Agent& agent, const std::string& conversation_id,
                                           Correction correction, const TakeOpinion& take) {
  YUPU_RETURN_IF_ERROR(store.read([&](store::Transaction& transaction) -> Status {
    YUPU_ASSIGN_OR_RETURN(const Conversation conversation,
                          get_conversation(transaction, agent.tenant_id, conversation_id));
    YUPU_ASSIGN_OR_RETURN(const bool holds, holds_trace(transaction, conversation, correction.trace_id));
    return holds ? ok_status() : Status(Code::kNotFound, "no answer of this conversation", "trace_id");
  }));
  handoff::Feedback opinion;
  opinion.tenant_id = agent.tenant_id;
  opinion.trace_id = std::move(correction.trace_id);
  opinion.correction = std::move(correction.intent);
  opinion.reason = std::move(correction.reason);
  opinion.author = "agent:" + agent.id;
  return take(std::move(opinion));
}

}  // namespace yupu::products
