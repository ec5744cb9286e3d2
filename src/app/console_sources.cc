#include "app/console_sources.h"

#include "feedback/feedback.h"
#include "products/service/agents/agent_routes.h"
#include "products/service/conversation/conversation_store.h"
#include "text/unicode.h"

namespace yupu::app {

console::Sources console_sources(store::Store& store, std::int64_t utc_offset_minutes) {
  console::Sources sources;
  sources.door = products::agent_door(store);
  sources.conversations = [&store](const std::string& tenant_id, const std::string& said,
                                   std::int64_t limit) -> Result<Json> {
    // What is no text was said by nobody, and a server of databases does not take it.
    if (text::validate_utf8(said) || said.find('\0') != std::string::npos)
      return invalid_argument("said is no text", "said");
    YUPU_ASSIGN_OR_RETURN(const auto conversations,
                          products::list_conversations(store, {.tenant_id = tenant_id, .said = said, .limit = limit}));
    Json rows = Json::array();
    for (const auto& conversation : conversations) rows.push_back(conversation.to_json());
    return rows;
  };
  sources.opinions = [&store](const std::string& tenant_id, std::int64_t limit) -> Result<Json> {
    YUPU_ASSIGN_OR_RETURN(const auto opinions, feedback::opinions(store, {.tenant_id = tenant_id, .limit = limit}));
    Json rows = Json::array();
    for (const auto& opinion : opinions) rows.push_back(opinion.to_json());
    return rows;
  };
  sources.utc_offset_minutes = utc_offset_minutes;
  return sources;
}

}  // namespace yupu::app
