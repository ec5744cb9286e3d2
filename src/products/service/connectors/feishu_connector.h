// Feishu (Lark): an app's events and the API that replies (open.feishu.cn, "receive events", "reply to a message").
//
//   body       {"encrypt": base64(iv, AES-256-CBC(SHA-256(encrypt key), iv, event))}
//   signature  X-Lark-Signature = hex(SHA-256(X-Lark-Request-Timestamp + X-Lark-Request-Nonce + encrypt key + body))
//   event      its token is the app's verification token; {"type": "url_verification", "challenge"} -> {"challenge"}
//
// An encrypt key is required: without one nothing is signed. A verification of the address is encrypted, but comes
// without a signature. A conversation is of one sender in one chat.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "products/service/connectors/connector.h"

namespace yupu::products {

struct FeishuOptions {
  std::string name;
  std::string api;  // stands for https://open.feishu.cn
  std::string app_id;
  std::string secret;  // the app's, for its token
  std::string token;   // verification token
  std::string encrypt_key;
  std::int64_t window_ns = 0;
};

std::unique_ptr<Connector> make_feishu_connector(FeishuOptions options, http::Exchanger exchange);

std::string feishu_signature(std::string_view timestamp, std::string_view nonce, std::string_view encrypt_key,
                             std::string_view body);
// kUnauthenticated: not with this key.
Result<std::string> feishu_decrypt(const std::string& encrypt_key, const std::string& secret);
// A decrypted event. Errors: kPermissionDenied: of another app; kInvalidArgument. No message: not a text of a person.
Result<Callback> read_feishu_event(std::string_view event, const std::string& token);

}  // namespace yupu::products
