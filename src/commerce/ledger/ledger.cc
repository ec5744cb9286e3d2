#include "commerce/ledger/ledger.h"

#include "base/check.h"
#include "commerce/change.h"

namespace yupu::commerce {
namespace {

using store::Transaction;

std::string account_id(std::string_view tenant_id, std::string_view kind) {
  std::string id(tenant_id);
  id += ':';
  id += kind;
  return id;
}

}  // namespace

Status open_accounts(Transaction& transaction, std::string_view tenant_id) {
  for (const std::string_view kind : {"receivable", "revenue_usage", "vat_payable", "rounding"}) {
    YUPU_RETURN_IF_ERROR(
        transaction
            .execute("INSERT INTO ledger_account (id, tenant_id, kind, currency) VALUES (?, ?, ?, 'CNY')",
                     {account_id(tenant_id, kind), std::string(tenant_id), std::string(kind)})
            .status());
  }
  return ok_status();
}

Status post(Transaction& transaction, const Posting& posting) {
  Money sum;
  for (const Entry& entry : posting.entries) sum += entry.amount;
  CHECK(sum == Money(), "posting " + posting.idem_key + " sums to " + sum.to_string());
  YUPU_ASSIGN_OR_RETURN(const auto inserted,
                        transaction.query("INSERT INTO ledger_tx (idem_key, kind, tenant_id, booked_ns, created_ns) "
                                          "VALUES (?, ?, ?, ?, ?) RETURNING id",
                                          {posting.idem_key, std::string(posting.kind), std::string(posting.tenant_id),
                                           posting.booked_ns, posting.created_ns}));
  const std::int64_t tx_id = inserted.at(0).integer(0);
  std::int64_t sequence = 0;
  for (const Entry& entry : posting.entries) {
    const std::string account = account_id(posting.tenant_id, entry.account);
    YUPU_RETURN_IF_ERROR(
        transaction
            .execute("INSERT INTO ledger_entry (tx_id, sequence, account_id, amount_ufen) VALUES (?, ?, ?, ?)",
                     {tx_id, sequence++, account, entry.amount.ufen()})
            .status());
    YUPU_RETURN_IF_ERROR(
        transaction
            .execute("INSERT INTO balance (account_id, posted_ufen) VALUES (?, ?) ON CONFLICT (account_id) "
                     "DO UPDATE SET posted_ufen = balance.posted_ufen + excluded.posted_ufen",
                     {account, entry.amount.ufen()})
            .status());
  }
  return ok_status();
}

Money Balance::owed() const {
  const auto found = accounts.find("receivable");
  return found == accounts.end() ? Money() : found->second;
}

Json Balance::to_json() const {
  Json json = {
      {"tenant_id", tenant_id}, {"owed", owed().to_string()}, {"owed_ufen", owed().ufen()}, {"currency", "CNY"}};
  for (const auto& [kind, amount] : accounts) json["accounts"][kind] = amount.ufen();
  return json;
}

Result<Balance> balance(store::Store& store, std::string_view tenant_id) {
  YUPU_ASSIGN_OR_RETURN(const auto rows, read_rows(store,
                                                   "SELECT a.kind, coalesce(b.posted_ufen, 0) FROM ledger_account a "
                                                   "LEFT JOIN balance b ON b.account_id = a.id WHERE a.tenant_id = ?",
                                                   {std::string(tenant_id)}));
  if (rows.empty()) return not_found("no tenant has the id '" + std::string(tenant_id) + "'");
  Balance result;
  result.tenant_id = tenant_id;
  for (const auto& row : rows) result.accounts[row.text(0)] = Money::from_ufen(row.integer(1));
  return result;
}

}  // namespace yupu::commerce
