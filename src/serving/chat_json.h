// What a bot said, in OpenAI's shapes: a chat completion, and the events of a streamed one.
//
// The message's content is the approved text; options that may have been meant follow it, "- title", a line each. All
// that POST /v1/answer says stands beside it as `yupu`: decision, score, sources, options, trace_id, conversation.
// `id` is the trace's, `system_fingerprint` the release's. No token is written: completion_tokens is 0.
#pragma once

#include <cstdint>
#include <string>

#include "base/json.h"

namespace yupu::serving {

// `answer`: what POST /v1/answer says, but for usage.
OrderedJson chat_completion(OrderedJson answer, std::int64_t tokens, std::int64_t created_ns);

// text/event-stream (HTML Living Standard, 9.2): chunks, of which the last with a choice carries `yupu`; the usage, if
// it was asked for; [DONE]. `completion`: the text of a chat completion of ours.
std::string chat_events(const std::string& completion, bool with_usage);

}  // namespace yupu::serving
