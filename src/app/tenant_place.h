// Commands about what one tenant keeps in the store: --workdir, --store, --tenant, --json.
#pragma once

#include <string>

#include "app/workplace.h"
#include "commerce/tenants/tenants.h"

namespace yupu::app {

struct TenantFlags {
  WorkplaceOptions where;
  std::string tenant;  // a name; empty: the working folder's own
  bool json = false;
};
TenantFlags read_tenant_flags(Arguments& arguments);

struct TenantPlace {
  Workplace workplace;
  std::string tenant_id;
};
// Outcomes  those of open_workplace and commerce::find_tenant.
Result<TenantPlace> open_tenant_place(const TenantFlags& flags, bool must_exist);

// The tenant of this name, or, without a name, the only one there is. Errors: kNotFound: no such, or none yet;
// kInvalidArgument: several.
Result<commerce::Tenant> named_or_only_tenant(store::Store& store, const std::string& name);

}  // namespace yupu::app
