#include "base/ids.h"

#include <cerrno>

#include <sys/random.h>

#include "base/check.h"
#include "base/hash.h"

namespace yupu {

std::string content_id(std::string_view prefix, std::string_view content) {
  return std::string(prefix) + "_" + sha256_hex(content).substr(0, 20);
}

std::string random_bytes(std::size_t byte_count) {
  std::string bytes(byte_count, '\0');
  std::size_t filled = 0;
  while (filled < byte_count) {
    const ssize_t got = getrandom(bytes.data() + filled, byte_count - filled, 0);
    if (got < 0 && errno == EINTR) continue;
    CHECK(got > 0, "the operating system gives no random bytes");
    filled += static_cast<std::size_t>(got);
  }
  return bytes;
}

std::string random_id(std::string_view prefix) {
  constexpr std::string_view kAlphabet = "abcdefghijklmnopqrstuvwxyz234567";  // RFC 4648 base32, lower case
  const std::string bytes = random_bytes(16);
  std::string id = std::string(prefix) + "_";
  unsigned int bits = 0;
  int bit_count = 0;
  for (const char c : bytes) {
    bits = (bits << 8) | static_cast<unsigned char>(c);
    bit_count += 8;
    while (bit_count >= 5) {
      bit_count -= 5;
      id += kAlphabet[(bits >> bit_count) & 31];
    }
  }
  if (bit_count > 0) id += kAlphabet[(bits << (5 - bit_count)) & 31];
  return id;
}

}  // namespace yupu
