// The body of POST /v1/chat/completions: OpenAI's, as far as a bot of approved texts can do what it asks for.
//   asks for more (tools, n > 1, max_tokens, ...)          -> kInvalidArgument naming the field
//   cannot change what is said (temperature, seed, user)    -> type checked, not used
//   null                                                    -> as if it were not there, as in OpenAI's
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "serving/request_body.h"

namespace yupu::serving {

struct ChatBody {
  std::string model;              // the bot
  std::vector<std::string> said;  // by the visitor, in order; of a conversation that the server keeps the last alone
  bool stream = false;
  bool stream_usage = false;  // stream_options.include_usage
  // metadata
  std::string conversation;  // empty: the caller keeps the conversation, in `messages`
  std::string option;        // intent of a button that was tapped
  std::string channel;
};

// What the visitor said before counts to limits.inputs_max. Words of the assistant and of the system are not read.
Result<ChatBody> parse_chat(std::string_view body, const BodyLimits& limits);

}  // namespace yupu::serving
