#include "app/monitor_door.h"

#include <utility>

#include "commerce/tenants/tenants.h"
#include "products/service/agents/agent_routes.h"

namespace yupu::app {
namespace {

Result<std::string> id_of_tenant(store::Store& store, const std::string& name) {
  if (!name.empty()) {
    YUPU_ASSIGN_OR_RETURN(const auto tenant, commerce::find_tenant(store, name));
    return tenant.id;
  }
  YUPU_ASSIGN_OR_RETURN(const auto tenants, commerce::list_tenants(store));
  if (tenants.size() == 1) return tenants.front().id;
  return Status(Code::kPermissionDenied, "there are several tenants: `tenant` of [monitor] says whose people may look");
}

}  // namespace

handoff::Door monitor_people(store::Store& store, const std::string& tenant) {
  return [&store, tenant, door = products::agent_door(store)](const http::Request& request) -> Result<handoff::Person> {
    YUPU_ASSIGN_OR_RETURN(handoff::Person person, door(request));
    YUPU_ASSIGN_OR_RETURN(const std::string wanted, id_of_tenant(store, tenant));
    if (person.tenant_id == wanted) return person;
    return Status(Code::kPermissionDenied, "this monitor is another tenant's");
  };
}

monitor::BoardRoutes::Person monitor_door(store::Store& store, const std::string& tenant) {
  return [people = monitor_people(store, tenant)](const http::Request& request) -> Result<std::string> {
    YUPU_ASSIGN_OR_RETURN(handoff::Person person, people(request));
    return std::move(person.name);
  };
}

}  // namespace yupu::app
