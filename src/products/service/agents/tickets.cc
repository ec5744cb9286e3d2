#include "products/service/agents/tickets.h"

#include "base/clock.h"

namespace yupu::products {

Json Ticket::to_json() const {
  return {{"conversation", conversation_id},
          {"tenant_id", tenant_id},
          {"contact", contact},
          {"text", text},
          {"created", format_utc(created_ns)}};
}

Status keep_ticket(store::Store& store, const Ticket& ticket) {
  return store.write([&](store::Transaction& transaction) {
    return transaction
        .execute(
            "INSERT INTO ticket (tenant_id, conversation_id, contact, text, created_ns) VALUES (?, ?, ?, ?, ?) ON "
            "CONFLICT (tenant_id, conversation_id) DO UPDATE SET contact = excluded.contact, text = "
            "excluded.text, created_ns = excluded.created_ns",
            {ticket.tenant_id, ticket.conversation_id, ticket.contact, ticket.text, ticket.created_ns})
        .status();
  });
}

Result<std::vector<Ticket>> list_tickets(store::Store& store, const std::string& tenant_id, std::int64_t limit) {
  std::vector<Ticket> tickets;
  YUPU_RETURN_IF_ERROR(store.read([&](store::Transaction& transaction) -> Status {
    YUPU_ASSIGN_OR_RETURN(
        const auto rows,
        transaction.query(
            "SELECT tenant_id, conversation_id, contact, text, created_ns FROM ticket WHERE tenant_id = ? "
            "OR ? = '' ORDER BY created_ns DESC, conversation_id LIMIT ?",
            {tenant_id, tenant_id, limit}));
    for (const store::Row& row : rows) {
      tickets.push_back({row.text(0), row.text(1), row.text(2), row.text(3), row.integer(4)});
    }
    return {};
  }));
  return tickets;
}

}  // namespace yupu::products
