// yupu connectors: what is on its way to other networks, and what was given up.
#include <fmt/format.h>

#include "app/commands/commands.h"
#include "app/workplace.h"
#include "products/service/connectors/connector_store.h"

namespace yupu::app {

Status connectors_command(Arguments& arguments) {
  YUPU_RETURN_IF_ERROR(arguments.verb({"outbox"}).status());
  const WorkplaceOptions where = read_workplace(arguments);
  const std::string name = arguments.text("--connector");
  const std::string state = arguments.one_of("--state", "all", {"all", "waiting", "sent", "dead"});
  const std::string again = arguments.text("--resend");
  const std::int64_t limit = arguments.integer("--limit", 50, 1, 100000);
  const bool json = arguments.flag("--json");
  YUPU_RETURN_IF_ERROR(arguments.finish(0, 0).status());
  YUPU_ASSIGN_OR_RETURN(const auto place, open_workplace(where, true));
  if (!again.empty()) {
    YUPU_RETURN_IF_ERROR(products::resend(*place.store, again, place.clock->now_ns()));
    json ? print_json(Json{{"waiting", again}}) : print_text("waiting " + again);
    return ok_status();
  }
  YUPU_ASSIGN_OR_RETURN(const auto rows, products::list_outbox(*place.store, name, state == "all" ? "" : state, limit));
  YUPU_ASSIGN_OR_RETURN(const OrderedJson events, products::list_dead_events(*place.store, name, limit));
  OrderedJson listed = OrderedJson::array();
  std::string text =
      fmt::format("{:<24} {:<16} {:<8} {:<8} {:>8} {}", "ID", "CONNECTOR", "AUTHOR", "STATE", "ATTEMPTS", "LAST ERROR");
  for (const products::OutboxRow& row : rows) {
    listed.push_back(row.to_json());
    text += fmt::format("\n{:<24} {:<16} {:<8} {:<8} {:>8} {}", row.message.id, row.connector, row.message.author,
                        row.state, row.attempts, row.last_error);
  }
  for (const OrderedJson& event : events)
    text += fmt::format("\n{:<24} {:<16} {:<8} {:<8} {:>8} {}", event.at("id").get<std::string>(),
                        event.at("connector").get<std::string>(), "visitor", "dead",
                        event.at("attempts").get<std::int64_t>(), event.at("last_error").get<std::string>());
  json ? print_json(OrderedJson{{"outbox", listed}, {"dead_events", events}}) : print_text(text);
  return ok_status();
}

}  // namespace yupu::app
