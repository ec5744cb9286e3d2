#include "feedback/feedback.h"
#include "feedback/misses/settle.h"
#include "feedback/report/review.h"

namespace yupu::feedback {

Result<std::int64_t> forget_feedback(store::Transaction& transaction, const Clock& clock, const std::string& tenant_id,
                                     std::span<const std::string> trace_ids) {
  std::int64_t deleted = 0;
  for (const std::string& trace_id : trace_ids) {
    YUPU_RETURN_IF_ERROR(
        transaction
            .execute("INSERT INTO forgotten_feedback (id, forgotten_ns) SELECT id, ? FROM feedback WHERE tenant_id = ? "
                     "AND trace_id = ? AND correction IS NOT NULL ON CONFLICT (id) DO NOTHING",
                     {clock.now_ns(), tenant_id, trace_id})
            .status());
    YUPU_ASSIGN_OR_RETURN(
        const std::int64_t rows,
        transaction.execute("DELETE FROM feedback WHERE tenant_id = ? AND trace_id = ?", {tenant_id, trace_id}));
    deleted += rows;
  }
  YUPU_RETURN_IF_ERROR(forget_reviews(transaction, tenant_id, trace_ids));
  YUPU_RETURN_IF_ERROR(forget_settled(transaction, tenant_id, trace_ids));
  return deleted;
}

Result<std::set<std::string>> forgotten_sources(store::Store& store) {
  std::set<std::string> sources;
  YUPU_RETURN_IF_ERROR(store.read([&](store::Transaction& transaction) -> Status {
    YUPU_ASSIGN_OR_RETURN(const auto rows, transaction.query("SELECT id FROM forgotten_feedback"));
    for (const store::Row& row : rows) sources.insert(source_of(row.text(0)));
    return ok_status();
  }));
  return sources;
}

}  // namespace yupu::feedback
