// yupu keys: API keys. The secret is shown once.
#include "commerce/keys/keys.h"

#include <fmt/format.h>

#include "app/commands/commands.h"
#include "app/workplace.h"
#include "commerce/keys/pepper.h"
#include "commerce/tenants/tenants.h"

namespace yupu::app {
namespace {

Status create(Arguments& arguments) {
  const WorkplaceOptions where = read_workplace(arguments);
  const bool json = arguments.flag("--json");
  const std::string tenant_name = arguments.required_text("--tenant");
  commerce::NewKey wanted;
  wanted.name = arguments.text("--name", "cli");
  const auto scopes = arguments.many("--scope");
  if (!scopes.empty()) wanted.scopes = scopes;
  YUPU_RETURN_IF_ERROR(arguments.finish(0, 0).status());
  YUPU_ASSIGN_OR_RETURN(auto place, open_workplace(where, true));
  YUPU_ASSIGN_OR_RETURN(const auto tenant, commerce::find_tenant(*place.store, tenant_name));
  wanted.tenant_id = tenant.id;
  YUPU_ASSIGN_OR_RETURN(const auto pepper, commerce::open_pepper(*place.store, place.workdir + "/secrets/pepper"));
  YUPU_ASSIGN_OR_RETURN(const auto created, commerce::create_key(*place.store, *place.clock, pepper, wanted));
  if (json) {
    print_json(created.to_json());
  } else {
    print_text(fmt::format("{}\nkeep it: it is shown this once ({})", created.secret, created.info.id));
  }
  return ok_status();
}

Status list(Arguments& arguments) {
  const WorkplaceOptions where = read_workplace(arguments);
  const bool json = arguments.flag("--json");
  const std::string tenant_name = arguments.text("--tenant");
  YUPU_RETURN_IF_ERROR(arguments.finish(0, 0).status());
  YUPU_ASSIGN_OR_RETURN(auto place, open_workplace(where, true));
  std::string tenant_id;
  if (!tenant_name.empty()) {
    YUPU_ASSIGN_OR_RETURN(const auto tenant, commerce::find_tenant(*place.store, tenant_name));
    tenant_id = tenant.id;
  }
  YUPU_ASSIGN_OR_RETURN(const auto keys, commerce::list_keys(*place.store, tenant_id));
  Json rows = Json::array();
  std::string text = fmt::format("{:<32} {:<14} {:<9} {}", "ID", "PREFIX", "STATE", "SCOPES");
  for (const auto& key : keys) {
    rows.push_back(key.to_json());
    const char* state = key.revoked_ns ? "revoked" : key.is_valid_at(place.clock->now_ns()) ? "valid" : "expired";
    text += fmt::format("\n{:<32} {:<14} {:<9} {}", key.id, key.prefix, state, fmt::join(key.scopes, ","));
  }
  json ? print_json(Json{{"keys", rows}}) : print_text(text);
  return ok_status();
}

Status revoke(Arguments& arguments) {
  const WorkplaceOptions where = read_workplace(arguments);
  const bool json = arguments.flag("--json");
  YUPU_ASSIGN_OR_RETURN(const auto words, arguments.finish(1, 1, "key id"));
  YUPU_ASSIGN_OR_RETURN(auto place, open_workplace(where, true));
  YUPU_ASSIGN_OR_RETURN(const auto key, commerce::revoke_key(*place.store, *place.clock, words[0]));
  json ? print_json(key.to_json())
       : print_text(fmt::format("{} is revoked; running servers refuse it within a second", key.id));
  return ok_status();
}

}  // namespace

Status keys_command(Arguments& arguments) {
  YUPU_ASSIGN_OR_RETURN(const std::string verb, arguments.verb({"create", "list", "revoke"}));
  if (verb == "create") return create(arguments);
  if (verb == "list") return list(arguments);
  return revoke(arguments);
}

}  // namespace yupu::app
