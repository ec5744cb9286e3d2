// The invoice run: for each tenant, one transaction that makes the draft anew and, once the month is over, opens it.
#include <algorithm>
#include <array>
#include <cstdio>
#include <numeric>

#include "base/hash.h"
#include "base/ids.h"
#include "commerce/change.h"
#include "commerce/invoices/invoices.h"
#include "commerce/ledger/ledger.h"

namespace yupu::commerce {
namespace {

using store::Row;
using store::Transaction;

constexpr std::int64_t kUfenPerFen = 1'000'000;
constexpr std::string_view kKind = "usage";

enum class Outcome { kNothing, kDraft, kOpened, kUnchanged };

Result<std::vector<InvoiceLine>> gather_lines(Transaction& transaction, const Invoice& invoice) {
  YUPU_ASSIGN_OR_RETURN(
      const auto rows,
      transaction.query("SELECT meter, model, count(*), sum(tokens), sum(price_ufen) FROM usage_event "
                        "WHERE tenant_id = ? AND month = ? GROUP BY meter, model ORDER BY meter, model",
                        {invoice.tenant_id, invoice.month}));
  std::vector<InvoiceLine> lines;
  for (const Row& row : rows) {
    lines.push_back({row.text(0), row.text(1), row.integer(2), row.integer(3), Money::from_ufen(row.integer(4)), 0});
  }
  return lines;
}

// Largest remainder: each line its whole fen, the missing ones to the lines with the largest rest. Prices are never
// negative, so the rounded sum lies between the sum of the whole fen and that plus one per line.
void spread_fen(std::vector<InvoiceLine>& lines, std::int64_t net_fen) {
  std::int64_t missing = net_fen;
  for (InvoiceLine& line : lines) {
    line.amount_fen = line.amount.ufen() / kUfenPerFen;
    missing -= line.amount_fen;
  }
  std::vector<std::size_t> order(lines.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::stable_sort(order, std::greater(), [&](std::size_t i) { return lines[i].amount.ufen() % kUfenPerFen; });
  for (std::int64_t i = 0; i < missing; ++i) ++lines[order[static_cast<std::size_t>(i)]].amount_fen;
}

Result<std::int64_t> vat_rate(Transaction& transaction, std::int64_t at_ns) {
  YUPU_ASSIGN_OR_RETURN(const auto rows,
                        transaction.query("SELECT rate_ppm FROM tax_rate WHERE code = 'vat' AND effective_ns <= ? "
                                          "ORDER BY effective_ns DESC LIMIT 1",
                                          {at_ns}));
  if (rows.empty()) return internal_error("table tax_rate has no VAT rate for this month");
  return rows[0].integer(0);
}

Status fill_amounts(Transaction& transaction, const Month& month, Invoice& invoice) {
  for (const InvoiceLine& line : invoice.lines) invoice.net += line.amount;
  invoice.net_fen = invoice.net.round_to_fen();
  spread_fen(invoice.lines, invoice.net_fen);
  YUPU_ASSIGN_OR_RETURN(invoice.vat_ppm, vat_rate(transaction, month.end_ns() - 1));
  invoice.vat_fen = Money::from_fen(invoice.net_fen).times_ratio(invoice.vat_ppm, 1'000'000).round_to_fen();
  invoice.total_fen = invoice.net_fen + invoice.vat_fen;
  return ok_status();
}

Status write_draft(Transaction& transaction, const Invoice& invoice) {
  YUPU_RETURN_IF_ERROR(
      transaction
          .execute("INSERT INTO invoice (id, tenant_id, month, kind, state, net_ufen, net_fen, vat_ppm, vat_fen, "
                   "total_fen, made_ns, "
                   "sha256) VALUES (?, ?, ?, ?, 'draft', ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET "
                   "net_ufen = excluded.net_ufen, net_fen = excluded.net_fen, vat_ppm = excluded.vat_ppm, "
                   "vat_fen = excluded.vat_fen, total_fen = excluded.total_fen, made_ns = excluded.made_ns, sha256 = "
                   "excluded.sha256",
                   {invoice.id, invoice.tenant_id, invoice.month, invoice.kind, invoice.net.ufen(), invoice.net_fen,
                    invoice.vat_ppm, invoice.vat_fen, invoice.total_fen, invoice.made_ns,
                    sha256_hex(to_text(invoice.content()))})
          .status());
  YUPU_RETURN_IF_ERROR(transaction.execute("DELETE FROM invoice_line WHERE invoice_id = ?", {invoice.id}).status());
  std::int64_t number = 0;
  for (const InvoiceLine& line : invoice.lines) {
    YUPU_RETURN_IF_ERROR(
        transaction
            .execute("INSERT INTO invoice_line (invoice_id, line, meter, model, call_count, tokens, amount_ufen, "
                     "amount_fen) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                     {invoice.id, ++number, line.meter, line.model, line.call_count, line.tokens, line.amount.ufen(),
                      line.amount_fen})
            .status());
  }
  return ok_status();
}

Status open_invoice(Transaction& transaction, const Month& month, Invoice& invoice) {
  YUPU_ASSIGN_OR_RETURN(const auto rows, transaction.query("SELECT coalesce(max(sequence), 0) + 1 FROM invoice"));
  const std::int64_t sequence = rows.at(0).integer(0);
  std::array<char, 48> number{};
  std::snprintf(number.data(), number.size(), "YP%04d%02d-%06lld", month.year, month.month,
                static_cast<long long>(sequence));
  invoice.number = number.data();
  invoice.state = "open";
  invoice.sha256 = sha256_hex(to_text(invoice.content()));
  YUPU_RETURN_IF_ERROR(
      transaction
          .execute("UPDATE invoice SET state = 'open', sequence = ?, number = ?, sha256 = ? WHERE id = ?",
                   {sequence, invoice.number, invoice.sha256, invoice.id})
          .status());
  const Money rest = Money::from_fen(invoice.net_fen) - invoice.net;
  const Money vat = Money::from_fen(invoice.vat_fen);
  const std::array entries = {Entry{"receivable", rest + vat}, Entry{"rounding", -rest}, Entry{"vat_payable", -vat}};
  return post(transaction, {.idem_key = "invoice:" + invoice.id,
                            .kind = "invoice",
                            .tenant_id = invoice.tenant_id,
                            .booked_ns = month.end_ns() - 1,
                            .created_ns = invoice.made_ns,
                            .entries = entries});
}

Result<Outcome> make_invoice(Transaction& transaction, const std::string& tenant_id, const Month& month,
                             std::int64_t now_ns) {
  Invoice invoice;
  invoice.tenant_id = tenant_id;
  invoice.month = month.to_string();
  invoice.kind = kKind;
  invoice.state = "draft";
  invoice.made_ns = now_ns;
  invoice.id = content_id("in", tenant_id + "\n" + invoice.month + "\n" + invoice.kind);
  YUPU_ASSIGN_OR_RETURN(const auto existing, transaction.query("SELECT state FROM invoice WHERE id = ?", {invoice.id}));
  if (!existing.empty() && existing[0].text(0) == "open") return Outcome::kUnchanged;
  YUPU_ASSIGN_OR_RETURN(invoice.lines, gather_lines(transaction, invoice));
  if (invoice.lines.empty()) return Outcome::kNothing;
  YUPU_RETURN_IF_ERROR(fill_amounts(transaction, month, invoice));
  YUPU_RETURN_IF_ERROR(write_draft(transaction, invoice));
  if (now_ns < month.end_ns()) return Outcome::kDraft;
  YUPU_RETURN_IF_ERROR(open_invoice(transaction, month, invoice));
  return Outcome::kOpened;
}

}  // namespace

Result<InvoiceRun> run_invoices(store::Store& store, const Clock& clock, const Month& month) {
  InvoiceRun run;
  run.month = month.to_string();
  if (clock.now_ns() < month.begin_ns()) return invalid_argument("month " + run.month + " has not begun", "month");
  YUPU_ASSIGN_OR_RETURN(
      const auto tenants,
      read_rows(store, "SELECT DISTINCT tenant_id FROM usage_month WHERE month = ? ORDER BY tenant_id", {run.month}));
  for (const Row& tenant : tenants) {
    Outcome outcome = Outcome::kNothing;
    YUPU_RETURN_IF_ERROR(store
                             .write([&](Transaction& transaction) -> Status {
                               YUPU_ASSIGN_OR_RETURN(outcome,
                                                     make_invoice(transaction, tenant.text(0), month, clock.now_ns()));
                               return ok_status();
                             })
                             .with_context("invoice of " + tenant.text(0)));
    run.opened_count += outcome == Outcome::kOpened ? 1 : 0;
    run.draft_count += outcome == Outcome::kDraft ? 1 : 0;
    run.unchanged_count += outcome == Outcome::kUnchanged ? 1 : 0;
  }
  YUPU_ASSIGN_OR_RETURN(run.invoices, list_invoices(store, {}, run.month));
  return run;
}

}  // namespace yupu::commerce
