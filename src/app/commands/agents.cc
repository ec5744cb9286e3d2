// yupu agents: the people who take over from the bot. The token is shown once.
#include <fmt/format.h>

#include "app/commands/commands.h"
#include "app/commands/notices.h"
#include "app/tenant_place.h"
#include "app/workplace.h"
#include "products/service/agents/agent_store.h"

namespace yupu::app {
namespace {

Status add(Workplace& place, const products::NewAgent& wanted, bool json) {
  YUPU_ASSIGN_OR_RETURN(const auto added, products::add_agent(*place.store, *place.clock, wanted));
  if (json) {
    Json document = added.agent.to_json();
    document["token"] = added.token;
    print_json(document);
  } else {
    print_text(fmt::format("{}\nkeep it: it is shown this once ({}); sign in with it at /console", added.token,
                           added.agent.name));
  }
  return ok_status();
}

Status list(Workplace& place, const std::string& tenant_id, bool json) {
  YUPU_ASSIGN_OR_RETURN(const auto agents, products::list_agents(*place.store, tenant_id));
  Json rows = Json::array();
  std::string text = fmt::format("{:<34} {:<20} {:>5} {:<7} {}", "ID", "NAME", "LIMIT", "MANAGER", "SKILLS");
  for (const auto& agent : agents) {
    rows.push_back(agent.to_json());
    text += fmt::format("\n{:<34} {:<20} {:>5} {:<7} {}", agent.id, agent.name, agent.conversations_max,
                        agent.is_manager ? "yes" : "",
                        agent.skills.empty() ? "anything" : fmt::format("{}", fmt::join(agent.skills, ",")));
  }
  json ? print_json(Json{{"agents", rows}}) : print_text(text);
  return ok_status();
}

Status remove(Workplace& place, const std::string& tenant_id, const std::string& name, bool json) {
  YUPU_ASSIGN_OR_RETURN(const auto removed, products::remove_agent(*place.store, *place.clock, tenant_id, name));
  json ? print_json(removed.to_json())
       : print_text(fmt::format("{} is removed; their conversations wait again", removed.name));
  return ok_status();
}

}  // namespace

Status agents_command(Arguments& arguments) {
  YUPU_ASSIGN_OR_RETURN(const std::string verb, arguments.verb({"add", "list", "remove", "notices"}));
  if (verb == "notices") return agent_notices_command(arguments);
  const WorkplaceOptions where = read_workplace(arguments);
  const bool json = arguments.flag("--json");
  const std::string tenant_name = arguments.text("--tenant");
  products::NewAgent wanted;
  std::string skills;
  if (verb == "add") {
    skills = arguments.text("--skills");
    wanted.is_manager = arguments.flag("--manager");
    wanted.conversations_max = arguments.integer("--limit", wanted.conversations_max, 1, products::kConversationsMost);
  }
  const std::size_t word_count = verb == "list" ? 0 : 1;
  YUPU_ASSIGN_OR_RETURN(const auto words, arguments.finish(word_count, word_count, "name"));
  YUPU_ASSIGN_OR_RETURN(wanted.skills, products::parse_skills(skills));
  YUPU_ASSIGN_OR_RETURN(auto place, open_workplace(where, true));
  if (verb == "list" && tenant_name.empty()) return list(place, {}, json);
  YUPU_ASSIGN_OR_RETURN(const auto tenant, named_or_only_tenant(*place.store, tenant_name));
  if (verb == "list") return list(place, tenant.id, json);
  if (verb == "remove") return remove(place, tenant.id, words[0], json);
  wanted.tenant_id = tenant.id;
  wanted.name = words[0];
  return add(place, wanted, json);
}

}  // namespace yupu::app
