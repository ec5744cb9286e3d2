#include "app/serve/service_hooks.h"

#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "commerce/invoices/invoices.h"
#include "commerce/ledger/ledger.h"
#include "commerce/metering/usage.h"
#include "feedback/feedback.h"
#include "strategy/strategy.h"

namespace yupu::app {

Result<serving::ServiceOptions> service_options(const House& house) {
  const strategy::Strategy* const strategy = house.options.strategy;
  serving::ServiceOptions options;
  options.mask = text::PersonalKinds::all();
  if (strategy != nullptr) {
    const strategy::PrivacyPlan& privacy = strategy->privacy;
    options.mask = options.mask_read = privacy.mask;
    options.mask_stored_answers = privacy.in_conversations();
  }
  if (strategy != nullptr && !strategy->commerce.tenants.empty()) {
    const std::string tenant = strategy->visitors ? strategy->visitors->tenant : strategy->commerce.tenants[0].name;
    options.demo_caller = house.caller_of(tenant);
    options.demo_rate.interval_ns = 60'000'000'000 / strategy->service.demo_requests_per_minute;
  }
  if (strategy != nullptr && strategy->widget) {
    YUPU_ASSIGN_OR_RETURN(auto bot, strategy::make_public_bot(*strategy));
    bot.payer = house.caller_of(strategy->widget->tenant);
    options.public_bot = std::move(bot);
  }
  return options;
}

serving::ServiceHooks service_hooks(store::Store& store, const Clock& clock) {
  serving::ServiceHooks hooks;
  hooks.usage = [&store, &clock](const handoff::Caller& caller,
                                 const serving::ServiceHooks::Query& query) -> Result<Json> {
    Month month = month_of(clock.now_ns());
    const auto wanted = query.find("month");
    if (wanted != query.end() && !parse_month(wanted->second, month)) {
      return invalid_argument(fmt::format("month must be YYYY-MM, not '{}'", wanted->second), "month");
    }
    YUPU_ASSIGN_OR_RETURN(const auto usage, commerce::usage_summary(store, caller.tenant_id, month));
    return usage.to_json();
  };
  hooks.balance = [&store](const handoff::Caller& caller, const serving::ServiceHooks::Query&) -> Result<Json> {
    YUPU_ASSIGN_OR_RETURN(const auto balance, commerce::balance(store, caller.tenant_id));
    return balance.to_json();
  };
  hooks.invoices = [&store](const handoff::Caller& caller, const serving::ServiceHooks::Query&) -> Result<Json> {
    YUPU_ASSIGN_OR_RETURN(const auto invoices, commerce::list_invoices(store, caller.tenant_id));
    Json rows = Json::array();
    for (const auto& invoice : invoices) rows.push_back(invoice.to_json());
    return Json{{"data", rows}};
  };
  hooks.label = [&clock](store::Transaction& transaction, handoff::Feedback label,
                         const std::vector<std::string>& known_labels) {
    return feedback::record_feedback(transaction, clock, std::move(label), known_labels).status();
  };
  hooks.feedback = [&store, &clock](handoff::Feedback feedback, const std::vector<std::string>& known_labels) {
    return feedback::record_feedback(store, clock, std::move(feedback), known_labels);
  };
  return hooks;
}

}  // namespace yupu::app
