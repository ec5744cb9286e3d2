#include <fmt/format.h>

#include "feedback/feedback.h"

namespace yupu::feedback {
namespace {

using store::Value;

// `column` of the row f, unless a newer row of the same trace (of the same conversation, for a score) has another.
std::string still_said(std::string_view column, std::string_view same) {
  return fmt::format(
      "CASE WHEN f.{0} IS NOT NULL AND NOT EXISTS (SELECT 1 FROM feedback n WHERE n.tenant_id = f.tenant_id AND n.{1} "
      "= f.{1} AND n.{0} IS "
      "NOT NULL AND n.created_ns > f.created_ns) THEN f.{0} END AS {0}",
      column, same);
}

Opinion read_opinion(const store::Row& row) {
  Opinion opinion;
  handoff::Feedback& said = opinion.said;
  said.id = row.text(0);
  said.tenant_id = row.text(1);
  said.trace_id = row.text(2);
  if (!row.is_null(3)) said.rating = static_cast<int>(row.integer(3));
  if (!row.is_null(4)) said.correction = row.text(4);
  if (!row.is_null(5)) said.satisfaction = static_cast<int>(row.integer(5));
  said.conversation = row.text(6);
  said.author = row.text(7);
  said.reason = row.text(8);
  said.created_ns = row.integer(9);
  opinion.model = row.text(10);
  opinion.text = row.text(11);
  opinion.decision = row.text(12);
  opinion.label = row.text(13);
  opinion.score = row.real(14);
  opinion.conversation = said.conversation;
  // What was answered stands in the trace's body, as serving wrote it; /v1/classify answers with no text.
  const auto body = parse_json(row.text(15));
  if (!body.ok() || !body->is_object()) return opinion;
  const auto member = [&body](const char* key) {
    const auto found = body->find(key);
    return found != body->end() && found->is_string() ? found->get<std::string>() : std::string();
  };
  opinion.answer = member("text");
  if (opinion.conversation.empty()) opinion.conversation = member("conversation");
  return opinion;
}

}  // namespace

Json Opinion::to_json() const {
  return {{"id", said.id},
          {"tenant_id", said.tenant_id},
          {"trace_id", said.trace_id},
          {"conversation", conversation},
          {"author", said.author},
          {"rating", said.rating ? Json(*said.rating) : Json()},
          {"correction", said.correction ? Json(*said.correction) : Json()},
          {"satisfaction", said.satisfaction ? Json(*said.satisfaction) : Json()},
          {"reason", said.reason},
          {"model", model},
          {"text", text},
          {"answer", answer},
          {"decision", decision},
          {"label", label},
          {"score", score},
          {"created", format_utc(said.created_ns)}};
}

Result<std::vector<Opinion>> opinions(store::Store& store, const OpinionQuery& query) {
  std::string where = "f.created_ns >= ?";
  std::vector<Value> values{query.since_ns};
  if (!query.model.empty()) {
    where += " AND t.model = ?";
    values.emplace_back(query.model);
  }
  if (!query.tenant_id.empty()) {
    where += " AND f.tenant_id = ?";
    values.emplace_back(query.tenant_id);
  }
  values.emplace_back(query.limit);
  const std::string sql = fmt::format(
      "SELECT * FROM (SELECT f.id, f.tenant_id, f.trace_id, {}, {}, {}, f.conversation_id, f.author, f.reason, "
      "f.created_ns, t.model, t.text, t.decision, t.label, t.score AS score, t.body FROM feedback f JOIN trace t ON "
      "t.trace_id = f.trace_id AND t.tenant_id = f.tenant_id WHERE {}) q WHERE rating IS NOT NULL OR correction IS NOT "
      "NULL OR satisfaction IS NOT NULL OR reason <> '' ORDER BY created_ns DESC, id LIMIT ?",
      still_said("rating", "trace_id"), still_said("correction", "trace_id"),
      still_said("satisfaction", "conversation_id"), where);
  std::vector<Opinion> found;
  YUPU_RETURN_IF_ERROR(store.read([&](store::Transaction& transaction) -> Status {
    YUPU_ASSIGN_OR_RETURN(const auto rows, transaction.query(sql, std::span<const Value>(values)));
    found.clear();
    for (const store::Row& row : rows) found.push_back(read_opinion(row));
    return {};
  }));
  return found;
}

}  // namespace yupu::feedback
