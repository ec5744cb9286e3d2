// Commerce at the door of serving: may this key make this call, and what did it cost.  Implements handoff/admission.h.
//
// One call    authenticate -> hold -> [the call] -> capture | release
//   hold      reserves the estimate against the tenant's monthly quota in memory (Reservations) and notes it in the
//   store
//             without waiting, so that a restart knows which calls were cut off.
//   capture   prices the true usage with the price version of its moment and writes event, ledger transaction,
//   counters, the
//             hold's end and the caller's `also` in one durable transaction. A request id captured before changes
//             nothing, `also` is not run, and the first price is returned. A true usage larger than the hold is first
//             reserved; when the quota has no room for it the answer is kPaymentRequired and nothing is charged. After
//             an error the hold stands: capture again, or release.
//   release   void; forgotten holds expire after hold_ttl_ms.
// Restart     open() expires what the previous process of this `instance` left held.
// Freshness   a revoked key, a changed plan, a suspended tenant: in force within refresh_ms, whichever process changed
// it.
// Instances   one serving process on an embedded store, several on a shared one (store::Store::is_shared), each with an
//             `instance` of its own. Their holds do not see each other, so capture checks the quota once more in its
//             transaction: it is never overshot, but a call that was let in may be refused at its end
//             (kPaymentRequired, not charged). Calls a minute are counted by each server for itself.
// Threads     every member from any thread. `also` runs on the store's writer thread.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/money.h"
#include "base/status.h"
#include "commerce/directory.h"
#include "commerce/keys/pepper.h"
#include "commerce/metering/reservations.h"
#include "handoff/admission.h"
#include "store/store.h"

namespace yupu::commerce {

struct CommerceOptions {
  std::string pepper_path;          // WORKDIR/secrets/pepper; made if the store has none yet
  std::string instance = "server";  // whose holds these are
  std::int64_t hold_ttl_ms = 600'000;
  std::int64_t refresh_ms = 250;
};

class Commerce final : public handoff::Admission {
 public:
  // `store` and `clock` must outlive the result. Errors: those of open_pepper and of the store.
  static Result<std::unique_ptr<Commerce>> open(store::Store& store, const Clock& clock, CommerceOptions options);
  // Waits for what it has queued at the store.
  ~Commerce() override;

  Result<handoff::Caller> authenticate(std::string_view bearer) override;
  Result<handoff::Hold> hold(const handoff::Caller& caller, const handoff::Usage& estimate) override;
  Result<Money> capture(const handoff::Hold& hold, const handoff::Usage& used, const store::Work& also) override;
  void release(const handoff::Hold& hold) override;

  const Pepper& pepper() const { return pepper_; }
  std::size_t open_hold_count() const { return reservations_.open_hold_count(); }

 private:
  Commerce(store::Store& store, const Clock& clock, CommerceOptions options, Pepper pepper);
  Status know_month(std::string_view tenant_id, const Month& month);
  void note_hold(const handoff::Hold& hold, std::int64_t tokens, std::int64_t now_ns);
  void end_hold(const std::string& hold_id, std::string_view state);
  void expire_holds(std::int64_t now_ns);

  store::Store& store_;
  const Clock& clock_;
  const CommerceOptions options_;
  const Pepper pepper_;
  Directory directory_;
  Reservations reservations_;
};

}  // namespace yupu::commerce
