// What the routes that ask a bot (/v1/answer, /v1/chat/completions) differ in. Internal to service*.cc.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "base/json.h"
#include "serving/service.h"

namespace yupu::serving {

struct Service::BotCall {
  std::string route;
  std::string bot;
  std::string bot_field;        // how the caller names it
  VisitorMessage message = {};  // but for the tenant
  std::string where = {};       // in the body, the message's members stand: "metadata."
  // The body, of what POST /v1/answer says without usage.
  std::function<OrderedJson(OrderedJson answer, std::int64_t tokens)> shape = {};
};

}  // namespace yupu::serving
