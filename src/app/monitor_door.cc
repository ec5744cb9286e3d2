#include "app/monitor_door.h"

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

monitor::BoardRoutes::Person monitor_door(store::Store& store, const std::string& tenant) {
  return [&store, tenant](const http::Request& request) -> Result<std::string> {
    YUPU_ASSIGN_OR_RETURN(const products::Agent agent, products::agent_of_request(store, request));
    YUPU_ASSIGN_OR_RETURN(const std::string wanted, id_of_tenant(store, tenant));
    if (agent.tenant_id == wanted) return agent.name;
    return Status(Code::kPermissionDenied, "this monitor is another tenant's");
  };
}

}  // namespace yupu::app
