#include "commerce/metering/record.h"

#include <array>

#include "base/hash.h"
#include "commerce/ledger/ledger.h"

namespace yupu::commerce {
namespace {

using store::Transaction;

std::string body_sha256(const handoff::Usage& usage) {
  return Sha256()
      .field(usage.meter)
      .field(usage.model)
      .field(usage.release_id)
      .field(std::to_string(usage.tokens))
      .finish_hex();
}

// The month the event is invoiced in: its own, unless that invoice is out.
Result<Month> invoice_month(Transaction& transaction, const UsageEvent& event) {
  const Month own = month_of(event.usage.occurred_ns);
  const Month now = month_of(event.received_ns);
  if (own == now) return own;
  YUPU_ASSIGN_OR_RETURN(const auto open,
                        transaction.query("SELECT 1 FROM invoice WHERE tenant_id = ? AND month = ? AND state = 'open'",
                                          {event.tenant_id, own.to_string()}));
  return open.empty() ? own : now;
}

Result<Recorded> recorded_before(Transaction& transaction, const UsageEvent& event, std::string_view body) {
  YUPU_ASSIGN_OR_RETURN(
      const auto rows,
      transaction.query("SELECT body_sha256, price_ufen FROM usage_event WHERE tenant_id = ? AND source = ? "
                        "AND event_id = ?",
                        {event.tenant_id, event.source, event.usage.request_id}));
  if (rows.at(0).text(0) != body) {
    return conflict("usage event '" + event.usage.request_id +
                    "' was recorded before with other contents; a new call needs a new id");
  }
  return Recorded{false, Money::from_ufen(rows[0].integer(1))};
}

Status book(Transaction& transaction, const UsageEvent& event, const Month& month) {
  const handoff::Usage& usage = event.usage;
  YUPU_RETURN_IF_ERROR(
      transaction
          .execute(
              "INSERT INTO usage_month (tenant_id, month, meter, model, call_count, tokens, price_ufen) "
              "VALUES (?, ?, ?, ?, 1, ?, ?) ON CONFLICT (tenant_id, month, meter, model) DO UPDATE SET "
              "call_count = usage_month.call_count + 1, tokens = usage_month.tokens + excluded.tokens, "
              "price_ufen = usage_month.price_ufen + excluded.price_ufen",
              {event.tenant_id, month.to_string(), usage.meter, usage.model, usage.tokens, event.price.amount.ufen()})
          .status());
  const std::array entries = {Entry{"receivable", event.price.amount}, Entry{"revenue_usage", -event.price.amount}};
  return post(transaction, {.idem_key = "usage:" + event.tenant_id + ":" + event.source + ":" + usage.request_id,
                            .kind = "usage",
                            .tenant_id = event.tenant_id,
                            .booked_ns = usage.occurred_ns,
                            .created_ns = event.received_ns,
                            .entries = entries});
}

}  // namespace

Result<MonthTotals> month_totals(Transaction& transaction, std::string_view tenant_id, const Month& month) {
  YUPU_ASSIGN_OR_RETURN(
      const auto rows,
      transaction.query("SELECT coalesce(sum(tokens), 0), coalesce(sum(price_ufen), 0) FROM usage_month "
                        "WHERE tenant_id = ? AND month = ?",
                        {std::string(tenant_id), month.to_string()}));
  return MonthTotals{rows.at(0).integer(0), Money::from_ufen(rows[0].integer(1))};
}

Result<Recorded> record_usage(Transaction& transaction, const UsageEvent& event) {
  const handoff::Usage& usage = event.usage;
  const std::string body = body_sha256(usage);
  YUPU_ASSIGN_OR_RETURN(const Month month, invoice_month(transaction, event));
  YUPU_ASSIGN_OR_RETURN(
      const std::int64_t inserted,
      transaction.execute(
          "INSERT INTO usage_event (tenant_id, source, event_id, key_id, meter, model, release_id, tokens, plan, "
          "price_version, price_ufen, month, occurred_ns, received_ns, body_sha256) "
          "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (tenant_id, source, event_id) DO NOTHING",
          {event.tenant_id, event.source, usage.request_id, event.key_id, usage.meter, usage.model, usage.release_id,
           usage.tokens, event.plan, event.price.version, event.price.amount.ufen(), month.to_string(),
           usage.occurred_ns, event.received_ns, body}));
  if (inserted == 0) return recorded_before(transaction, event, body);
  YUPU_RETURN_IF_ERROR(book(transaction, event, month));
  return Recorded{true, event.price.amount};
}

}  // namespace yupu::commerce
