// Invoices: one per tenant, month and kind.
//
//   gathering -> draft -> open          run_invoices of the running month makes or remakes a draft;
//                                       of an ended month it opens the invoice: numbered, booked, immutable (SQL
//                                       triggers).
//
// Rounding     prices stay exact in ufen until here. The sum is rounded to fen once, half up; the lines get their fen
// by
//              largest remainder (ties: the earlier line), so they add up; the sub-fen rest goes to the account
//              `rounding`.
// VAT          prices are without VAT. The rate comes from table tax_rate as of the month's end (6 % unless changed
// there);
//              VAT = net fen * rate, rounded half up to fen.
// Restart      each invoice is one transaction: interrupted at any statement, the next run goes on; a run repeated
// changes
//              no open invoice and gives out no second number. Numbers have no gaps.
// Late calls   recorded after their month's invoice opened are on the next one (metering/record.h).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/json.h"
#include "base/money.h"
#include "base/status.h"
#include "store/store.h"

namespace yupu::commerce {

struct InvoiceLine {
  std::string meter;
  std::string model;
  std::int64_t call_count = 0;
  std::int64_t tokens = 0;
  Money amount;                 // exact
  std::int64_t amount_fen = 0;  // its share of the rounded net
};

struct Invoice {
  std::string id;  // "in_...", from tenant, month and kind
  std::string tenant_id;
  std::string month;               // "2026-11"
  std::string kind;                // "usage"
  std::string state;               // "draft", "open"
  std::string number;              // "YP202611-000001"; empty while a draft
  std::vector<InvoiceLine> lines;  // by meter, model
  Money net;                       // exact sum of the lines
  std::int64_t net_fen = 0;
  std::int64_t vat_ppm = 0;
  std::int64_t vat_fen = 0;
  std::int64_t total_fen = 0;
  std::int64_t made_ns = 0;
  std::string sha256;  // of to_text(content())

  // What the invoice says, canonical (sorted keys, no times of writing): the same usage gives the same bytes.
  Json content() const;
  Json to_json() const;  // content plus sha256 and made_at
};

struct InvoiceRun {
  std::string month;
  std::int64_t opened_count = 0;
  std::int64_t draft_count = 0;
  std::int64_t unchanged_count = 0;  // were open already
  std::vector<Invoice> invoices;     // all of the month, by tenant
  Json to_json() const;
};

// Errors: kInvalidArgument (a month that has not begun), those of the store. After an error some invoices may be done.
Result<InvoiceRun> run_invoices(store::Store& store, const Clock& clock, const Month& month);

// Newest month first; empty `tenant_id`: all tenants, empty `month` ("2026-11"): all months.
Result<std::vector<Invoice>> list_invoices(store::Store& store, std::string_view tenant_id = {},
                                           std::string_view month = {});
// By id or number; of this tenant when `tenant_id` is given. Errors: kNotFound, kInternal (the stored rows do not give
// the stored hash: somebody changed them).
Result<Invoice> show_invoice(store::Store& store, std::string_view id_or_number, std::string_view tenant_id = {});

}  // namespace yupu::commerce
