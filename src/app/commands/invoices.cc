// yupu invoices: bills of a month.
#include "commerce/invoices/invoices.h"

#include <fmt/format.h>

#include "app/commands/commands.h"
#include "app/workplace.h"
#include "commerce/tenants/tenants.h"

namespace yupu::app {
namespace {

std::string yuan(std::int64_t fen) {
  return fmt::format("{}¥{}.{:02}", fen < 0 ? "-" : "", std::abs(fen) / 100, std::abs(fen) % 100);
}

Status print_invoices(const std::vector<commerce::Invoice>& invoices, bool json) {
  Json rows = Json::array();
  std::string text =
      fmt::format("{:<32} {:<9} {:<7} {:<16} {:>12} {:>12}", "INVOICE", "MONTH", "STATE", "NUMBER", "VAT", "TOTAL");
  for (const auto& invoice : invoices) {
    rows.push_back(invoice.to_json());
    text += fmt::format("\n{:<32} {:<9} {:<7} {:<16} {:>12} {:>12}", invoice.id, invoice.month, invoice.state,
                        invoice.number.empty() ? "-" : invoice.number, yuan(invoice.vat_fen), yuan(invoice.total_fen));
  }
  json ? print_json(Json{{"invoices", rows}}) : print_text(text);
  return ok_status();
}

}  // namespace

Status invoices_command(Arguments& arguments) {
  YUPU_ASSIGN_OR_RETURN(const std::string verb, arguments.verb({"run", "list", "show"}));
  const WorkplaceOptions where = read_workplace(arguments);
  const bool json = arguments.flag("--json");
  const std::string month_text = arguments.text("--month");
  const std::string tenant_name = arguments.text("--tenant");
  const std::size_t word_count = verb == "show" ? 1 : 0;
  YUPU_ASSIGN_OR_RETURN(const auto words, arguments.finish(word_count, word_count, "invoice id or number"));
  YUPU_ASSIGN_OR_RETURN(auto place, open_workplace(where, true));
  if (verb == "show") {
    YUPU_ASSIGN_OR_RETURN(const auto invoice, commerce::show_invoice(*place.store, words[0]));
    print_json(invoice.to_json());
    return ok_status();
  }
  if (verb == "list") {
    std::string tenant_id;
    if (!tenant_name.empty()) {
      YUPU_ASSIGN_OR_RETURN(const auto tenant, commerce::find_tenant(*place.store, tenant_name));
      tenant_id = tenant.id;
    }
    YUPU_ASSIGN_OR_RETURN(const auto invoices, commerce::list_invoices(*place.store, tenant_id));
    return print_invoices(invoices, json);
  }
  Month month = month_of(place.clock->now_ns());
  if (!month_text.empty() && !parse_month(month_text, month)) {
    return invalid_argument(fmt::format("--month must be YYYY-MM, not '{}'", month_text), "--month");
  }
  YUPU_ASSIGN_OR_RETURN(const auto run, commerce::run_invoices(*place.store, *place.clock, month));
  return print_invoices(run.invoices, json);
}

}  // namespace yupu::app
