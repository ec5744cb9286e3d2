// A usage event becomes rows: the event, its ledger transaction, the month's counters. One transaction, or nothing.
//
// Idempotency  an event is (tenant, source, event id) for ever. The same event again changes nothing and answers the
// price
//              it was first charged; the same id with another meter, model, release or token count is kConflict. The
//              time is not compared: a retry is later.
// Late events  a call of a month whose invoice is open already is charged in the month it is received in.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/money.h"
#include "base/status.h"
#include "commerce/plans/plans.h"
#include "handoff/admission.h"
#include "store/store.h"

namespace yupu::commerce {

struct MonthTotals {
  std::int64_t tokens = 0;
  Money price;
};

// All meters and models of a tenant's month, as counted so far.
Result<MonthTotals> month_totals(store::Transaction& transaction, std::string_view tenant_id, const Month& month);

struct UsageEvent {
  handoff::Usage usage;
  std::string tenant_id;
  std::string key_id;
  std::string source;  // "call": answered by this server
  std::string plan;
  Price price;
  std::int64_t received_ns = 0;
};

struct Recorded {
  bool is_new = false;
  Money price;  // of the first recording
};
// Error: kConflict (same id, other body).
Result<Recorded> record_usage(store::Transaction& transaction, const UsageEvent& event);

}  // namespace yupu::commerce
