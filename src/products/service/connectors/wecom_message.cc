#include "products/service/connectors/wecom_message.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <utility>

#include <fmt/format.h>
#include <pugixml.hpp>

#include "base/base64.h"
#include "base/cipher.h"

namespace yupu::products {
namespace {

constexpr std::size_t kEncodedKeyBytes = 43;
constexpr std::size_t kRandomBytes = 16;
constexpr std::size_t kLengthBytes = 4;
constexpr std::size_t kUnitBytes = 32;

std::string_view iv_of(const std::string& key) { return std::string_view(key).substr(0, kAesBlockBytes); }

}  // namespace

Result<std::string> wecom_aes_key(const std::string& encoding_aes_key) {
  const auto key = bytes_of_base64(encoding_aes_key + "=");
  if (encoding_aes_key.size() != kEncodedKeyBytes || !key.ok() || key->size() != kAesKeyBytes)
    return invalid_argument("an EncodingAESKey has 43 letters and digits", "aes_key");
  return key;
}

std::string wecom_signature(const std::string& token, const std::string& timestamp, const std::string& nonce,
                            const std::string& secret) {
  std::array<std::string_view, 4> parts = {token, timestamp, nonce, secret};
  std::sort(parts.begin(), parts.end());
  std::string joined;
  for (const std::string_view part : parts) joined += part;
  return sha1_hex(joined);
}

Result<std::string> wecom_decrypt(const WecomKeys& keys, const std::string& secret) {
  const Status broken(Code::kUnauthenticated, "it was not encrypted with this key", "Encrypt");
  const auto bytes = bytes_of_base64(secret);
  if (!bytes.ok()) return broken;
  const auto plain = decrypt_aes256_cbc(keys.aes_key, iv_of(keys.aes_key), *bytes, kUnitBytes);
  if (!plain.ok() || plain->size() < kRandomBytes + kLengthBytes) return broken;
  std::size_t length = 0;
  for (std::size_t i = 0; i < kLengthBytes; ++i)
    length = length << 8 | static_cast<unsigned char>((*plain)[kRandomBytes + i]);
  const std::string_view rest = std::string_view(*plain).substr(kRandomBytes + kLengthBytes);
  if (length > rest.size()) return broken;
  if (rest.substr(length) != keys.receive_id)
    return Status(Code::kPermissionDenied, "the message is for another receiver", "Encrypt");
  return std::string(rest.substr(0, length));
}

std::string wecom_encrypt(const WecomKeys& keys, std::string_view msg, std::string_view random) {
  CHECK(random.size() == kRandomBytes, "16 random bytes begin a message");
  std::string plain(random);
  const auto length = static_cast<std::uint32_t>(msg.size());
  for (int shift = 24; shift >= 0; shift -= 8) plain += static_cast<char>(length >> shift & 0xFFu);
  plain += msg;
  plain += keys.receive_id;
  return base64_of(encrypt_aes256_cbc(keys.aes_key, iv_of(keys.aes_key), plain, kUnitBytes));
}

Result<WecomXml> WecomXml::read(std::string_view bytes) {
  pugi::xml_document document;
  // No document type is read: entities of a writer's own stay what they are.
  const auto parsed = document.load_buffer(bytes.data(), bytes.size(), pugi::parse_default, pugi::encoding_utf8);
  if (!parsed) return invalid_argument(fmt::format("no XML: {}", parsed.description()), "body");
  const pugi::xml_node root = document.child("xml");
  if (!root) return invalid_argument("the XML has no <xml>", "body");
  WecomXml xml;
  for (const pugi::xml_node& node : root.children()) {
    std::string text;
    for (const pugi::xml_node& part : node.children()) text += part.value();
    xml.texts_.try_emplace(node.name(), std::move(text));
  }
  return xml;
}

std::string WecomXml::text(std::string_view name) const {
  const auto found = texts_.find(name);
  return found == texts_.end() ? std::string() : found->second;
}

std::string wecom_cdata(std::string_view text) {
  constexpr std::string_view kEnd = "]]>";
  std::string out = "<![CDATA[";
  for (std::size_t at = 0;;) {
    const std::size_t end = text.find(kEnd, at);
    out += text.substr(at, end == std::string_view::npos ? end : end + 2 - at);
    if (end == std::string_view::npos) break;
    out += "]]><![CDATA[";  // the end's last character begins a section of its own
    at = end + 2;
  }
  return out + std::string(kEnd);
}

}  // namespace yupu::products
