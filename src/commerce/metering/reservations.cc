#include "commerce/metering/reservations.h"

#include <algorithm>

namespace yupu::commerce {
namespace {

constexpr std::int64_t kMinuteNs = 60'000'000'000;
constexpr std::int64_t kExpiryPauseNs = 1'000'000'000;

Status quota_used_up(const Plan& plan, const std::string& what) {
  return {Code::kPaymentRequired, "the monthly quota of plan " + plan.name + " is used up: " + what +
                                      "; wait for the next month or change the plan"};
}

}  // namespace

Status check_used(const MonthTotals& used, const Plan& plan) {
  if (plan.quota_tokens && used.tokens > *plan.quota_tokens)
    return quota_used_up(plan, "calls of another server came first, and " + std::to_string(*plan.quota_tokens) +
                                   " tokens would be exceeded");
  if (plan.quota_ufen && used.price.ufen() > *plan.quota_ufen)
    return quota_used_up(plan, "calls of another server came first, and " +
                                   Money::from_ufen(*plan.quota_ufen).to_string() + " would be exceeded");
  return ok_status();
}

Reservations::Key Reservations::key_of(std::string_view tenant_id, const Month& month) {
  return {std::string(tenant_id), month.year * 12 + month.month};
}

bool Reservations::knows(std::string_view tenant_id, const Month& month) const {
  MutexLock lock(mutex_);
  return accounts_.contains(key_of(tenant_id, month));
}

void Reservations::set_used(std::string_view tenant_id, const Month& month, const MonthTotals& totals) {
  MutexLock lock(mutex_);
  const Key key = key_of(tenant_id, month);
  accounts_.try_emplace(key, Account{totals, {}, 0});  // who came first may have charged calls since
  // Past months are forgotten once nothing is held in them.
  auto older = accounts_.lower_bound({key.first, 0});
  while (older != accounts_.end() && older->first.first == key.first && older->first.second < key.second - 1) {
    older = older->second.hold_count == 0 ? accounts_.erase(older) : std::next(older);
  }
}

Status Reservations::check_quota(const Account& account, const Amount& more, const Plan& plan) const {
  if (plan.quota_tokens && account.used.tokens + account.held.tokens + more.tokens > *plan.quota_tokens) {
    return quota_used_up(plan, std::to_string(account.used.tokens) + " tokens used and " +
                                   std::to_string(account.held.tokens) + " held of " +
                                   std::to_string(*plan.quota_tokens));
  }
  const Money sum = account.used.price + account.held.price + more.price;
  if (plan.quota_ufen && sum.ufen() > *plan.quota_ufen) {
    return quota_used_up(plan, account.used.price.to_string() + " used and " + account.held.price.to_string() +
                                   " held of " + Money::from_ufen(*plan.quota_ufen).to_string());
  }
  return ok_status();
}

// GCRA (generic cell rate algorithm, ITU-T I.371): next_call is when the next call would be due at the even rate; a
// call may come earlier by the burst, ten seconds' worth of calls.
Status Reservations::check_rate(const std::string& tenant_id, const Plan& plan, std::int64_t now_ns) {
  if (!plan.calls_per_minute) return ok_status();
  const std::int64_t interval_ns = std::max<std::int64_t>(1, kMinuteNs / *plan.calls_per_minute);
  const std::int64_t burst_ns = std::max(interval_ns, kMinuteNs / 6) - interval_ns;
  std::int64_t& next_ns = next_call_ns_[tenant_id];
  const std::int64_t due_ns = std::max(next_ns, now_ns);
  if (due_ns - now_ns > burst_ns) {
    const std::int64_t wait_ms = (due_ns - now_ns - burst_ns) / 1'000'000 + 1;
    return {Code::kResourceExhausted, "more than " + std::to_string(*plan.calls_per_minute) +
                                          " calls a minute; retry in " + std::to_string(wait_ms) + " ms"};
  }
  next_ns = due_ns + interval_ns;
  return ok_status();
}

Status Reservations::reserve(std::string_view hold_id, std::string_view tenant_id, const Month& month,
                             const Amount& amount, const Plan& plan, std::int64_t now_ns) {
  MutexLock lock(mutex_);
  const Key key = key_of(tenant_id, month);
  Account& account = accounts_[key];
  YUPU_RETURN_IF_ERROR(check_quota(account, amount, plan));
  YUPU_RETURN_IF_ERROR(check_rate(key.first, plan, now_ns));
  account.held.tokens += amount.tokens;
  account.held.price += amount.price;
  ++account.hold_count;
  holds_.insert_or_assign(std::string(hold_id), Held{key, amount, now_ns + hold_ttl_ns_});
  return ok_status();
}

Status Reservations::extend(std::string_view hold_id, std::string_view tenant_id, const Month& month,
                            const Amount& amount, const Plan& plan, std::int64_t now_ns) {
  MutexLock lock(mutex_);
  const Key key = key_of(tenant_id, month);
  auto held = holds_.find(hold_id);
  if (held != holds_.end() && held->second.key != key) {  // the call ended in another month than it was estimated for
    drop(held);
    held = holds_.end();
  }
  const Amount before = held == holds_.end() ? Amount() : held->second.amount;
  const Amount more = {std::max<std::int64_t>(0, amount.tokens - before.tokens),
                       amount.price > before.price ? amount.price - before.price : Money()};
  Account& account = accounts_[key];
  const bool grows = more.tokens > 0 || more.price > Money();
  if (grows) YUPU_RETURN_IF_ERROR(check_quota(account, more, plan));
  if (held == holds_.end()) {
    held = holds_.emplace(std::string(hold_id), Held{key, {}, now_ns + hold_ttl_ns_}).first;
    ++account.hold_count;
  }
  held->second.expires_ns = now_ns + hold_ttl_ns_;  // being captured: not to be expired under the writer's feet
  held->second.amount.tokens += more.tokens;
  held->second.amount.price += more.price;
  account.held.tokens += more.tokens;
  account.held.price += more.price;
  return ok_status();
}

void Reservations::drop(std::map<std::string, Held, std::less<>>::iterator held) {
  Account& account = accounts_[held->second.key];
  account.held.tokens -= held->second.amount.tokens;
  account.held.price -= held->second.amount.price;
  --account.hold_count;
  holds_.erase(held);
}

void Reservations::settle(std::string_view hold_id, std::string_view tenant_id, const Month& month,
                          const MonthTotals& totals) {
  MutexLock lock(mutex_);
  if (const auto held = holds_.find(hold_id); held != holds_.end()) drop(held);
  accounts_[key_of(tenant_id, month)].used = totals;
}

void Reservations::learn_used(std::string_view tenant_id, const Month& month, const MonthTotals& totals) {
  MutexLock lock(mutex_);
  MonthTotals& used = accounts_[key_of(tenant_id, month)].used;
  used.tokens = std::max(used.tokens, totals.tokens);
  if (totals.price > used.price) used.price = totals.price;
}

bool Reservations::release(std::string_view hold_id) {
  MutexLock lock(mutex_);
  const auto held = holds_.find(hold_id);
  if (held == holds_.end()) return false;
  drop(held);
  return true;
}

std::vector<std::string> Reservations::expire(std::int64_t now_ns) {
  std::vector<std::string> expired;
  MutexLock lock(mutex_);
  if (now_ns < next_expiry_ns_) return expired;
  next_expiry_ns_ = now_ns + kExpiryPauseNs;
  for (auto held = holds_.begin(); held != holds_.end();) {
    const auto current = held++;
    if (current->second.expires_ns > now_ns) continue;
    expired.push_back(current->first);
    drop(current);
  }
  return expired;
}

std::size_t Reservations::open_hold_count() const {
  MutexLock lock(mutex_);
  return holds_.size();
}

}  // namespace yupu::commerce
