#include "commerce/metering/usage.h"

#include "commerce/plans/plans.h"

namespace yupu::commerce {

Result<UsageSummary> usage_summary(store::Store& store, std::string_view tenant_id, const Month& month) {
  UsageSummary summary;
  summary.tenant_id = tenant_id;
  summary.month = month.to_string();
  YUPU_RETURN_IF_ERROR(store.read([&](store::Transaction& transaction) -> Status {
    YUPU_ASSIGN_OR_RETURN(const auto tenants,
                          transaction.query("SELECT plan FROM tenant WHERE id = ?", {summary.tenant_id}));
    if (tenants.empty()) return not_found("no tenant has the id '" + summary.tenant_id + "'");
    YUPU_ASSIGN_OR_RETURN(const Plan plan, get_plan(transaction, tenants[0].text(0)));
    summary.plan = plan.name;
    summary.quota_tokens = plan.quota_tokens;
    summary.quota_ufen = plan.quota_ufen;
    YUPU_ASSIGN_OR_RETURN(const auto rows,
                          transaction.query("SELECT meter, model, call_count, tokens, price_ufen FROM usage_month "
                                            "WHERE tenant_id = ? AND month = ? ORDER BY meter, model",
                                            {summary.tenant_id, summary.month}));
    for (const auto& row : rows) {
      summary.lines.push_back(
          {row.text(0), row.text(1), row.integer(2), row.integer(3), Money::from_ufen(row.integer(4))});
    }
    return ok_status();
  }));
  for (const UsageLine& line : summary.lines) {
    summary.call_count += line.call_count;
    summary.tokens += line.tokens;
    summary.price += line.price;
  }
  return summary;
}

Json UsageSummary::to_json() const {
  Json json = {{"tenant_id", tenant_id},     {"month", month},          {"plan", plan},
               {"calls", call_count},        {"tokens", tokens},        {"price", price.to_string()},
               {"price_ufen", price.ufen()}, {"quota_tokens", nullptr}, {"quota_ufen", nullptr},
               {"lines", Json::array()}};
  if (quota_tokens) json["quota_tokens"] = *quota_tokens;
  if (quota_ufen) json["quota_ufen"] = *quota_ufen;
  for (const UsageLine& line : lines) {
    json["lines"].push_back({{"meter", line.meter},
                             {"model", line.model},
                             {"calls", line.call_count},
                             {"tokens", line.tokens},
                             {"price", line.price.to_string()},
                             {"price_ufen", line.price.ufen()}});
  }
  return json;
}

}  // namespace yupu::commerce
