#include "commerce/tenants/tenants.h"

#include "base/ids.h"
#include "commerce/change.h"
#include "commerce/ledger/ledger.h"
#include "commerce/plans/plans.h"

namespace yupu::commerce {
namespace {

using store::Row;
using store::Transaction;

Tenant tenant_from(const Row& row) { return {row.text(0), row.text(1), row.text(2), row.text(3), row.integer(4)}; }

Status change_tenant(store::Store& store, std::string_view sql, std::string_view value, std::string_view tenant_id) {
  return store.write([&](Transaction& transaction) -> Status {
    YUPU_ASSIGN_OR_RETURN(const std::int64_t changed,
                          transaction.execute(sql, {std::string(value), std::string(tenant_id)}));
    if (changed == 0) return not_found("no tenant has the id '" + std::string(tenant_id) + "'");
    return note_change(transaction);
  });
}

}  // namespace

Json Tenant::to_json() const {
  return {{"id", id}, {"name", name}, {"plan", plan}, {"status", status}, {"created_at", format_utc(created_ns)}};
}

Result<Tenant> create_tenant(store::Store& store, const Clock& clock, std::string_view name, std::string_view plan) {
  if (name.empty() || name.size() > 200) return invalid_argument("a tenant's name has 1 to 200 bytes", "name");
  if (name.starts_with("tn_")) return invalid_argument("a tenant's name does not begin like an id, with tn_", "name");
  const Tenant tenant{random_id("tn"), std::string(name), std::string(plan), "active", clock.now_ns()};
  YUPU_RETURN_IF_ERROR(store.write([&](Transaction& transaction) -> Status {
    YUPU_RETURN_IF_ERROR(get_plan(transaction, plan).status());
    YUPU_ASSIGN_OR_RETURN(
        const std::int64_t inserted,
        transaction.execute("INSERT INTO tenant (id, name, plan, status, created_ns) VALUES (?, ?, ?, ?, ?) "
                            "ON CONFLICT (name) DO NOTHING",
                            {tenant.id, tenant.name, tenant.plan, tenant.status, tenant.created_ns}));
    if (inserted == 0) return conflict("a tenant called '" + tenant.name + "' exists already");
    YUPU_RETURN_IF_ERROR(open_accounts(transaction, tenant.id));
    return note_change(transaction);
  }));
  return tenant;
}

Result<Tenant> find_tenant(store::Store& store, std::string_view id_or_name) {
  YUPU_ASSIGN_OR_RETURN(
      const auto rows,
      read_rows(store, "SELECT id, name, plan, status, created_ns FROM tenant WHERE id = ? OR name = ? LIMIT 1",
                {std::string(id_or_name), std::string(id_or_name)}));
  if (rows.empty()) return not_found("no tenant has the id or name '" + std::string(id_or_name) + "'");
  return tenant_from(rows[0]);
}

Result<std::vector<Tenant>> list_tenants(store::Store& store) {
  YUPU_ASSIGN_OR_RETURN(
      const auto rows,
      read_rows(store, "SELECT id, name, plan, status, created_ns FROM tenant ORDER BY created_ns, id"));
  std::vector<Tenant> tenants;
  for (const Row& row : rows) tenants.push_back(tenant_from(row));
  return tenants;
}

Status set_tenant_plan(store::Store& store, std::string_view tenant_id, std::string_view plan) {
  YUPU_RETURN_IF_ERROR(get_plan(store, plan).status());
  return change_tenant(store, "UPDATE tenant SET plan = ? WHERE id = ?", plan, tenant_id);
}

Status set_tenant_status(store::Store& store, std::string_view tenant_id, std::string_view status) {
  if (status != "active" && status != "suspended") {
    return invalid_argument("status '" + std::string(status) + "': use active or suspended", "status");
  }
  return change_tenant(store, "UPDATE tenant SET status = ? WHERE id = ?", status, tenant_id);
}

}  // namespace yupu::commerce
