// What the address of a request asks for, by name.
#pragma once

#include <cstdint>
#include <string>

#include "base/status.h"
#include "http/message.h"

namespace yupu::http {

// "" where the address has none.
std::string asked(const Request& request, const std::string& name);

// `fallback` where the address has none, or an empty one. Error: kInvalidArgument naming it: not a whole number from 1
// to `most`.
Result<std::int64_t> whole_number(const Request& request, const std::string& name, std::int64_t fallback,
                                  std::int64_t most);

}  // namespace yupu::http
