// POST /v1/chat/completions: the bot of POST /v1/answer in OpenAI's shape, so that their clients work unchanged.
//
//   metadata.conversation  -> that conversation goes on with the last message of the user
//   without it             -> the caller keeps the conversation: the model reads all messages of the user anew, and the
//                             bot answers the last as if it had heard the others. All that is read is charged.
#include <utility>

#include "serving/bot_call.h"
#include "serving/chat_body.h"
#include "serving/chat_json.h"

namespace yupu::serving {
namespace {

// The answer is there as a whole, so that all its events are sent as one body. What is stored under an Idempotency-Key
// is the completion: it is made into events when it is sent.
http::Response as_events(const http::Response& completion, bool with_usage) {
  http::Response events =
      http::text_response(200, "text/event-stream; charset=utf-8", chat_events(completion.body, with_usage));
  events.headers.add("cache-control", "no-store");
  for (const auto& [name, value] : completion.headers) {
    if (events.headers.find(name) == nullptr) events.headers.add(name, value);
  }
  return events;
}

}  // namespace

http::Response Service::chat(const http::Request& request) {
  const Access access = admit(request, "inference", false, false);
  if (!access.caller) return access.refusal;
  Result<ChatBody> parsed = parse_chat(request.body, options_.limits);
  if (!parsed.ok()) return failed(request, parsed.status());
  ChatBody& body = *parsed;
  VisitorMessage message{.tenant_id = {},
                         .conversation = std::move(body.conversation),
                         .text = std::move(body.said.back()),
                         .option = std::move(body.option),
                         .channel = std::move(body.channel)};
  body.said.pop_back();
  message.earlier = std::move(body.said);
  const auto shape = [this](OrderedJson answer, std::int64_t tokens) {
    return chat_completion(std::move(answer), tokens, clock_.now_ns());
  };
  http::Response response = ask_bot(request, access,
                                    {.route = "/v1/chat/completions",
                                     .bot = std::move(body.model),
                                     .bot_field = "model",
                                     .message = std::move(message),
                                     .where = "metadata.",
                                     .shape = shape});
  return body.stream && response.status == 200 ? as_events(response, body.stream_usage) : response;
}

}  // namespace yupu::serving
