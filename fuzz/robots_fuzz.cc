// Any bytes as a robots.txt and an address: read within its limits, and an answer that does not depend on how often it
// is asked.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/check.h"
#include "data/acquire/fetch/robots.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const std::size_t cut = bytes.find('\0');
  const std::string_view target = cut == std::string_view::npos ? "/" : bytes.substr(0, cut);
  const std::string_view file = cut == std::string_view::npos ? bytes : bytes.substr(cut + 1);
  const auto robots = yupu::data::Robots::parse(file, "yupu");
  CHECK(robots.allows("/robots.txt"), "the file itself is allowed");
  CHECK(robots.allows(target) == robots.allows(target), "an answer is an answer");
  CHECK(!robots.crawl_delay_ns() || *robots.crawl_delay_ns() >= 0, "a delay is not negative");
  return 0;
}
