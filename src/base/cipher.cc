#include "base/cipher.h"

#include <array>
#include <climits>
#include <cstdint>
#include <memory>

#include <openssl/evp.h>

#include "base/check.h"
#include "base/hash.h"

namespace yupu {
namespace {

struct FreeContext {
  void operator()(EVP_CIPHER_CTX* context) const { EVP_CIPHER_CTX_free(context); }
};

// Whole blocks in, as many out.
std::string run(std::string_view key, std::string_view iv, std::string_view blocks, bool encrypt) {
  CHECK(key.size() == kAesKeyBytes && iv.size() == kAesBlockBytes, "an AES-256 key has 32 bytes, an iv 16");
  CHECK(blocks.size() % kAesBlockBytes == 0 && blocks.size() < INT_MAX, "whole blocks");
  const std::unique_ptr<EVP_CIPHER_CTX, FreeContext> context(EVP_CIPHER_CTX_new());
  const auto bytes = [](std::string_view text) { return reinterpret_cast<const unsigned char*>(text.data()); };
  CHECK(context != nullptr &&
            EVP_CipherInit_ex(context.get(), EVP_aes_256_cbc(), nullptr, bytes(key), bytes(iv), encrypt ? 1 : 0) == 1,
        "OpenSSL without AES-256-CBC");
  EVP_CIPHER_CTX_set_padding(context.get(), 0);
  std::string out(blocks.size() + kAesBlockBytes, '\0');
  auto* target = reinterpret_cast<unsigned char*>(out.data());
  int count = 0, last = 0;
  CHECK(EVP_CipherUpdate(context.get(), target, &count, bytes(blocks), static_cast<int>(blocks.size())) == 1 &&
            EVP_CipherFinal_ex(context.get(), target + count, &last) == 1,
        "AES failed");
  out.resize(static_cast<std::size_t>(count + last));
  return out;
}

}  // namespace

std::string encrypt_aes256_cbc(std::string_view key, std::string_view iv, std::string_view plain,
                               std::size_t unit_bytes) {
  CHECK(unit_bytes > 0 && unit_bytes < 256 && unit_bytes % kAesBlockBytes == 0, "a unit is some blocks");
  const std::size_t padding = unit_bytes - plain.size() % unit_bytes;
  std::string padded(plain);
  padded.append(padding, static_cast<char>(padding));
  return run(key, iv, padded, true);
}

Result<std::string> decrypt_aes256_cbc(std::string_view key, std::string_view iv, std::string_view secret,
                                       std::size_t unit_bytes) {
  const Status broken = invalid_argument("it was not encrypted with this key");
  if (secret.empty() || secret.size() % kAesBlockBytes != 0 || secret.size() >= INT_MAX) return broken;
  std::string plain = run(key, iv, secret, false);
  const auto padding = static_cast<std::size_t>(static_cast<unsigned char>(plain.back()));
  if (padding == 0 || padding > unit_bytes || padding > plain.size()) return broken;
  for (std::size_t i = plain.size() - padding; i < plain.size(); ++i) {
    if (static_cast<unsigned char>(plain[i]) != padding) return broken;
  }
  plain.resize(plain.size() - padding);
  return plain;
}

std::string sha1_hex(std::string_view bytes) {
  std::array<std::uint8_t, 20> digest{};
  unsigned int size = 0;
  CHECK(EVP_Digest(bytes.data(), bytes.size(), digest.data(), &size, EVP_sha1(), nullptr) == 1 && size == digest.size(),
        "OpenSSL without SHA-1");
  return to_hex(std::string_view(reinterpret_cast<const char*>(digest.data()), digest.size()));
}

}  // namespace yupu
