// DingTalk: robot callbacks by HTTP (open.dingtalk.com, "receive messages of a robot").
//
//   sign = base64(HMAC-SHA256(app secret, timestamp + "\n" + app secret)), timestamp in ms; both in headers, at most an
//   hour old.  It signs no body: that only DingTalk writes it, TLS in front must see to.
//
// Texts go to the session's webhook, which a callback brings and which ends. Only its path and query are taken out of
// it: the host is the configured one, so that nobody sends our answers elsewhere by writing an address into a callback.
// A conversation is of one sender in one DingTalk chat.
#pragma once

#include <memory>
#include <string>

#include "products/service/connectors/connector.h"

namespace yupu::products {

struct DingTalkOptions {
  std::string name;
  std::string api;     // stands for https://oapi.dingtalk.com
  std::string secret;  // the app's
  std::int64_t window_ns = 0;
};

std::unique_ptr<Connector> make_dingtalk_connector(DingTalkOptions options, http::Exchanger exchange);

std::string dingtalk_sign(const std::string& secret, const std::string& timestamp_ms);
// The body of a callback. Error: kInvalidArgument. No message: not a text.
Result<Callback> read_dingtalk_body(std::string_view body);

}  // namespace yupu::products
