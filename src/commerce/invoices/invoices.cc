#include "commerce/invoices/invoices.h"

#include "base/hash.h"
#include "commerce/change.h"

namespace yupu::commerce {
namespace {

using store::Row;
using store::Transaction;

constexpr std::string_view kSelect =
    "SELECT id, tenant_id, month, kind, state, coalesce(number, ''), net_ufen, net_fen, vat_ppm, vat_fen, total_fen, "
    "made_ns, sha256 "
    "FROM invoice ";

Result<Invoice> load(Transaction& transaction, const Row& row) {
  Invoice invoice;
  invoice.id = row.text(0);
  invoice.tenant_id = row.text(1);
  invoice.month = row.text(2);
  invoice.kind = row.text(3);
  invoice.state = row.text(4);
  invoice.number = row.text(5);
  invoice.net = Money::from_ufen(row.integer(6));
  invoice.net_fen = row.integer(7);
  invoice.vat_ppm = row.integer(8);
  invoice.vat_fen = row.integer(9);
  invoice.total_fen = row.integer(10);
  invoice.made_ns = row.integer(11);
  invoice.sha256 = row.text(12);
  YUPU_ASSIGN_OR_RETURN(
      const auto lines,
      transaction.query("SELECT meter, model, call_count, tokens, amount_ufen, amount_fen FROM invoice_line "
                        "WHERE invoice_id = ? ORDER BY line",
                        {invoice.id}));
  for (const Row& line : lines) {
    invoice.lines.push_back({line.text(0), line.text(1), line.integer(2), line.integer(3),
                             Money::from_ufen(line.integer(4)), line.integer(5)});
  }
  if (sha256_hex(to_text(invoice.content())) != invoice.sha256) {
    return internal_error("invoice " + invoice.id +
                          " does not match its SHA-256: its rows were changed outside yupu; restore a backup");
  }
  return invoice;
}

}  // namespace

Json Invoice::content() const {
  Json json = {{"id", id},
               {"tenant_id", tenant_id},
               {"month", month},
               {"kind", kind},
               {"state", state},
               {"number", number.empty() ? Json(nullptr) : Json(number)},
               {"currency", "CNY"},
               {"net_ufen", net.ufen()},
               {"net_fen", net_fen},
               {"vat_ppm", vat_ppm},
               {"vat_fen", vat_fen},
               {"total_fen", total_fen},
               {"lines", Json::array()}};
  for (const InvoiceLine& line : lines) {
    json["lines"].push_back({{"meter", line.meter},
                             {"model", line.model},
                             {"calls", line.call_count},
                             {"tokens", line.tokens},
                             {"amount_ufen", line.amount.ufen()},
                             {"amount_fen", line.amount_fen}});
  }
  return json;
}

Json Invoice::to_json() const {
  Json json = content();
  json["sha256"] = sha256;
  json["made_at"] = format_utc(made_ns);
  return json;
}

Json InvoiceRun::to_json() const {
  Json json = {{"month", month}, {"opened", opened_count}, {"drafts", draft_count}, {"unchanged", unchanged_count}};
  json["invoices"] = Json::array();
  for (const Invoice& invoice : invoices) json["invoices"].push_back(invoice.to_json());
  return json;
}

Result<std::vector<Invoice>> list_invoices(store::Store& store, std::string_view tenant_id, std::string_view month) {
  std::vector<Invoice> invoices;
  YUPU_RETURN_IF_ERROR(store.read([&](Transaction& transaction) -> Status {
    const std::string tenant(tenant_id);
    const std::string period(month);
    const std::string sql =
        std::string(kSelect) +
        "WHERE (tenant_id = ? OR ? = '') AND (month = ? OR ? = '') ORDER BY month DESC, tenant_id, kind";
    YUPU_ASSIGN_OR_RETURN(const auto rows, transaction.query(sql, {tenant, tenant, period, period}));
    for (const Row& row : rows) {
      YUPU_ASSIGN_OR_RETURN(Invoice invoice, load(transaction, row));
      invoices.push_back(std::move(invoice));
    }
    return ok_status();
  }));
  return invoices;
}

Result<Invoice> show_invoice(store::Store& store, std::string_view id_or_number, std::string_view tenant_id) {
  Invoice invoice;
  YUPU_RETURN_IF_ERROR(store.read([&](Transaction& transaction) -> Status {
    const std::string wanted(id_or_number);
    const std::string tenant(tenant_id);
    const std::string sql = std::string(kSelect) + "WHERE (id = ? OR number = ?) AND (tenant_id = ? OR ? = '')";
    YUPU_ASSIGN_OR_RETURN(const auto rows, transaction.query(sql, {wanted, wanted, tenant, tenant}));
    if (rows.empty()) return not_found("no invoice has the id or number '" + wanted + "'");
    YUPU_ASSIGN_OR_RETURN(invoice, load(transaction, rows[0]));
    return ok_status();
  }));
  return invoice;
}

}  // namespace yupu::commerce
