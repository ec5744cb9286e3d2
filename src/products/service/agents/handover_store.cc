#include "products/service/agents/handover_store.h"

#include <limits>
#include <utility>

namespace yupu::products {
namespace {

using store::Transaction;
using store::Value;

// Empty: NULL.
Value id_or_null(const std::string& id) { return id.empty() ? Value(nullptr) : Value(id); }

}  // namespace

Status queue_conversation(Transaction& transaction, const Conversation& conversation, std::string intent) {
  if (intent.empty()) {
    YUPU_ASSIGN_OR_RETURN(
        const auto rows,
        transaction.query("SELECT t.label FROM message m JOIN trace t ON t.trace_id = m.trace_id WHERE m.tenant_id = ? "
                          "AND m.conversation_id = ? AND m.author = 'visitor' AND t.decision IN ('answer', 'clarify') "
                          "ORDER BY m.sequence DESC LIMIT 1",
                          {conversation.tenant_id, conversation.id}));
    if (!rows.empty()) intent = rows[0].text(0);
  }
  return transaction
      .execute(
          "INSERT INTO handover (conversation_id, tenant_id, intent, lang, queued_ns) VALUES (?, ?, ?, ?, ?) "
          "ON CONFLICT (conversation_id) DO NOTHING",
          {conversation.id, conversation.tenant_id, intent, conversation.state.lang, conversation.active_ns})
      .status();
}

Result<std::vector<Handover>> read_handovers(Transaction& transaction, const std::string& tenant_id) {
  YUPU_ASSIGN_OR_RETURN(
      const auto rows,
      transaction.query(
          "SELECT h.conversation_id, h.tenant_id, c.bot, h.intent, h.lang, c.priority, h.queued_ns, h.agent_id FROM "
          "handover h JOIN conversation c ON c.id = h.conversation_id WHERE h.tenant_id = ? OR ? = '' "
          "ORDER BY c.priority DESC, h.queued_ns, h.conversation_id",
          {tenant_id, tenant_id}));
  std::vector<Handover> handovers;
  for (const store::Row& row : rows) {
    handovers.push_back({.conversation_id = row.text(0),
                         .tenant_id = row.text(1),
                         .bot = row.text(2),
                         .intent = row.text(3),
                         .lang = row.text(4),
                         .priority = row.integer(5),
                         .queued_ns = row.integer(6),
                         .agent_id = row.is_null(7) ? std::string() : row.text(7),
                         .text = {}});
  }
  return handovers;
}

Status read_words(Transaction& transaction, Handover& handover) {
  YUPU_ASSIGN_OR_RETURN(
      const auto rows,
      transaction.query("SELECT (SELECT MAX(sequence) FROM message WHERE tenant_id = ? AND conversation_id = ?), "
                        "(SELECT text FROM message WHERE tenant_id = ? AND conversation_id = ? AND author = 'visitor' "
                        "ORDER BY sequence DESC LIMIT 1)",
                        {handover.tenant_id, handover.conversation_id, handover.tenant_id, handover.conversation_id}));
  handover.sequence = rows[0].is_null(0) ? 0 : rows[0].integer(0);
  handover.text = rows[0].is_null(1) ? std::string() : rows[0].text(1);
  return {};
}

Result<std::int64_t> count_before(Transaction& transaction, const Conversation& conversation) {
  const std::int64_t priority = conversation.state.priority;
  YUPU_ASSIGN_OR_RETURN(
      const auto own, transaction.query("SELECT queued_ns FROM handover WHERE conversation_id = ?", {conversation.id}));
  const std::int64_t queued_ns = own.empty() ? std::numeric_limits<std::int64_t>::max() : own[0].integer(0);
  YUPU_ASSIGN_OR_RETURN(
      const auto rows,
      transaction.query("SELECT COUNT(*) FROM handover h JOIN conversation c ON c.id = h.conversation_id "
                        "WHERE h.tenant_id = ? AND h.agent_id IS NULL AND (c.priority > ? OR (c.priority = ? AND "
                        "(h.queued_ns < ? OR (h.queued_ns = ? AND h.conversation_id < ?))))",
                        {conversation.tenant_id, priority, priority, queued_ns, queued_ns, conversation.id}));
  return rows[0].integer(0);
}

Result<std::optional<std::string>> holder_of(Transaction& transaction, const std::string& conversation_id) {
  YUPU_ASSIGN_OR_RETURN(
      const auto rows, transaction.query("SELECT agent_id FROM handover WHERE conversation_id = ?", {conversation_id}));
  if (rows.empty()) return std::optional<std::string>();
  return std::optional<std::string>(rows[0].is_null(0) ? std::string() : rows[0].text(0));
}

Result<bool> pass_on(Transaction& transaction, const std::string& conversation_id, const std::string& before,
                     const std::string& after) {
  YUPU_ASSIGN_OR_RETURN(
      const std::int64_t changed,
      transaction.execute("UPDATE handover SET agent_id = ? WHERE conversation_id = ? AND COALESCE(agent_id, '') = ?",
                          {id_or_null(after), conversation_id, before}));
  return changed > 0;
}

std::int64_t place_of(const std::vector<Handover>& handovers, const std::string& tenant_id,
                      const std::string& conversation_id) {
  std::int64_t place = 0;
  for (const Handover& handover : handovers) {
    if (handover.tenant_id != tenant_id || !handover.agent_id.empty()) continue;
    ++place;
    if (handover.conversation_id == conversation_id) return place;
  }
  return 0;
}

}  // namespace yupu::products
