// Idempotency-Key: the same key with the same body gives the stored answer and is charged once (IETF draft
// httpapi-idempotency-key-header). The key belongs to a tenant and a route.
//   same key, same body, done      -> the stored answer
//   same key, other body           -> kConflict
//   same key, first call in work   -> kConflict
// Only answers that were charged (or stored) are kept: after a failure the same key may be tried again.
// The row is written in the transaction that charges the call, so that a kill -9 leaves both or neither; two processes
// with the same key at once: the second one's transaction meets the primary key, and is not charged. Threads: any.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "base/mutex.h"
#include "base/status.h"
#include "store/store.h"

namespace yupu::serving {

struct StoredAnswer {
  int status = 200;
  std::string response;
};

class Idempotency {
 public:
  static constexpr std::size_t kKeyBytesMax = 255;

  explicit Idempotency(store::Store& store) : store_(store) {}

  // One call's claim on its key; giving it up (destroying it) lets the key be used again.
  class Claim {
   public:
    Claim() = default;  // of a call without a key: everything below does nothing
    Claim(Claim&& other) noexcept;
    Claim& operator=(Claim&& other) noexcept;
    ~Claim();
    const std::optional<StoredAnswer>& stored() const { return stored_; }
    // Inside the transaction that charges. `subject`: what the answer is deleted with (forget.h); empty: nothing.
    Status keep(store::Transaction& transaction, int status, const std::string& response, std::int64_t now_ns,
                const std::string& subject = {}) const;

   private:
    friend class Idempotency;
    void give_up();
    Idempotency* owner_ = nullptr;
    std::string tenant_id_, key_, route_, body_sha256_;
    std::optional<StoredAnswer> stored_;
  };

  // `key` empty: a Claim that does nothing. Errors: kConflict, kInvalidArgument (key too long), the store's.
  Result<Claim> claim(std::string_view tenant_id, std::string_view key, std::string_view route, std::string_view body);

 private:
  store::Store& store_;
  Mutex mutex_;
  std::set<std::string> in_work_ YUPU_GUARDED_BY(mutex_);
};

}  // namespace yupu::serving
