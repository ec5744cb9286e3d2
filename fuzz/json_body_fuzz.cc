// Any bytes as a JSON request body: never a crash, and what is accepted survives being written and read again.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/check.h"
#include "base/json.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto value = yupu::parse_json(text, {.bytes_max = 1 << 20, .depth_max = 16});
  if (!value.ok()) {
    CHECK(!value.status().message().empty(), "a refusal says why");
    return 0;
  }
  const std::string written = yupu::to_text(value.value());
  const auto again = yupu::parse_json(written, {.bytes_max = 16 << 20, .depth_max = 16});
  CHECK(again.ok(), "what was accepted is accepted again");
  CHECK(again.value() == value.value(), "and is the same value");
  CHECK(yupu::to_text(again.value()) == written, "and the same text");
  if (value.value().is_object()) {
    for (const char* key : {"text", "model", "input", "rating"}) {
      (void)yupu::json_string(value.value(), key, "body").ok();
      (void)yupu::json_int(value.value(), key, "body").ok();
      (void)yupu::json_number(value.value(), key, "body").ok();
    }
    (void)yupu::json_known_keys(value.value(), {"text", "model"}, "body").ok();
  }
  return 0;
}
