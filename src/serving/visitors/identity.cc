#include "serving/visitors/identity.h"

#include <cerrno>

#include <fmt/format.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/hash.h"

namespace yupu::serving {
namespace {

constexpr std::int64_t kNsPerSecond = 1'000'000'000;
constexpr std::size_t kSecretBytesMin = 32;
constexpr std::size_t kSecretBytesMax = 4096;
constexpr unsigned kOthers = 077;

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

Result<std::string> read_identity_secret(const std::string& path) {
  struct stat info = {};
  if (::stat(path.c_str(), &info) != 0) return errno_status(errno, "read " + path);
  if ((info.st_mode & kOthers) != 0)
    return Status(Code::kPermissionDenied, path + " can be read by others; run: chmod 600 " + path);
  YUPU_ASSIGN_OR_RETURN(std::string secret, read_file(path, kSecretBytesMax));
  while (!secret.empty() && (secret.back() == '\n' || secret.back() == '\r')) secret.pop_back();
  if (secret.size() < kSecretBytesMin)
    return invalid_argument(fmt::format("{}: a secret has at least {} bytes", path, kSecretBytesMin));
  return secret;
}

}  // namespace yupu::serving
