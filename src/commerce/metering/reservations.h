// What is reserved but not yet charged, in memory: a hard quota is checked against used + held, under one lock, so that
// calls in flight cannot overshoot it together.
//
// Invariant   for every tenant and month with a quota: used + held <= quota, unless the quota was lowered meanwhile.
//             Of one server: holds of other servers on the same store are not seen; commerce.h says what stands for
//             them.
// Order       settle() is called in the order of the commits (on the store's writer thread) with the totals as of that
//             commit: later commits are then still counted as held, never twice and never not at all.
// Threads     every member from any thread.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/money.h"
#include "base/mutex.h"
#include "base/status.h"
#include "commerce/metering/record.h"
#include "commerce/plans/plans.h"

namespace yupu::commerce {

// Error: kPaymentRequired when more is used than the plan allows.
Status check_used(const MonthTotals& used, const Plan& plan);

class Reservations {
 public:
  struct Amount {
    std::int64_t tokens = 0;
    Money price;
  };

  explicit Reservations(std::int64_t hold_ttl_ns) : hold_ttl_ns_(hold_ttl_ns) {}

  // Is this tenant's month known? If not, load its totals from the store and tell them with set_used first.
  bool knows(std::string_view tenant_id, const Month& month) const;
  void set_used(std::string_view tenant_id, const Month& month, const MonthTotals& totals);

  // Errors: kPaymentRequired (quota; nothing is reserved), kResourceExhausted (calls per minute).
  Status reserve(std::string_view hold_id, std::string_view tenant_id, const Month& month, const Amount& amount,
                 const Plan& plan, std::int64_t now_ns);
  // Makes the hold at least `amount` large; an unknown (expired) hold is taken anew. Error: kPaymentRequired,
  // unchanged.
  Status extend(std::string_view hold_id, std::string_view tenant_id, const Month& month, const Amount& amount,
                const Plan& plan, std::int64_t now_ns);
  // The hold's call is charged; `totals` are the month's, this call included.
  void settle(std::string_view hold_id, std::string_view tenant_id, const Month& month, const MonthTotals& totals);
  // The month's totals as another server's calls have made them; what is used only grows within a month.
  void learn_used(std::string_view tenant_id, const Month& month, const MonthTotals& totals);
  // False when there is no such hold (any more).
  bool release(std::string_view hold_id);
  // Drops holds that nobody settled in time; returns their ids.
  std::vector<std::string> expire(std::int64_t now_ns);
  std::size_t open_hold_count() const;

 private:
  using Key = std::pair<std::string, int>;  // tenant, year * 12 + month
  struct Account {
    MonthTotals used;
    Amount held;
    std::int64_t hold_count = 0;
  };
  struct Held {
    Key key;
    Amount amount;
    std::int64_t expires_ns = 0;
  };

  static Key key_of(std::string_view tenant_id, const Month& month);
  Status check_quota(const Account& account, const Amount& more, const Plan& plan) const;
  Status check_rate(const std::string& tenant_id, const Plan& plan, std::int64_t now_ns) YUPU_REQUIRES(mutex_);
  void drop(std::map<std::string, Held, std::less<>>::iterator held) YUPU_REQUIRES(mutex_);

  const std::int64_t hold_ttl_ns_;
  mutable Mutex mutex_;
  std::map<Key, Account> accounts_ YUPU_GUARDED_BY(mutex_);
  std::map<std::string, Held, std::less<>> holds_ YUPU_GUARDED_BY(mutex_);
  std::unordered_map<std::string, std::int64_t> next_call_ns_ YUPU_GUARDED_BY(mutex_);  // rate limit, per tenant
  std::int64_t next_expiry_ns_ YUPU_GUARDED_BY(mutex_) = 0;
};

}  // namespace yupu::commerce
