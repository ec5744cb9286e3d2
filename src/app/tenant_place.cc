#include "app/tenant_place.h"

#include "commerce/tenants/tenants.h"
#include "products/service/knowledge/shelf.h"

namespace yupu::app {

TenantFlags read_tenant_flags(Arguments& arguments) {
  TenantFlags flags;
  flags.where = read_workplace(arguments);
  flags.tenant = arguments.text("--tenant");
  flags.json = arguments.flag("--json");
  return flags;
}

Result<TenantPlace> open_tenant_place(const TenantFlags& flags, bool must_exist) {
  YUPU_ASSIGN_OR_RETURN(auto workplace, open_workplace(flags.where, must_exist));
  std::string tenant_id = products::kOwnShelf;  // what the bot reads too
  if (!flags.tenant.empty()) {
    YUPU_ASSIGN_OR_RETURN(const auto tenant, commerce::find_tenant(*workplace.store, flags.tenant));
    tenant_id = tenant.id;
  }
  return TenantPlace{std::move(workplace), std::move(tenant_id)};
}

Result<commerce::Tenant> named_or_only_tenant(store::Store& store, const std::string& name) {
  if (!name.empty()) return commerce::find_tenant(store, name);
  YUPU_ASSIGN_OR_RETURN(const auto tenants, commerce::list_tenants(store));
  if (tenants.empty()) return not_found("there is no tenant yet; `yupu plans tenant` makes one");
  if (tenants.size() > 1) return invalid_argument("there are several tenants: name one with --tenant", "--tenant");
  return tenants.front();
}

}  // namespace yupu::app
