#include "base/base64.h"

#include <cstdint>

namespace yupu {
namespace {

constexpr std::string_view kDigits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

}  // namespace

std::string base64_of(std::string_view bytes) {
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

Result<std::string> bytes_of_base64(std::string_view text) {
  const Status broken = invalid_argument("it is no base64");
  if (text.size() % 4 != 0) return broken;
  std::string_view digits = text;
  for (int padding = 0; padding < 2 && !digits.empty() && digits.back() == '='; ++padding) digits.remove_suffix(1);
  std::string bytes;
  bytes.reserve(digits.size() * 3 / 4);
  std::uint32_t bits = 0;
  int bit_count = 0;
  for (const char digit : digits) {
    const std::size_t value = kDigits.find(digit);
    if (value == std::string_view::npos) return broken;
    bits = (bits << 6 | static_cast<std::uint32_t>(value)) & 0xFFFu;
    bit_count += 6;
    if (bit_count < 8) continue;
    bit_count -= 8;
    bytes += static_cast<char>(bits >> bit_count & 0xFFu);
  }
  return bytes;
}

}  // namespace yupu
