// SHA-256 and HMAC-SHA256 (FIPS 180-4, RFC 2104), through OpenSSL's libcrypto.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace yupu {

using Digest = std::array<std::uint8_t, 32>;

// Streaming SHA-256.  Threads: one owner.
class Sha256 {
 public:
  Sha256();
  ~Sha256();
  Sha256(Sha256&&) noexcept;
  Sha256& operator=(Sha256&&) noexcept;
  Sha256& update(std::string_view bytes);
  // Writes the length before the bytes, so that ("ab","c") and ("a","bc") differ: use it to hash a sequence of fields.
  Sha256& field(std::string_view bytes);
  Digest finish();
  std::string finish_hex();  // 64 lower-case hex digits

 private:
  struct State;
  std::unique_ptr<State> state_;
};

std::string sha256_hex(std::string_view bytes);
Digest hmac_sha256(std::string_view key, std::string_view message);
std::string to_hex(std::string_view bytes);
std::string to_hex(const Digest& digest);
bool equal_constant_time(std::string_view a, std::string_view b);

}  // namespace yupu
