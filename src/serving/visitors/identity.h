// Who a visitor is, when the shop itself says so: its server signs a user id with a secret it shares with this one.
//
//   signature = hex(HMAC-SHA256(secret, BOT "\n" USER_ID "\n" EXPIRES_AT)),  EXPIRES_AT in seconds since 1970
//
// A signature names the bot, so that one for another bot is worth nothing here, and ends, so that one that was copied
// does not open the visitor's conversations for ever.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/status.h"

namespace yupu::serving {

struct IdentityClaim {
  std::string user_id = {};  // empty: nobody in particular
  std::int64_t expires_at_s = 0;
  std::string signature = {};
};

inline constexpr std::int64_t kIdentityLifeMax_s = 24 * 3600;  // from now to EXPIRES_AT

std::string identity_signature(std::string_view secret, std::string_view bot, const IdentityClaim& claim);

// kUnauthenticated, field "signature": signed with another secret, for another bot, user or end; over; or its end is
// further away than kIdentityLifeMax_s. REQUIRES: a user id, a secret.
Status check_identity(std::string_view secret, std::string_view bot, const IdentityClaim& claim, std::int64_t now_ns);

// The secret in a file, without the line's end. kPermissionDenied: others may read the file; kInvalidArgument: shorter
// than 32 bytes.
Result<std::string> read_identity_secret(const std::string& path);

}  // namespace yupu::serving
