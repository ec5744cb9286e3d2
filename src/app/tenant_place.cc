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

}  // namespace yupu::app
