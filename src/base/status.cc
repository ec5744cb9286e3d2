#include "base/status.h"

#include <cerrno>
#include <cstring>

namespace yupu {

std::string_view code_name(Code code) {
  switch (code) {
    case Code::kOk:
      return "ok";
    case Code::kInvalidArgument:
      return "invalid_argument";
    case Code::kUnauthenticated:
      return "unauthenticated";
    case Code::kPaymentRequired:
      return "payment_required";
    case Code::kPermissionDenied:
      return "permission_denied";
    case Code::kNotFound:
      return "not_found";
    case Code::kConflict:
      return "conflict";
    case Code::kTooLarge:
      return "too_large";
    case Code::kResourceExhausted:
      return "resource_exhausted";
    case Code::kUnavailable:
      return "unavailable";
    case Code::kInternal:
      return "internal";
  }
  return "unknown";
}

Status Status::with_context(std::string_view context) const {
  if (ok()) return *this;
  return {code_, std::string(context) + ": " + message_, field_};
}

std::string Status::to_string() const {
  if (ok()) return "ok";
  std::string text = std::string(code_name(code_)) + ": " + message_;
  if (!field_.empty()) text += " [field " + field_ + "]";
  return text;
}

Status errno_status(int error_number, std::string_view what) {
  std::string message = std::string(what) + ": " + std::strerror(error_number);
  switch (error_number) {
    case ENOENT:
      return {Code::kNotFound, std::move(message)};
    case EACCES:
    case EPERM:
    case EROFS:
      return {Code::kPermissionDenied, std::move(message)};
    case ENOSPC:
    case EDQUOT:
    case ENOMEM:
    case EMFILE:
    case ENFILE:
      return {Code::kResourceExhausted, std::move(message) + " (free some space and run again; nothing was lost)"};
    case EEXIST:
      return {Code::kConflict, std::move(message)};
    case EADDRINUSE:
    case EAGAIN:
    case ETIMEDOUT:
      return {Code::kUnavailable, std::move(message)};
    case EISDIR:
    case ENOTDIR:
    case EINVAL:
      return {Code::kInvalidArgument, std::move(message)};
    default:
      return {Code::kInternal, std::move(message)};
  }
}

}  // namespace yupu
