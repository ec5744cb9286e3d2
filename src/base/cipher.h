// What others encrypt and sign with, through OpenSSL's libcrypto: AES-256 in CBC mode (FIPS 197, SP 800-38A) and SHA-1
// (FIPS 180-4). CBC says nothing about who wrote a message, and SHA-1 is broken as a hash: nothing of ours uses them.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "base/status.h"

namespace yupu {

inline constexpr std::size_t kAesKeyBytes = 32;
inline constexpr std::size_t kAesBlockBytes = 16;

// Padded as PKCS#7 has it (RFC 5652, section 6.3), to whole units of `unit_bytes`.
// REQUIRES: a key of kAesKeyBytes, an iv of kAesBlockBytes; unit_bytes a multiple of kAesBlockBytes, below 256.
std::string encrypt_aes256_cbc(std::string_view key, std::string_view iv, std::string_view plain,
                               std::size_t unit_bytes = kAesBlockBytes);

// Takes the padding off: one value for every failure, so that nobody learns which byte was wrong.
// REQUIRES: as above. Error: kInvalidArgument: no whole blocks, or another padding.
Result<std::string> decrypt_aes256_cbc(std::string_view key, std::string_view iv, std::string_view secret,
                                       std::size_t unit_bytes = kAesBlockBytes);

std::string sha1_hex(std::string_view bytes);  // 40 lower-case hex digits

}  // namespace yupu
