// A server that signs webhooks, both ways (http/webhook.h).
//
//   to us     POST {"id": "e1", "visitor": "u7", "text": "where is my parcel"}     -> 202 {"id": "e1"}
//   from us   POST url {"id", "connector", "conversation", "visitor", "author": "bot" | "person", "agent", "text",
//             "in_reply_to": "e1", the visitor's last message}                      -> 2xx
#pragma once

#include <memory>
#include <string>

#include "products/service/connectors/connector.h"

namespace yupu::products {

struct WebhookOptions {
  std::string name;
  std::string url;     // where texts go
  std::string secret;  // signs both ways
  std::int64_t window_ns = 0;
};

std::unique_ptr<Connector> make_webhook_connector(WebhookOptions options, http::Exchanger exchange);

}  // namespace yupu::products
