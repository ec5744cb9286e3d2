// The books: double entry, append-only.
//
// Invariants  1. The entries of a transaction sum to zero (checked when written, and again by ledger_check).
//             2. Entries and transactions are never changed or deleted (SQL triggers refuse it); a correction is a new
//             one.
//             3. An idem_key is posted once.
//             4. A balance is the sum of its account's entries (a cache, written in the same transaction).
// Signs       receivable > 0: the tenant owes us; revenue_usage, vat_payable < 0: earned, owed to the tax office.
// Accounts    four per tenant: receivable, revenue_usage, vat_payable, rounding. Currency CNY.
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "base/money.h"
#include "base/status.h"
#include "store/store.h"

namespace yupu::commerce {

struct Entry {
  std::string_view account;  // kind: "receivable", ...
  Money amount;
};

struct Posting {
  std::string idem_key;
  std::string_view kind;  // "usage", "invoice"
  std::string_view tenant_id;
  std::int64_t booked_ns = 0;   // when it happened
  std::int64_t created_ns = 0;  // when it was written
  std::span<const Entry> entries;
};

Status open_accounts(store::Transaction& transaction, std::string_view tenant_id);

// REQUIRES: the entries sum to zero (CHECK). Error: kConflict when the idem_key is posted already.
Status post(store::Transaction& transaction, const Posting& posting);

struct Balance {
  std::string tenant_id;
  std::map<std::string, Money> accounts;  // kind -> sum
  Money owed() const;                     // receivable: net of calls so far plus VAT of issued invoices
  Json to_json() const;
};
Result<Balance> balance(store::Store& store, std::string_view tenant_id);

struct LedgerReport {
  std::int64_t transaction_count = 0;
  std::int64_t entry_count = 0;
  std::int64_t usage_event_count = 0;
  std::int64_t invoice_count = 0;     // open ones
  Money sum;                          // of all entries: zero
  std::vector<std::string> problems;  // at most 100, "tx 17: entries sum to 3 ufen"
  bool ok() const { return problems.empty(); }
  Json to_json() const;
};

// Proves the books on one snapshot, from nothing but entries, events and invoices. An error is a store that cannot be
// read; what is wrong in the books stands in `problems`.
Result<LedgerReport> ledger_check(store::Store& store);

}  // namespace yupu::commerce
