// JSON Schemas (2020-12) of POST /v1/chat/completions: OpenAI's shapes, as far as they are taken (chat_body.h) and said
// (chat_json.h). Internal to service.cc.
#pragma once

#include <string_view>

namespace yupu::serving {

inline constexpr std::string_view kChatRequest = R"({
  "type": "object", "additionalProperties": false, "required": ["model", "messages"],
  "properties": {
    "model": {"type": "string", "description": "the bot"},
    "messages": {"type": "array", "minItems": 1, "items": {"type": "object", "required": ["role"], "properties": {
        "role": {"enum": ["user", "assistant", "system", "developer"],
                 "description": "only what the user says is read: the bot's words are the shop's"},
        "content": {"oneOf": [{"type": "string"}, {"type": "array", "items": {"type": "object",
                      "required": ["type", "text"],
                      "properties": {"type": {"const": "text"}, "text": {"type": "string"}}}}, {"type": "null"}],
                    "description": "of the user at most 8192 bytes"},
        "name": {"type": "string"}, "refusal": {"type": ["string", "null"]}}},
      "description": "at most 64 of the user where metadata names no conversation"},
    "stream": {"type": "boolean", "default": false},
    "stream_options": {"type": "object", "properties": {"include_usage": {"type": "boolean"}}},
    "metadata": {"type": "object", "additionalProperties": false, "properties": {
      "conversation": {"type": "string", "maxLength": 256,
                       "description": "yupu.conversation of the answer before: the last message of the user goes on with it. Absent: the messages are the conversation, and are all read and charged"},
      "option": {"type": "string", "maxLength": 256, "description": "the intent of an option that was tapped"},
      "channel": {"type": "string", "maxLength": 256, "description": "where the visitor is"}}},
    "n": {"const": 1},
    "logprobs": {"const": false},
    "store": {"const": false},
    "response_format": {"type": "object", "properties": {"type": {"const": "text"}}},
    "temperature": {"type": "number", "description": "taken and not used, as the five below: nothing is sampled"},
    "top_p": {"type": "number"}, "presence_penalty": {"type": "number"}, "frequency_penalty": {"type": "number"},
    "seed": {"type": "integer"}, "user": {"type": "string", "maxLength": 256}
  }
})";

inline constexpr std::string_view kChatResponse = R"({
  "type": "object", "required": ["id", "object", "created", "model", "choices", "usage", "yupu"],
  "properties": {
    "id": {"type": "string", "description": "the trace_id"}, "object": {"const": "chat.completion"},
    "created": {"type": "integer"}, "model": {"type": "string"},
    "system_fingerprint": {"type": "string", "description": "the release_id"},
    "choices": {"type": "array", "items": {"type": "object", "required": ["index", "message", "finish_reason"],
      "properties": {
        "index": {"type": "integer"},
        "message": {"type": "object", "required": ["role", "content"], "properties": {
          "role": {"const": "assistant"},
          "content": {"type": "string", "description": "the text; options follow it, '- title' a line"},
          "refusal": {"type": "null"}}},
        "logprobs": {"type": "null"}, "finish_reason": {"const": "stop"}}}},
    "usage": {"type": "object", "required": ["prompt_tokens", "completion_tokens", "total_tokens"], "properties": {
      "prompt_tokens": {"type": "integer"}, "completion_tokens": {"const": 0}, "total_tokens": {"type": "integer"}}},
    "yupu": {"$ref": "#/paths/~1v1~1answer/post/responses/200/content/application~1json/schema"}
  }
})";

inline constexpr std::string_view kChatEvent = R"({
  "type": "object", "required": ["id", "object", "created", "model", "choices"],
  "properties": {
    "id": {"type": "string"}, "object": {"const": "chat.completion.chunk"}, "created": {"type": "integer"},
    "model": {"type": "string"}, "system_fingerprint": {"type": "string"},
    "choices": {"type": "array", "items": {"type": "object", "required": ["index", "delta", "finish_reason"],
      "properties": {
        "index": {"type": "integer"},
        "delta": {"type": "object", "properties": {"role": {"const": "assistant"}, "content": {"type": "string"}}},
        "logprobs": {"type": "null"}, "finish_reason": {"enum": ["stop", null]}}}},
    "usage": {"oneOf": [{"type": "null"}, {"type": "object", "properties": {
      "prompt_tokens": {"type": "integer"}, "completion_tokens": {"const": 0}, "total_tokens": {"type": "integer"}}}],
      "description": "asked for by stream_options.include_usage: of the last event"},
    "yupu": {"$ref": "#/paths/~1v1~1answer/post/responses/200/content/application~1json/schema"}
  }
})";

}  // namespace yupu::serving
