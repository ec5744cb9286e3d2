// A notice as the robot of a chat group takes it: what is posted where, how it is signed, and what the answer means.
//
//   wecom     markdown, at most 4096 bytes; the address holds the key developer.work.weixin.qq.com/document/path/91770
//   dingtalk  markdown; signed by ?timestamp=ms&sign=base64(HMAC-SHA256(secret, timestamp "\n" secret))
//                                                    open.dingtalk.com/document/robots/custom-robot-access
//   feishu    rich text ("post"); signed in the body by sign=base64(HMAC-SHA256(timestamp "\n" secret, ""))
//                                                    open.feishu.cn/document/client-docs/bot-v3/add-custom-bot
//   slack     mrkdwn with & < > escaped; the address holds the key       api.slack.com/messaging/webhooks
//
// A title cannot become markup, a mention or another link: what would begin one is written in its full-width form, or
// escaped where the chat has escapes. WeCom, DingTalk and Feishu say in a 200 whether they took it.
// Threads: pure functions.
#pragma once

#include <cstdint>
#include <string>

#include "base/json.h"
#include "base/status.h"
#include "http/webhook.h"
#include "products/monitor/alarms/notices.h"

namespace yupu::monitor {

struct ChatPost {
  std::string url;
  std::string body;  // JSON
};
// A robot's address holds its key, or what is signed with it: over plain http anybody on the way reads it. http is for
// tests, where the host is this machine and private addresses are allowed.
// Errors: kInvalidArgument, field "url": no address, or plain http.
Status check_chat_address(const std::string& url, bool allow_private);

// REQUIRES: a route of one of the four kinds. `notice`: the JSON that a webhook gets.
ChatPost chat_post(const Route& route, const Json& notice, std::int64_t now_ns);

http::Attempt judge_chat(RouteKind kind, const Result<http::Response>& answer);

std::string feishu_sign(const std::string& secret, const std::string& timestamp_s);

}  // namespace yupu::monitor
