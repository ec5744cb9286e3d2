// CHECK: a bug in our own code (broken invariant, wrong shape). On in every build; prints where and what, then aborts.
// Never for what a user, a file or a network can cause: that is a Status (status.h).
#pragma once

#include <string>
#include <string_view>

namespace yupu {
[[noreturn]] void check_failed(const char* file, int line, const char* condition, std::string_view message);
}  // namespace yupu

#ifdef CHECK
#undef CHECK
#endif
// `message` may be any expression that makes a std::string_view; it is evaluated only on failure.
#define CHECK(condition, message)                                      \
  do {                                                                 \
    if (!(condition)) [[unlikely]]                                     \
      ::yupu::check_failed(__FILE__, __LINE__, #condition, (message)); \
  } while (false)
