// Numbers in the addresses of the console's routes.
#pragma once

#include <cstdint>
#include <string>

#include "base/status.h"
#include "http/message.h"

namespace yupu::console {

inline constexpr std::int64_t kDaysMost = 90;

// `fallback` where the address has none. Error: kInvalidArgument naming it: not a whole number from 1 to `most`.
Result<std::int64_t> whole_number(const http::Request& request, const std::string& name, std::int64_t fallback,
                                  std::int64_t most);

}  // namespace yupu::console
