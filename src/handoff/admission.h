// The one small door between serving and commerce: may this key make this call, and what did it use.
//
//   authenticate -> Caller -> hold -> [the call] -> capture | release
//
// A hold reserves the call's estimated price against the quota, so calls in flight can never overshoot it. capture
// writes the usage event, the two ledger entries and whatever `also` adds (the trace, the stored answer of an
// Idempotency-Key) in ONE transaction, and returns when it is durable: an answer is sent only after it is charged, and
// charged only once. Threads: every member from any thread.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/money.h"
#include "base/status.h"
#include "store/store.h"

namespace yupu::handoff {

struct Caller {
  std::string tenant_id;
  std::string key_id;
  std::vector<std::string> scopes;  // "inference", "feedback", "read", "admin"
  bool may(std::string_view scope) const;
};

// What a call is about to use (estimate) or has used (true).
struct Usage {
  std::string request_id;  // unique; the usage event's id: a second capture of the same id changes nothing
  std::string meter;       // "classify_tokens", "answer_tokens"
  std::string model;       // model or bot name
  std::string release_id;  // release that answered
  std::int64_t tokens = 0;
  std::int64_t occurred_ns = 0;
};

struct Hold {
  std::string id;
  Caller caller;
  std::string request_id;
  Money amount;  // reserved
};

class Admission {
 public:
  virtual ~Admission() = default;

  // `bearer`: the key as sent ("yp_..."). Errors: kUnauthenticated (unknown, revoked, expired).
  virtual Result<Caller> authenticate(std::string_view bearer) = 0;

  // Errors: kPaymentRequired (hard quota used up; nothing is reserved), kResourceExhausted (rate limit of the plan),
  // kInvalidArgument (no price for this meter: a call is refused, never priced 0).
  virtual Result<Hold> hold(const Caller& caller, const Usage& estimate) = 0;

  // Settles the hold at the true usage. Durable and exactly once per request_id. Returns the price.
  virtual Result<Money> capture(const Hold& hold, const Usage& used, const store::Work& also) = 0;

  // Gives the reservation back: the call failed, nothing is charged. Never fails.
  virtual void release(const Hold& hold) = 0;
};

}  // namespace yupu::handoff
