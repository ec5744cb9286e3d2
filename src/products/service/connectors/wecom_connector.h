// WeCom: an app's callback (messages of members, encrypted XML) and the API that sends texts.
//
//   GET  ?msg_signature&timestamp&nonce&echostr    -> the decrypted echostr: the address is verified
//   POST ?msg_signature&timestamp&nonce  <xml><Encrypt>..</Encrypt></xml>
//        -> "" and the text by POST /cgi-bin/message/send, or, where replies go at once, the text in the answer,
//        encrypted, when it is there within the five seconds WeCom waits
//
// Documents 10514 (verification), 90238 and 90239 (messages), 90241 (replies), 90236 (send), 91039 (token) of
// developer.work.weixin.qq.com/document/path/.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "products/service/connectors/connector.h"
#include "products/service/connectors/wecom_message.h"

namespace yupu::products {

struct WecomOptions {
  std::string name;
  std::string api;  // stands for https://qyapi.weixin.qq.com
  std::int64_t agent_id = 0;
  WecomKeys keys;
  std::string secret;    // the app's, for its token
  bool at_once = false;  // replies in the callback's answer
  std::int64_t window_ns = 0;
};

std::unique_ptr<Connector> make_wecom_connector(WecomOptions options, http::Exchanger exchange);

// A decrypted message. Error: kInvalidArgument. No message: an event, a picture, a voice.
Result<Callback> read_wecom_message(std::string_view xml);

}  // namespace yupu::products
