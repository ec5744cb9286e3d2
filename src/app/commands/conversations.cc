// yupu conversations: what visitors and bots have said, and who waits for a person.
#include <fmt/format.h>

#include "app/commands/commands.h"
#include "app/workplace.h"
#include "commerce/tenants/tenants.h"
#include "products/service/agents/tickets.h"
#include "products/service/conversation/civil_date.h"
#include "products/service/conversation/conversation_store.h"
#include "strategy/forget.h"

namespace yupu::app {
namespace {

// Empty for every tenant.
Result<std::string> tenant_id_of(store::Store& store, const std::string& name) {
  if (name.empty()) return std::string();
  YUPU_ASSIGN_OR_RETURN(const auto tenants, commerce::list_tenants(store));
  for (const auto& tenant : tenants) {
    if (tenant.name == name) return tenant.id;
  }
  return not_found(fmt::format("there is no tenant '{}'", name));
}

Status list(Workplace& place, const products::ConversationQuery& query, bool json) {
  YUPU_ASSIGN_OR_RETURN(const auto conversations, products::list_conversations(*place.store, query));
  Json rows = Json::array();
  std::string text = fmt::format("{:<30} {:<12} {:<8} {:>8} {:>5} {}", "CONVERSATION", "BOT", "STATUS", "PRIORITY",
                                 "TURNS", "LAST MESSAGE");
  for (const auto& conversation : conversations) {
    rows.push_back(conversation.to_json());
    text += fmt::format("\n{:<30} {:<12} {:<8} {:>8} {:>5} {}", conversation.id, conversation.bot,
                        products::status_name(conversation.status), conversation.state.priority,
                        conversation.turn_count, format_utc(conversation.active_ns));
  }
  json ? print_json(Json{{"conversations", rows}}) : print_text(text);
  return ok_status();
}

Status tickets(Workplace& place, const products::ConversationQuery& query, bool json) {
  YUPU_ASSIGN_OR_RETURN(const auto found, products::list_tickets(*place.store, query.tenant_id, query.limit));
  Json rows = Json::array();
  std::string text = fmt::format("{:<30} {:<25} {:<30} {}", "CONVERSATION", "WRITTEN", "CONTACT", "TEXT");
  for (const auto& ticket : found) {
    rows.push_back(ticket.to_json());
    text += fmt::format("\n{:<30} {:<25} {:<30} {}", ticket.conversation_id, format_utc(ticket.created_ns),
                        ticket.contact, ticket.text);
  }
  json ? print_json(Json{{"tickets", rows}}) : print_text(text);
  return ok_status();
}

Status show(Workplace& place, const products::Conversation& conversation, bool json) {
  YUPU_ASSIGN_OR_RETURN(const auto messages, products::messages_of(*place.store, conversation));
  Json document = conversation.to_json();
  Json rows = Json::array();
  std::string text = fmt::format("{}, {}, priority {}", conversation.id, products::status_name(conversation.status),
                                 conversation.state.priority);
  for (const auto& message : messages) {
    rows.push_back({{"author", message.author},
                    {"text", message.text},
                    {"trace_id", message.trace_id},
                    {"created", format_utc(message.created_ns)}});
    text += fmt::format("\n{:<8} {}", message.author, message.text);
  }
  document["messages"] = std::move(rows);
  json ? print_json(document) : print_text(text);
  return ok_status();
}

constexpr std::int64_t kNsPerDay = 86'400'000'000'000;
constexpr std::int64_t kEastMinutes = 8 * 60;  // a day is Asia/Shanghai's, as in commerce

// Of a visitor's name that several tenants know, it has to be said whose visitor is meant.
Status check_one_tenant(store::Store& store, const products::ConversationQuery& which) {
  if (which.visitor.empty() || !which.tenant_id.empty()) return ok_status();
  products::ConversationQuery all = which;
  all.limit = 1'000'000;
  YUPU_ASSIGN_OR_RETURN(const auto conversations, products::list_conversations(store, all));
  for (const auto& conversation : conversations) {
    if (conversation.tenant_id == conversations.front().tenant_id) continue;
    return invalid_argument(fmt::format("--tenant is missing: several tenants have a visitor '{}'", which.visitor),
                            "--tenant");
  }
  return ok_status();
}

Status delete_some(Arguments& arguments) {
  const WorkplaceOptions where = read_workplace(arguments);
  const bool json = arguments.flag("--json");
  const std::string tenant = arguments.text("--tenant");
  const std::string before = arguments.text("--before");
  const std::int64_t idle_days = arguments.integer("--idle-days", 0, 1, 36'500);
  products::ConversationQuery which;
  which.bot = arguments.text("--bot");
  which.visitor = arguments.text("--visitor");
  YUPU_RETURN_IF_ERROR(arguments.finish(0, 0).status());
  if ((which.visitor.empty() ? 0 : 1) + (before.empty() ? 0 : 1) + (idle_days > 0 ? 1 : 0) != 1)
    return invalid_argument("say which: one of --visitor ID, --before DATE and --idle-days N", "--visitor");
  YUPU_ASSIGN_OR_RETURN(auto place, open_workplace(where, true));
  if (idle_days > 0) which.idle_since_ns = place.clock->now_ns() - idle_days * kNsPerDay;
  if (!before.empty()) {
    const auto instant = products::parse_instant(before, kEastMinutes);
    if (!instant)
      return invalid_argument(
          fmt::format("--before must be a date, or a time with its offset as in 2026-12-31T18:00:00+08:00, not '{}'",
                      before),
          "--before");
    which.idle_since_ns = instant->utc_ns;
  }
  YUPU_ASSIGN_OR_RETURN(which.tenant_id, tenant_id_of(*place.store, tenant));
  YUPU_RETURN_IF_ERROR(check_one_tenant(*place.store, which));
  YUPU_ASSIGN_OR_RETURN(const auto forgotten, strategy::forget_conversations(*place.store, *place.clock, which));
  json ? print_json(forgotten.to_json()) : print_text(forgotten.to_text());
  return ok_status();
}

}  // namespace

Status conversations_command(Arguments& arguments) {
  YUPU_ASSIGN_OR_RETURN(const std::string verb, arguments.verb({"list", "show", "close", "return", "delete"}));
  if (verb == "delete") return delete_some(arguments);
  const WorkplaceOptions where = read_workplace(arguments);
  const bool json = arguments.flag("--json");
  const std::string tenant = arguments.text("--tenant");
  products::ConversationQuery query;
  bool tickets_only = false;
  if (verb == "list") {
    query.bot = arguments.text("--bot");
    query.visitor = arguments.text("--visitor");
    query.waiting_only = arguments.flag("--waiting");
    tickets_only = arguments.flag("--tickets");
    query.limit = arguments.integer("--limit", query.limit, 1, 1'000'000);
  }
  const int word_count = verb == "list" ? 0 : 1;
  YUPU_ASSIGN_OR_RETURN(const auto words, arguments.finish(word_count, word_count, "conversation"));
  YUPU_ASSIGN_OR_RETURN(auto place, open_workplace(where, true));
  YUPU_ASSIGN_OR_RETURN(query.tenant_id, tenant_id_of(*place.store, tenant));
  if (verb == "list") return tickets_only ? tickets(place, query, json) : list(place, query, json);
  YUPU_ASSIGN_OR_RETURN(const auto conversation, products::get_conversation(*place.store, query.tenant_id, words[0]));
  if (verb == "show") return show(place, conversation, json);
  const auto status = verb == "close" ? products::ConversationStatus::kClosed : products::ConversationStatus::kBot;
  YUPU_RETURN_IF_ERROR(products::settle_conversation(*place.store, conversation, status));
  const std::string_view now = products::status_name(status);
  json ? print_json(Json{{"id", conversation.id}, {"status", now}})
       : print_text(fmt::format("{}: {}", conversation.id, now));
  return ok_status();
}

}  // namespace yupu::app
