// Commands about what one tenant keeps in the store: --workdir, --store, --tenant, --json.
#pragma once

#include <string>

#include "app/workplace.h"

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

}  // namespace yupu::app
