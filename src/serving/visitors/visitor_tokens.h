// What a visitor without an API key shows instead: a token, 128 random bits, for one bot of one tenant.
//
//   begin -> token -> find, on every call -> near its end: follow -> the next token, of the same visitor
//
// Invariants   1  the store holds a token's SHA-256: a copy of the store opens nothing
//              2  a token is good for at most `life_ns`; it is not lengthened, but followed by another
//              3  unknown, expired and forged tokens are refused with one wording
// Retention    begin() deletes tokens that are over. An anonymous visitor's id says nothing about them; a user_id of an
//              identified one is personal data (table visitor_identity).
// Threads      any; the store serialises the writes.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/status.h"
#include "store/store.h"

namespace yupu::serving {

inline constexpr std::int64_t kTokenLifeMax_ns = 24LL * 3600 * 1'000'000'000;

struct Visitor {
  std::string id;  // "vi_...", of this tenant and bot
  std::string tenant_id;
  std::string bot;
  std::int64_t token_expires_ns = 0;
};

struct VisitorToken {
  std::string token;  // "vt_...": shown once, never stored
  std::int64_t expires_ns = 0;
};

class VisitorTokens {
 public:
  // REQUIRES: 0 < life_ns <= kTokenLifeMax_ns.
  VisitorTokens(store::Store& store, const Clock& clock, std::int64_t life_ns);

  // For a visitor nobody knows, or, with a user id, for the one who always has it. REQUIRES: the user id is proven.
  Result<VisitorToken> begin(const std::string& tenant_id, const std::string& bot, const std::string& user_id);
  // kUnauthenticated: not one of ours, or over.
  Result<Visitor> find(std::string_view token);
  // The next token, when a quarter of this one's life or less is left; nothing before, and nothing within a minute of
  // the last time it was handed out: a token is not multiplied by asking often.
  Result<std::optional<VisitorToken>> follow(std::string_view token, const Visitor& visitor);

 private:
  store::Store& store_;
  const Clock& clock_;
  const std::int64_t life_ns_;
};

// Whose this conversation is; nothing: no visitor's. `tenant_id`: whose visitors are asked for.
Result<std::optional<std::string>> owner_of_conversation(store::Store& store, const std::string& tenant_id,
                                                         const std::string& conversation);
// In the transaction that begins or continues it. kNotFound: it is another visitor's.
Status own_conversation(store::Transaction& transaction, const Visitor& visitor, const std::string& conversation);

}  // namespace yupu::serving
