#include "app/exit_code.h"

namespace yupu::app {
int exit_code(const Status& status) {
  switch (status.code()) {
    case Code::kOk:
      return 0;
    case Code::kInvalidArgument:
    case Code::kUnauthenticated:
    case Code::kPermissionDenied:
    case Code::kNotFound:
    case Code::kTooLarge:
      return 2;
    case Code::kPaymentRequired:
    case Code::kConflict:
    case Code::kResourceExhausted:
    case Code::kUnavailable:
    case Code::kInternal:
      return 1;
  }
  return 1;
}
}  // namespace yupu::app
