#include "strategy/forget.h"

#include <fmt/format.h>

#include "feedback/feedback.h"
#include "products/service/connectors/connector_store.h"
#include "serving/forget.h"
#include "store/scrub.h"

namespace yupu::strategy {
namespace {

constexpr std::int64_t kBatch =
    200;  // conversations named at a time; each is a transaction, so that calls come between

// Nothing is added where the conversation moved on meanwhile.
Status forget_one(store::Transaction& transaction, const Clock& clock, const products::Conversation& conversation,
                  Forgotten& forgotten) {
  YUPU_ASSIGN_OR_RETURN(const auto deleted, products::delete_conversation(transaction, conversation));
  if (!deleted) return ok_status();
  const std::string& tenant_id = conversation.tenant_id;
  YUPU_ASSIGN_OR_RETURN(const std::int64_t opinions,
                        feedback::forget_feedback(transaction, clock, tenant_id, deleted->trace_ids));
  YUPU_ASSIGN_OR_RETURN(const std::int64_t traces, serving::delete_traces(transaction, tenant_id, deleted->trace_ids));
  YUPU_ASSIGN_OR_RETURN(const std::int64_t answers,
                        serving::delete_stored_answers(transaction, tenant_id, conversation.id));
  YUPU_RETURN_IF_ERROR(serving::delete_ownership(transaction, tenant_id, conversation.id));
  YUPU_RETURN_IF_ERROR(products::delete_connector_rows(transaction, conversation.id).status());
  ++forgotten.conversation_count;
  forgotten.message_count += deleted->message_count;
  forgotten.feedback_count += opinions;
  forgotten.trace_count += traces;
  forgotten.stored_answer_count += answers;
  return ok_status();
}

}  // namespace

Json Forgotten::to_json() const {
  return {{"conversations", conversation_count},
          {"messages", message_count},
          {"traces", trace_count},
          {"feedback", feedback_count},
          {"stored_answers", stored_answer_count}};
}

std::string Forgotten::to_text() const {
  return fmt::format("deleted {} conversations: {} messages, {} traces, {} opinions, {} stored answers",
                     conversation_count, message_count, trace_count, feedback_count, stored_answer_count);
}

Result<Forgotten> forget_conversations(store::Store& store, const Clock& clock,
                                       const products::ConversationQuery& which) {
  products::ConversationQuery batch = which;
  batch.limit = kBatch;
  Forgotten all;
  while (true) {
    YUPU_ASSIGN_OR_RETURN(const auto conversations, products::list_conversations(store, batch));
    if (conversations.empty()) break;
    for (const products::Conversation& conversation : conversations) {
      Forgotten after;
      YUPU_RETURN_IF_ERROR(store.write([&](store::Transaction& transaction) {
        after = all;
        return forget_one(transaction, clock, conversation, after);
      }));
      all = after;
    }
  }
  YUPU_RETURN_IF_ERROR(store::scrub(store));
  return all;
}

}  // namespace yupu::strategy
