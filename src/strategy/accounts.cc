// Stage "accounts": plans, tenants and their first key.
#include <fmt/format.h>
#include <sys/stat.h>

#include "base/file.h"
#include "commerce/keys/keys.h"
#include "commerce/keys/pepper.h"
#include "commerce/plans/plans.h"
#include "commerce/tenants/tenants.h"
#include "strategy/loop.h"

namespace yupu::strategy {
namespace {

Status set_plans(LoopContext& context) {
  for (const Plan& plan : context.strategy.commerce.plans) {
    commerce::PlanSettings settings;
    settings.name = plan.name;
    settings.quota_tokens = plan.monthly_tokens;
    for (const Price& price : plan.prices) settings.ufen_per_1000[price.meter] = price.per_thousand.ufen();
    YUPU_RETURN_IF_ERROR(commerce::set_plan(context.store, context.clock, settings)
                             .status()
                             .with_context(fmt::format("plan '{}'", plan.name)));
  }
  return ok_status();
}

// Is the key in the file still one the store knows and takes?
Result<bool> key_file_is_good(LoopContext& context, const std::string& path, const std::string& tenant_id) {
  const auto secret = read_file(path, 256);
  if (!secret.ok()) return false;
  std::string_view key = *secret;
  while (!key.empty() && key.back() == '\n') key.remove_suffix(1);
  if (!commerce::looks_like_key(key)) return false;
  YUPU_ASSIGN_OR_RETURN(const auto stored, commerce::find_key(context.store, commerce::key_prefix(key)));
  return stored && stored->info.tenant_id == tenant_id && stored->info.is_valid_at(context.clock.now_ns());
}

Result<commerce::Tenant> ensure_tenant(LoopContext& context, const Tenant& wanted) {
  auto found = commerce::find_tenant(context.store, wanted.name);
  if (found.ok()) {
    if (found->plan != wanted.plan)
      YUPU_RETURN_IF_ERROR(commerce::set_tenant_plan(context.store, found->id, wanted.plan));
    return found;
  }
  if (found.status().code() != Code::kNotFound) return found.status();
  return commerce::create_tenant(context.store, context.clock, wanted.name, wanted.plan);
}

// A crash between create_key and the file leaves a key nobody knows; the next one is made and that one stays unused.
Status ensure_key(LoopContext& context, const commerce::Pepper& pepper, const commerce::Tenant& tenant) {
  const std::string folder = context.workdir + "/secrets/keys";
  const std::string path = folder + "/" + tenant.name;
  YUPU_ASSIGN_OR_RETURN(const bool good, key_file_is_good(context, path, tenant.id));
  if (good) return ok_status();
  YUPU_RETURN_IF_ERROR(make_directories(folder));
  commerce::NewKey wanted;
  wanted.tenant_id = tenant.id;
  wanted.name = "strategy";
  YUPU_ASSIGN_OR_RETURN(const auto created, commerce::create_key(context.store, context.clock, pepper, wanted));
  YUPU_RETURN_IF_ERROR(write_file_atomic(path, created.secret + "\n"));
  if (::chmod(path.c_str(), 0600) != 0) return errno_status(errno, "restrict " + path);
  return ok_status();
}

}  // namespace

Result<Json> open_accounts(LoopContext& context) {
  YUPU_RETURN_IF_ERROR(set_plans(context));
  YUPU_ASSIGN_OR_RETURN(const auto pepper, commerce::open_pepper(context.store, context.workdir + "/secrets/pepper"));
  Json tenants = Json::array();
  for (const Tenant& wanted : context.strategy.commerce.tenants) {
    YUPU_ASSIGN_OR_RETURN(const auto tenant, ensure_tenant(context, wanted));
    YUPU_RETURN_IF_ERROR(ensure_key(context, pepper, tenant));
    tenants.push_back({{"tenant_id", tenant.id}, {"name", wanted.name}, {"plan", wanted.plan}});
  }
  return Json{{"plans", context.strategy.commerce.plans.size()}, {"tenants", tenants}};
}

}  // namespace yupu::strategy
