#include "serving/visitors/identity.h"

#include <fmt/format.h>

#include "base/hash.h"
#include "base/secret.h"

namespace yupu::serving {
namespace {

constexpr std::int64_t kNsPerSecond = 1'000'000'000;
constexpr std::size_t kSecretBytesMin = 32;

}  // namespace

std::string identity_signature(std::string_view secret, std::string_view bot, const IdentityClaim& claim) {
  return to_hex(hmac_sha256(secret, fmt::format("{}\n{}\n{}", bot, claim.user_id, claim.expires_at_s)));
}

Status check_identity(std::string_view secret, std::string_view bot, const IdentityClaim& claim, std::int64_t now_ns) {
  CHECK(!claim.user_id.empty() && !secret.empty(), "nothing to check");
  const auto refused = [](std::string message) {
    return Status(Code::kUnauthenticated, std::move(message), "signature");
  };
  if (!equal_constant_time(identity_signature(secret, bot, claim), claim.signature))
    return refused("the signature is not of this bot, user_id and expires_at");
  const std::int64_t now_s = now_ns / kNsPerSecond;
  if (claim.expires_at_s <= now_s) return refused("the signature is over: sign again with a later expires_at");
  if (claim.expires_at_s > now_s + kIdentityLifeMax_s) return refused("expires_at is more than 24 hours away");
  return {};
}

Result<std::string> read_identity_secret(const std::string& path) { return read_secret_file(path, kSecretBytesMin); }

}  // namespace yupu::serving
