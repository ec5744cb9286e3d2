// Any bytes as a strategy file: parsed or refused with a message, never a crash.
#include <cstdint>
#include <string_view>

#include "base/check.h"
#include "strategy/strategy.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto strategy = yupu::strategy::parse_strategy({reinterpret_cast<const char*>(data), size}, "fuzz.toml", false);
  if (!strategy.ok()) CHECK(!strategy.status().message().empty(), "an error says what is wrong");
  return 0;
}
