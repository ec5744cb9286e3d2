// yupu plans: plans with prices and quotas, and the tenants on them.
#include "commerce/plans/plans.h"

#include <fmt/format.h>

#include "app/commands/commands.h"
#include "app/workplace.h"
#include "base/money.h"
#include "commerce/tenants/tenants.h"

namespace yupu::app {
namespace {

Status list(Arguments& arguments) {
  const WorkplaceOptions where = read_workplace(arguments);
  const bool json = arguments.flag("--json");
  YUPU_RETURN_IF_ERROR(arguments.finish(0, 0).status());
  YUPU_ASSIGN_OR_RETURN(auto place, open_workplace(where, true));
  YUPU_ASSIGN_OR_RETURN(const auto plans, commerce::list_plans(*place.store));
  Json rows = Json::array();
  std::string text = fmt::format("{:<16} {:>16}  {}", "PLAN", "TOKENS/MONTH", "PRICE PER 1000 TOKENS");
  for (const auto& plan : plans) {
    rows.push_back(plan.to_json());
    text += fmt::format("\n{:<16} {:>16} ", plan.name,
                        plan.quota_tokens ? std::to_string(*plan.quota_tokens) : "unlimited");
    const auto* version = plan.version_at(place.clock->now_ns());
    if (version == nullptr) continue;
    for (const auto& [meter, ufen] : version->ufen_per_1000)
      text += fmt::format(" {} {}", meter, Money::from_ufen(ufen).to_string());
  }
  json ? print_json(Json{{"plans", rows}}) : print_text(text);
  return ok_status();
}

Status set(Arguments& arguments) {
  const WorkplaceOptions where = read_workplace(arguments);
  const bool json = arguments.flag("--json");
  commerce::PlanSettings settings;
  const std::int64_t monthly_tokens = arguments.integer("--monthly-tokens", 0, 1, INT64_MAX / 2);
  if (monthly_tokens > 0) settings.quota_tokens = monthly_tokens;
  const std::int64_t calls = arguments.integer("--calls-per-minute", 0, 1, 1'000'000'000);
  if (calls > 0) settings.calls_per_minute = calls;
  for (const std::string& price : arguments.many("--price")) {
    const std::size_t equals = price.find('=');
    if (equals == std::string::npos) {
      return invalid_argument(
          fmt::format("--price must be METER=YUAN_PER_THOUSAND, as answer_tokens=0.30, not '{}'", price), "--price");
    }
    YUPU_ASSIGN_OR_RETURN(const Money amount, parse_yuan(std::string_view(price).substr(equals + 1)));
    settings.ufen_per_1000[price.substr(0, equals)] = amount.ufen();
  }
  YUPU_ASSIGN_OR_RETURN(const auto words, arguments.finish(1, 1, "plan name"));
  settings.name = words[0];
  YUPU_ASSIGN_OR_RETURN(auto place, open_workplace(where, false));
  YUPU_ASSIGN_OR_RETURN(const auto plan, commerce::set_plan(*place.store, *place.clock, settings));
  json ? print_json(plan.to_json())
       : print_text(fmt::format("plan {} stands at price version {}", plan.name, plan.versions.size()));
  return ok_status();
}

Status tenants(Arguments& arguments) {
  const WorkplaceOptions where = read_workplace(arguments);
  const bool json = arguments.flag("--json");
  YUPU_RETURN_IF_ERROR(arguments.finish(0, 0).status());
  YUPU_ASSIGN_OR_RETURN(auto place, open_workplace(where, true));
  YUPU_ASSIGN_OR_RETURN(const auto found, commerce::list_tenants(*place.store));
  Json rows = Json::array();
  std::string text = fmt::format("{:<32} {:<24} {:<16} {}", "ID", "NAME", "PLAN", "STATUS");
  for (const auto& tenant : found) {
    rows.push_back(tenant.to_json());
    text += fmt::format("\n{:<32} {:<24} {:<16} {}", tenant.id, tenant.name, tenant.plan, tenant.status);
  }
  json ? print_json(Json{{"tenants", rows}}) : print_text(text);
  return ok_status();
}

Status tenant(Arguments& arguments) {
  const WorkplaceOptions where = read_workplace(arguments);
  const bool json = arguments.flag("--json");
  const std::string plan = arguments.text("--plan");
  const std::string status = arguments.text("--status");
  YUPU_ASSIGN_OR_RETURN(const auto words, arguments.finish(1, 1, "tenant name"));
  YUPU_ASSIGN_OR_RETURN(auto place, open_workplace(where, false));
  auto found = commerce::find_tenant(*place.store, words[0]);
  if (!found.ok()) {
    if (found.status().code() != Code::kNotFound || plan.empty()) return found.status();
    YUPU_RETURN_IF_ERROR(commerce::create_tenant(*place.store, *place.clock, words[0], plan).status());
  } else if (!plan.empty()) {
    YUPU_RETURN_IF_ERROR(commerce::set_tenant_plan(*place.store, found->id, plan));
  }
  YUPU_ASSIGN_OR_RETURN(auto now, commerce::find_tenant(*place.store, words[0]));
  if (!status.empty()) {
    YUPU_RETURN_IF_ERROR(commerce::set_tenant_status(*place.store, now.id, status));
    now.status = status;
  }
  json ? print_json(now.to_json())
       : print_text(fmt::format("{} {}: plan {}, {}", now.id, now.name, now.plan, now.status));
  return ok_status();
}

}  // namespace

Status plans_command(Arguments& arguments) {
  YUPU_ASSIGN_OR_RETURN(const std::string verb, arguments.verb({"list", "set", "tenants", "tenant"}));
  if (verb == "list") return list(arguments);
  if (verb == "set") return set(arguments);
  if (verb == "tenants") return tenants(arguments);
  return tenant(arguments);
}

}  // namespace yupu::app
