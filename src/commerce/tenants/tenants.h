// Tenants: who pays.  Every row of commerce belongs to one; a caller's tenant comes from its key, never from a request
// body.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/json.h"
#include "base/status.h"
#include "store/store.h"

namespace yupu::commerce {

struct Tenant {
  std::string id;    // "tn_..."
  std::string name;  // unique, 1..200 bytes
  std::string plan;
  std::string status;  // "active", "suspended" (calls are refused with kPaymentRequired)
  std::int64_t created_ns = 0;
  Json to_json() const;
};

// Errors: kInvalidArgument (name), kNotFound (plan), kConflict (a tenant of that name exists).
Result<Tenant> create_tenant(store::Store& store, const Clock& clock, std::string_view name, std::string_view plan);
// By id or by name. Error: kNotFound.
Result<Tenant> find_tenant(store::Store& store, std::string_view id_or_name);
Result<std::vector<Tenant>> list_tenants(store::Store& store);
Status set_tenant_plan(store::Store& store, std::string_view tenant_id, std::string_view plan);
Status set_tenant_status(store::Store& store, std::string_view tenant_id, std::string_view status);

}  // namespace yupu::commerce
