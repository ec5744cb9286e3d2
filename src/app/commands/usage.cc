// yupu usage and yupu ledger: what was used, and whether the books are right.
#include "commerce/metering/usage.h"

#include <fmt/format.h>

#include "app/commands/commands.h"
#include "app/workplace.h"
#include "commerce/ledger/ledger.h"
#include "commerce/tenants/tenants.h"

namespace yupu::app {

Status usage_command(Arguments& arguments) {
  const WorkplaceOptions where = read_workplace(arguments);
  const bool json = arguments.flag("--json");
  const std::string tenant_name = arguments.required_text("--tenant");
  const std::string month_text = arguments.text("--month");
  YUPU_RETURN_IF_ERROR(arguments.finish(0, 0).status());
  YUPU_ASSIGN_OR_RETURN(auto place, open_workplace(where, true));
  Month month = month_of(place.clock->now_ns());
  if (!month_text.empty() && !parse_month(month_text, month)) {
    return invalid_argument(fmt::format("--month must be YYYY-MM, not '{}'", month_text), "--month");
  }
  YUPU_ASSIGN_OR_RETURN(const auto tenant, commerce::find_tenant(*place.store, tenant_name));
  YUPU_ASSIGN_OR_RETURN(const auto usage, commerce::usage_summary(*place.store, tenant.id, month));
  if (json) {
    print_json(usage.to_json());
    return ok_status();
  }
  std::string text = fmt::format("{}, {}, plan {}", tenant.name, usage.month, usage.plan);
  text += fmt::format("\n{:<18} {:<16} {:>10} {:>12}  {}", "METER", "MODEL", "CALLS", "TOKENS", "PRICE WITHOUT VAT");
  for (const auto& line : usage.lines) {
    text += fmt::format("\n{:<18} {:<16} {:>10} {:>12}  {}", line.meter, line.model, line.call_count, line.tokens,
                        line.price.to_string());
  }
  text += fmt::format("\n{:<35} {:>10} {:>12}  {}", "total", usage.call_count, usage.tokens, usage.price.to_string());
  if (usage.quota_tokens) text += fmt::format("\nquota {} tokens a month", *usage.quota_tokens);
  print_text(text);
  return ok_status();
}

Status ledger_command(Arguments& arguments) {
  YUPU_ASSIGN_OR_RETURN(const std::string verb, arguments.verb({"check", "balance"}));
  const WorkplaceOptions where = read_workplace(arguments);
  const bool json = arguments.flag("--json");
  const std::string tenant_name = arguments.text("--tenant");
  YUPU_RETURN_IF_ERROR(arguments.finish(0, 0).status());
  if (verb == "balance" && tenant_name.empty()) return invalid_argument("--tenant is missing", "--tenant");
  YUPU_ASSIGN_OR_RETURN(auto place, open_workplace(where, true));
  if (verb == "balance") {
    YUPU_ASSIGN_OR_RETURN(const auto tenant, commerce::find_tenant(*place.store, tenant_name));
    YUPU_ASSIGN_OR_RETURN(const auto balance, commerce::balance(*place.store, tenant.id));
    if (json) {
      print_json(balance.to_json());
      return ok_status();
    }
    std::string text = fmt::format("{} owes {}", tenant.name, balance.owed().to_string());
    for (const auto& [account, amount] : balance.accounts)
      text += fmt::format("\n  {:<16} {}", account, amount.to_string());
    print_text(text);
    return ok_status();
  }
  YUPU_ASSIGN_OR_RETURN(const auto report, commerce::ledger_check(*place.store));
  if (json) {
    print_json(report.to_json());
  } else {
    std::string text = fmt::format("{} transactions, {} entries, {} usage events, {} invoices; sum of all entries {}",
                                   report.transaction_count, report.entry_count, report.usage_event_count,
                                   report.invoice_count, report.sum.to_string());
    for (const std::string& problem : report.problems) text += "\n  " + problem;
    print_text(text + (report.ok() ? "\nthe books are right" : "\nTHE BOOKS ARE WRONG"));
  }
  return report.ok() ? ok_status() : internal_error("the ledger does not prove itself");
}

}  // namespace yupu::app
