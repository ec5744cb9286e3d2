// WeCom's encrypted messages (developer.work.weixin.qq.com/document/path/91144).
//
//   key       base64(EncodingAESKey + "="), 32 bytes; iv: its first 16
//   plain     16 random bytes | length of msg, 4 bytes big-endian | msg | receive id; PKCS#7 to units of 32
//   signature hex(SHA-1(sorted and joined: token, timestamp, nonce, base64 of the secret))
//
// Threads  pure.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>

#include "base/status.h"

namespace yupu::products {

struct WecomKeys {
  std::string token;
  std::string aes_key;     // 32 bytes
  std::string receive_id;  // the corp's id
};
// kInvalidArgument, field "aes_key": not 43 characters that are 32 bytes.
Result<std::string> wecom_aes_key(const std::string& encoding_aes_key);

std::string wecom_signature(const std::string& token, const std::string& timestamp, const std::string& nonce,
                            const std::string& secret);

// The msg of what was encrypted. Errors: kUnauthenticated: not with this key; kPermissionDenied: for another receiver.
Result<std::string> wecom_decrypt(const WecomKeys& keys, const std::string& secret);
// `random`: 16 bytes.
std::string wecom_encrypt(const WecomKeys& keys, std::string_view msg, std::string_view random);

// <xml> and the texts of the elements right below it; of two of one name the first counts.
class WecomXml {
 public:
  // Error: kInvalidArgument: not XML of that kind.
  static Result<WecomXml> read(std::string_view bytes);
  // "" when there is none.
  std::string text(std::string_view name) const;

 private:
  std::map<std::string, std::string, std::less<>> texts_;
};

// A text with everything that XML reads otherwise written out.
std::string wecom_cdata(std::string_view text);

}  // namespace yupu::products
