#include "serving/embedding_json.h"

#include <bit>
#include <charconv>
#include <cstdint>

#include "base/check.h"

namespace yupu::serving {
namespace {

static_assert(std::endian::native == std::endian::little, "the bytes of a vector are sent as they lie");

// The double whose text is the float's.
double short_double(float value) {
  char text[32];
  const auto written = std::to_chars(text, text + sizeof text, value);
  double out = 0;
  const auto read = std::from_chars(text, written.ptr, out);
  CHECK(written.ec == std::errc() && read.ec == std::errc(), "a float has a text");
  return out;
}

}  // namespace

std::string base64_of(std::string_view bytes) {
  constexpr std::string_view kDigits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string out;
  out.reserve((bytes.size() + 2) / 3 * 4);
  for (std::size_t at = 0; at < bytes.size(); at += 3) {
    const std::string_view three = bytes.substr(at, 3);
    std::uint32_t bits = 0;
    for (std::size_t i = 0; i < 3; ++i)
      bits = bits << 8 | (i < three.size() ? static_cast<unsigned char>(three[i]) : 0u);
    for (std::size_t digit = 0; digit < 4; ++digit)
      out += digit <= three.size() ? kDigits[bits >> (18 - 6 * digit) & 63u] : '=';
  }
  return out;
}

OrderedJson embedding_json(std::span<const float> vector, bool base64) {
  if (base64) return base64_of({reinterpret_cast<const char*>(vector.data()), vector.size_bytes()});
  OrderedJson numbers = OrderedJson::array();
  for (const float value : vector) numbers.push_back(short_double(value));
  return numbers;
}

}  // namespace yupu::serving
