#include "serving/forget.h"

namespace yupu::serving {

Result<std::int64_t> delete_traces(store::Transaction& transaction, const std::string& tenant_id,
                                   std::span<const std::string> trace_ids) {
  std::int64_t deleted = 0;
  for (const std::string& id : trace_ids) {
    YUPU_ASSIGN_OR_RETURN(
        const std::int64_t rows,
        transaction.execute("DELETE FROM trace WHERE tenant_id = ? AND trace_id = ?", {tenant_id, id}));
    deleted += rows;
    YUPU_RETURN_IF_ERROR(
        transaction.execute("DELETE FROM shadow_difference WHERE tenant_id = ? AND trace_id = ?", {tenant_id, id})
            .status());
  }
  return deleted;
}

Result<std::int64_t> delete_stored_answers(store::Transaction& transaction, const std::string& tenant_id,
                                           const std::string& subject) {
  if (subject.empty()) return std::int64_t{0};
  return transaction.execute("DELETE FROM idempotency WHERE tenant_id = ? AND subject = ? AND subject <> ''",
                             {tenant_id, subject});
}

Status delete_ownership(store::Transaction& transaction, const std::string& tenant_id,
                        const std::string& conversation_id) {
  return transaction
      .execute("DELETE FROM visitor_conversation WHERE tenant_id = ? AND conversation_id = ?",
               {tenant_id, conversation_id})
      .status();
}

}  // namespace yupu::serving
