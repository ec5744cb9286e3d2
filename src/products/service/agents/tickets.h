// The offline form: how to reach a visitor who asked for a person while nobody was on duty. Table ticket (migration
// 0006); one a conversation, the last one counts.
// Retention  personal data, as the messages of the conversation are.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/json.h"
#include "base/status.h"
#include "products/service/conversation/conversation_store.h"
#include "store/store.h"

namespace yupu::products {

struct Ticket {
  std::string tenant_id;
  std::string conversation_id;
  std::string contact;  // an address, a number: as the visitor wrote it
  std::string text;     // what it is about; may be empty
  std::int64_t created_ns = 0;
  Json to_json() const;
};

Status keep_ticket(store::Store& store, const Ticket& ticket);
// Newest first; an empty tenant_id: every tenant's.
Result<std::vector<Ticket>> list_tickets(store::Store& store, const std::string& tenant_id, std::int64_t limit);

}  // namespace yupu::products
