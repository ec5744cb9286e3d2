#include "commerce/commerce.h"

#include <utility>

#include "base/hash.h"
#include "base/ids.h"
#include "base/log.h"
#include "base/mutex.h"
#include "commerce/keys/keys.h"
#include "commerce/metering/record.h"

namespace yupu::commerce {
namespace {

using handoff::Caller;
using handoff::Hold;
using handoff::Usage;
using store::Transaction;

constexpr std::size_t kRequestIdMax = 200;

Status unknown_key() {
  // One wording for never issued, mistyped, expired and revoked: the answer tells a guesser nothing.
  return {Code::kUnauthenticated, "the API key is unknown, expired or revoked"};
}

// Writes and calls `committed` on the writer thread before the next transaction's; then returns.
Status write_in_order(store::Store& store, store::Work work, const std::function<void()>& committed) {
  Mutex mutex;
  Condition is_done;
  bool done = false;
  Status result;
  store.write_async(std::move(work), [&](Status status) {
    if (status.ok()) committed();
    MutexLock lock(mutex);  // notified under the lock: the waiter's stack goes as soon as it is released
    result = std::move(status);
    done = true;
    is_done.notify_one();
  });
  MutexLock lock(mutex);
  while (!done) is_done.wait(mutex);
  return result;
}

Status expire_left_over(store::Store& store, const std::string& instance, std::int64_t now_ns) {
  std::int64_t expired_count = 0;
  YUPU_RETURN_IF_ERROR(store.write([&](Transaction& transaction) -> Status {
    YUPU_ASSIGN_OR_RETURN(
        expired_count,
        transaction.execute("UPDATE hold SET state = 'expired' WHERE state = 'held' AND (instance = ? OR "
                            "expires_ns <= ?)",
                            {instance, now_ns}));
    return ok_status();
  }));
  if (expired_count > 0) log::info("holds_expired_at_start", {{"count", expired_count}});
  return ok_status();
}

}  // namespace

Commerce::Commerce(store::Store& store, const Clock& clock, CommerceOptions options, Pepper pepper)
    : store_(store),
      clock_(clock),
      options_(std::move(options)),
      pepper_(std::move(pepper)),
      directory_(store, clock, options_.refresh_ms),
      reservations_(options_.hold_ttl_ms * 1'000'000) {}

Result<std::unique_ptr<Commerce>> Commerce::open(store::Store& store, const Clock& clock, CommerceOptions options) {
  YUPU_ASSIGN_OR_RETURN(Pepper pepper, open_pepper(store, options.pepper_path));
  YUPU_RETURN_IF_ERROR(expire_left_over(store, options.instance, clock.now_ns()));
  return std::unique_ptr<Commerce>(new Commerce(store, clock, std::move(options), std::move(pepper)));
}

Commerce::~Commerce() {
  // Jobs run in the order they queued, so an empty one that is done means that ours are.
  const Status drained = write_in_order(
      store_, [](Transaction&) { return ok_status(); }, [] {});
  if (!drained.ok()) log::warn("commerce_close_failed", {{"error", drained.message()}});
}

Result<Caller> Commerce::authenticate(std::string_view bearer) {
  if (!looks_like_key(bearer)) return unknown_key();
  const std::string mac = key_mac(pepper_, bearer);
  YUPU_ASSIGN_OR_RETURN(const auto key, directory_.key(key_prefix(bearer)));
  if (key == nullptr || !equal_constant_time(key->mac, mac) || !key->info.is_valid_at(clock_.now_ns()))
    return unknown_key();
  return Caller{key->info.tenant_id, key->info.id, key->info.scopes};
}

Status Commerce::know_month(std::string_view tenant_id, const Month& month) {
  if (reservations_.knows(tenant_id, month)) return ok_status();
  MonthTotals totals;
  YUPU_RETURN_IF_ERROR(store_.read([&](Transaction& transaction) -> Status {
    YUPU_ASSIGN_OR_RETURN(totals, month_totals(transaction, tenant_id, month));
    return ok_status();
  }));
  reservations_.set_used(tenant_id, month, totals);
  return ok_status();
}

Result<Hold> Commerce::hold(const Caller& caller, const Usage& estimate) {
  if (estimate.request_id.empty() || estimate.request_id.size() > kRequestIdMax) {
    return invalid_argument("a request id has 1 to " + std::to_string(kRequestIdMax) + " bytes", "request_id");
  }
  YUPU_ASSIGN_OR_RETURN(const auto terms, directory_.terms(caller.tenant_id));
  if (terms->is_suspended) return Status(Code::kPaymentRequired, "the account is suspended; contact the operator");
  const std::int64_t now_ns = clock_.now_ns();
  const std::int64_t at_ns = estimate.occurred_ns > 0 ? estimate.occurred_ns : now_ns;
  YUPU_ASSIGN_OR_RETURN(const Price price, price_call(terms->plan, estimate.meter, estimate.tokens, at_ns));
  expire_holds(now_ns);
  const Month month = month_of(at_ns);
  YUPU_RETURN_IF_ERROR(know_month(caller.tenant_id, month));
  Hold hold{random_id("ho"), caller, estimate.request_id, price.amount};
  YUPU_RETURN_IF_ERROR(
      reservations_.reserve(hold.id, caller.tenant_id, month, {estimate.tokens, price.amount}, terms->plan, now_ns));
  note_hold(hold, estimate.tokens, now_ns);
  return hold;
}

Result<Money> Commerce::capture(const Hold& hold, const Usage& used, const store::Work& also) {
  if (used.request_id != hold.request_id) return invalid_argument("the hold belongs to another request", "request_id");
  const std::string& tenant_id = hold.caller.tenant_id;
  YUPU_ASSIGN_OR_RETURN(const auto terms, directory_.terms(tenant_id));
  const std::int64_t now_ns = clock_.now_ns();
  UsageEvent event{.usage = used,
                   .tenant_id = tenant_id,
                   .key_id = hold.caller.key_id,
                   .source = "call",
                   .plan = terms->plan.name,
                   .price = {},
                   .received_ns = now_ns};
  if (event.usage.occurred_ns <= 0) event.usage.occurred_ns = now_ns;
  YUPU_ASSIGN_OR_RETURN(event.price, price_call(terms->plan, used.meter, used.tokens, event.usage.occurred_ns));
  const Month month = month_of(event.usage.occurred_ns);
  YUPU_RETURN_IF_ERROR(know_month(tenant_id, month));
  YUPU_RETURN_IF_ERROR(
      reservations_.extend(hold.id, tenant_id, month, {used.tokens, event.price.amount}, terms->plan, now_ns));
  Recorded recorded;
  MonthTotals totals;
  Status within_quota;
  const auto work = [&](Transaction& transaction) -> Status {
    YUPU_ASSIGN_OR_RETURN(recorded, record_usage(transaction, event));
    YUPU_RETURN_IF_ERROR(
        transaction.execute("UPDATE hold SET state = ? WHERE id = ?", {recorded.is_new ? "settled" : "voided", hold.id})
            .status());
    YUPU_ASSIGN_OR_RETURN(totals, month_totals(transaction, tenant_id, month));
    // Holds of other servers were not seen when this one was taken: the quota is checked once more where it counts.
    within_quota = recorded.is_new && store_.is_shared() ? check_used(totals, terms->plan) : ok_status();
    YUPU_RETURN_IF_ERROR(within_quota);
    return recorded.is_new && also ? also(transaction) : ok_status();
  };
  const Status written = write_in_order(store_, work, [&] { reservations_.settle(hold.id, tenant_id, month, totals); });
  if (!within_quota.ok()) {
    reservations_.learn_used(tenant_id, month,
                             {totals.tokens - used.tokens, totals.price - event.price.amount});  // without this call
  }
  YUPU_RETURN_IF_ERROR(written);
  return recorded.price;
}

void Commerce::release(const Hold& hold) {
  if (reservations_.release(hold.id)) end_hold(hold.id, "voided");
}

void Commerce::note_hold(const Hold& hold, std::int64_t tokens, std::int64_t now_ns) {
  const std::int64_t expires_ns = now_ns + options_.hold_ttl_ms * 1'000'000;
  store_.write_async(
      [hold, tokens, now_ns, expires_ns, instance = options_.instance](Transaction& transaction) {
        return transaction
            .execute(
                "INSERT INTO hold (id, tenant_id, key_id, request_id, instance, tokens, amount_ufen, state, "
                "created_ns, "
                "expires_ns) VALUES (?, ?, ?, ?, ?, ?, ?, 'held', ?, ?)",
                {hold.id, hold.caller.tenant_id, hold.caller.key_id, hold.request_id, instance, tokens,
                 hold.amount.ufen(), now_ns, expires_ns})
            .status();
      },
      [](const Status& status) {
        // The reservation counts without its row; only a restart would not list it.
        if (!status.ok()) log::warn("hold_not_noted", {{"error", status.message()}});
      });
}

void Commerce::end_hold(const std::string& hold_id, std::string_view state) {
  store_.write_async(
      [hold_id, end = std::string(state)](Transaction& transaction) {
        return transaction.execute("UPDATE hold SET state = ? WHERE id = ? AND state = 'held'", {end, hold_id})
            .status();
      },
      [](const Status& status) {
        if (!status.ok()) log::warn("hold_end_not_noted", {{"error", status.message()}});
      });
}

void Commerce::expire_holds(std::int64_t now_ns) {
  for (const std::string& hold_id : reservations_.expire(now_ns)) {
    log::warn("hold_expired", {{"hold", hold_id}});
    end_hold(hold_id, "expired");
  }
}

}  // namespace yupu::commerce
