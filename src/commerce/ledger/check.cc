// `yupu ledger check`: each rule of the books as one query that finds its breaches.
#include "commerce/ledger/ledger.h"

namespace yupu::commerce {
namespace {

using store::Transaction;

constexpr std::size_t kProblemsMax = 100;

struct Rule {
  const char* sql;  // rows (what, number), one per breach
  const char* says;
};

constexpr Rule kRules[] = {
    {"SELECT 'tx ' || t.id, coalesce(sum(e.amount_ufen), 0) FROM ledger_tx t LEFT JOIN ledger_entry e ON e.tx_id = "
     "t.id "
     "GROUP BY t.id HAVING coalesce(sum(e.amount_ufen), 1) <> 0 OR count(e.tx_id) < 2",
     "entries do not balance; their sum in ufen is"},
    {"SELECT 'entry of tx ' || e.tx_id, e.amount_ufen FROM ledger_entry e LEFT JOIN ledger_tx t ON t.id = e.tx_id "
     "WHERE t.id IS NULL",
     "belongs to no transaction; ufen"},
    {"SELECT 'entry of tx ' || e.tx_id, e.amount_ufen FROM ledger_entry e JOIN ledger_tx t ON t.id = e.tx_id "
     "LEFT JOIN ledger_account a ON a.id = e.account_id WHERE a.id IS NULL OR a.tenant_id <> t.tenant_id",
     "is booked on an account of another tenant; ufen"},
    {"SELECT 'account ' || a.id, coalesce(b.posted_ufen, 0) - coalesce(s.total, 0) FROM ledger_account a "
     "LEFT JOIN balance b ON b.account_id = a.id "
     "LEFT JOIN (SELECT account_id, sum(amount_ufen) AS total FROM ledger_entry GROUP BY account_id) s ON s.account_id "
     "= a.id "
     "WHERE coalesce(b.posted_ufen, 0) <> coalesce(s.total, 0)",
     "balance is not the sum of its entries; difference in ufen"},
    {"SELECT 'usage event ' || u.event_id || ' of ' || u.tenant_id, u.price_ufen FROM usage_event u "
     "LEFT JOIN ledger_tx t ON t.idem_key = 'usage:' || u.tenant_id || ':' || u.source || ':' || u.event_id "
     "LEFT JOIN ledger_entry r ON r.tx_id = t.id AND r.account_id = u.tenant_id || ':receivable' "
     "LEFT JOIN ledger_entry v ON v.tx_id = t.id AND v.account_id = u.tenant_id || ':revenue_usage' "
     "WHERE t.id IS NULL OR t.kind <> 'usage' OR r.amount_ufen IS NULL OR r.amount_ufen <> u.price_ufen "
     "OR v.amount_ufen IS NULL OR v.amount_ufen <> -u.price_ufen",
     "is not booked at its price; ufen"},
    {"SELECT 'usage transactions beyond the events', (SELECT count(*) FROM ledger_tx WHERE kind = 'usage') - "
     "(SELECT count(*) FROM usage_event) WHERE (SELECT count(*) FROM ledger_tx WHERE kind = 'usage') <> (SELECT "
     "count(*) FROM usage_event)",
     "exist; count"},
    {"SELECT 'usage of ' || tenant_id || ' in ' || month || ', ' || meter || ' ' || model, sum(price_ufen) FROM "
     "(SELECT tenant_id, month, meter, model, 1 AS call_count, tokens, price_ufen FROM usage_event UNION ALL "
     "SELECT tenant_id, month, meter, model, -call_count, -tokens, -price_ufen FROM usage_month) AS both_sides "
     "GROUP BY tenant_id, month, meter, model HAVING sum(call_count) <> 0 OR sum(tokens) <> 0 OR sum(price_ufen) <> 0",
     "the month's counter is not the sum of its events; difference in ufen"},
    {"SELECT 'invoice ' || i.number, i.net_ufen - coalesce((SELECT sum(price_ufen) FROM usage_event u WHERE "
     "u.tenant_id = i.tenant_id AND u.month = i.month), 0) FROM invoice i WHERE i.state = 'open' AND i.net_ufen <> "
     "coalesce((SELECT sum(price_ufen) FROM usage_event u WHERE u.tenant_id = i.tenant_id AND u.month = i.month), 0)",
     "is not the sum of its month's events; difference in ufen"},
    {"SELECT 'invoice ' || i.number, i.total_fen FROM invoice i LEFT JOIN ledger_tx t ON t.idem_key = 'invoice:' || "
     "i.id "
     "WHERE i.state = 'open' AND (t.id IS NULL OR i.net_fen * 1000000 - i.net_ufen + i.vat_fen * 1000000 <> "
     "coalesce((SELECT "
     "amount_ufen FROM ledger_entry e WHERE e.tx_id = t.id AND e.account_id = i.tenant_id || ':receivable'), 0))",
     "is not booked at its total; fen"},
    {"SELECT 'invoice ' || i.id, i.net_fen FROM invoice i LEFT JOIN (SELECT invoice_id, sum(amount_ufen) AS ufen, "
     "sum(amount_fen) AS fen "
     "FROM invoice_line GROUP BY invoice_id) l ON l.invoice_id = i.id WHERE coalesce(l.ufen, 0) <> i.net_ufen OR "
     "coalesce(l.fen, 0) <> i.net_fen",
     "is not the sum of its lines; fen"},
    {"SELECT 'invoice transactions beyond the open invoices', (SELECT count(*) FROM ledger_tx WHERE kind = 'invoice') "
     "- "
     "(SELECT count(*) FROM invoice WHERE state = 'open') WHERE (SELECT count(*) FROM ledger_tx WHERE kind = "
     "'invoice') <> "
     "(SELECT count(*) FROM invoice WHERE state = 'open')",
     "exist; count"},
    {"SELECT 'numbers of open invoices', max(sequence) - count(*) FROM invoice WHERE state = 'open' HAVING "
     "max(sequence) <> count(*)",
     "have gaps; count"},
};

Result<std::int64_t> one_number(Transaction& transaction, std::string_view sql) {
  YUPU_ASSIGN_OR_RETURN(const auto rows, transaction.query(sql));
  return rows.at(0).integer(0);
}

Status check_all(Transaction& transaction, LedgerReport& report) {
  YUPU_ASSIGN_OR_RETURN(report.transaction_count, one_number(transaction, "SELECT count(*) FROM ledger_tx"));
  YUPU_ASSIGN_OR_RETURN(report.entry_count, one_number(transaction, "SELECT count(*) FROM ledger_entry"));
  YUPU_ASSIGN_OR_RETURN(report.usage_event_count, one_number(transaction, "SELECT count(*) FROM usage_event"));
  YUPU_ASSIGN_OR_RETURN(report.invoice_count,
                        one_number(transaction, "SELECT count(*) FROM invoice WHERE state = 'open'"));
  YUPU_ASSIGN_OR_RETURN(const std::int64_t sum,
                        one_number(transaction, "SELECT coalesce(sum(amount_ufen), 0) FROM ledger_entry"));
  report.sum = Money::from_ufen(sum);
  if (sum != 0) report.problems.push_back("all entries: sum is " + std::to_string(sum) + " ufen, not 0");
  for (const Rule& rule : kRules) {
    YUPU_ASSIGN_OR_RETURN(const auto breaches, transaction.query(rule.sql));
    for (const auto& breach : breaches) {
      if (report.problems.size() >= kProblemsMax) return ok_status();
      report.problems.push_back(breach.text(0) + ": " + rule.says + " " + std::to_string(breach.integer(1)));
    }
  }
  return ok_status();
}

}  // namespace

Json LedgerReport::to_json() const {
  return {{"ok", ok()},
          {"transactions", transaction_count},
          {"entries", entry_count},
          {"usage_events", usage_event_count},
          {"open_invoices", invoice_count},
          {"sum_ufen", sum.ufen()},
          {"problems", problems}};
}

Result<LedgerReport> ledger_check(store::Store& store) {
  LedgerReport report;
  YUPU_RETURN_IF_ERROR(store.read([&](Transaction& transaction) { return check_all(transaction, report); }));
  return report;
}

}  // namespace yupu::commerce
