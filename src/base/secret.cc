#include "base/secret.h"

#include <cerrno>
#include <cstdlib>

#include <fmt/format.h>
#include <sys/stat.h>

#include "base/file.h"

namespace yupu {
namespace {
constexpr unsigned kOthers = 077;
}  // namespace

Result<std::string> read_secret_file(const std::string& path, std::size_t bytes_min) {
  struct stat info = {};
  if (::stat(path.c_str(), &info) != 0) return errno_status(errno, "read " + path);
  if ((info.st_mode & kOthers) != 0)
    return Status(Code::kPermissionDenied, path + " can be read by others; run: chmod 600 " + path);
  YUPU_ASSIGN_OR_RETURN(std::string secret, read_file(path, kSecretBytesMax));
  while (!secret.empty() && (secret.back() == '\n' || secret.back() == '\r')) secret.pop_back();
  if (secret.size() < bytes_min)
    return invalid_argument(fmt::format("{}: a secret has at least {} bytes", path, bytes_min));
  return secret;
}

Result<std::string> read_secret_variable(const std::string& name) {
  const char* value = std::getenv(name.c_str());
  if (value == nullptr || *value == '\0') return not_found("the environment has no variable " + name);
  return std::string(value);
}

}  // namespace yupu
