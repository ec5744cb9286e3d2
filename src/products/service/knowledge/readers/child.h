// Another program as a child process that is given bytes and asked for bytes, and may not take longer or say more than
// it is allowed.  It inherits stdin, stdout and an empty environment: no file, socket or secret of this process.
// Threads  any; no signal of the process is touched.
#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>

#include "base/status.h"

namespace yupu::products {

struct ChildLimits {
  std::chrono::milliseconds time{60'000};
  std::size_t output_bytes_max = 0;
};

struct ChildEnd {
  enum class How { kExited, kSignalled, kOutOfTime, kSaidTooMuch };
  How how = How::kExited;
  int number = 0;      // the exit status, or the signal
  std::string output;  // of stdout, as far as it was read
};

// `program`: its path; `input`: what its stdin is, a file that can be read from the beginning.  The child is gone when
// this returns.  Errors: kUnavailable: it cannot be started; those of the system.
Result<ChildEnd> run_child(const std::string& program, std::string_view input, const ChildLimits& limits);

}  // namespace yupu::products
