// JSON Schemas (2020-12) of the routes' bodies, for the route table in service.cc and so for /openapi.json.
// Internal to service.cc; those of /v1/chat/completions: chat_schemas.h.
#pragma once

#include <string_view>

namespace yupu::serving {

inline constexpr std::string_view kHealthResponse = R"({
  "type": "object", "required": ["status"], "properties": {"status": {"type": "string"}}
})";

inline constexpr std::string_view kClassifyRequest = R"({
  "type": "object", "additionalProperties": false, "required": ["model", "input"],
  "properties": {
    "model": {"type": "string"},
    "input": {"oneOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}, "minItems": 1, "maxItems": 64}],
              "description": "text, or up to 64; each at most 8192 bytes"},
    "top_k": {"type": "integer", "minimum": 1, "maximum": 100000, "default": 5}
  }
})";

inline constexpr std::string_view kClassifyResponse = R"({
  "type": "object", "required": ["model", "release_id", "results", "usage"],
  "properties": {
    "model": {"type": "string"}, "release_id": {"type": "string"},
    "results": {"type": "array", "items": {"type": "object", "properties": {
      "index": {"type": "integer"}, "trace_id": {"type": "string"},
      "decision": {"enum": ["answer", "clarify", "refuse"],
                   "description": "by the model's thresholds; refuse: also when the text is out of its scope"},
      "labels": {"type": "array", "items": {"type": "object", "properties": {
        "label": {"type": "string"}, "score": {"type": "number"},
        "said": {"type": "boolean", "description": "of a model of any number of labels: whether the label's score reaches its threshold; those that do are all listed"}}}}}}},
    "usage": {"type": "object", "properties": {"tokens": {"type": "integer"}}}
  }
})";

inline constexpr std::string_view kEmbeddingsRequest = R"({
  "type": "object", "additionalProperties": false, "required": ["model", "input"],
  "properties": {
    "model": {"type": "string"},
    "input": {"oneOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}, "minItems": 1, "maxItems": 64}],
              "description": "text, or up to 64; each at most 8192 bytes"},
    "encoding_format": {"enum": ["float", "base64"], "default": "float",
                        "description": "base64: of the little-endian f32 bytes"},
    "dimensions": {"type": "integer", "description": "what the vectors have; they are not cut"},
    "user": {"type": "string", "description": "taken and not used"}
  }
})";

inline constexpr std::string_view kEmbeddingsResponse = R"({
  "type": "object", "required": ["object", "data", "model", "usage"],
  "properties": {
    "object": {"const": "list"}, "model": {"type": "string"},
    "data": {"type": "array", "items": {"type": "object", "required": ["object", "index", "embedding"], "properties": {
      "object": {"const": "embedding"}, "index": {"type": "integer"},
      "embedding": {"oneOf": [{"type": "array", "items": {"type": "number"}}, {"type": "string"}]}}}},
    "usage": {"type": "object", "required": ["prompt_tokens", "total_tokens"],
      "properties": {"prompt_tokens": {"type": "integer"}, "total_tokens": {"type": "integer"}}}
  }
})";

inline constexpr std::string_view kRerankRequest = R"({
  "type": "object", "additionalProperties": false, "required": ["model", "query", "documents"],
  "properties": {
    "model": {"type": "string"}, "query": {"type": "string", "description": "at most 8192 bytes"},
    "documents": {"type": "array", "items": {"type": "string"}, "minItems": 1, "maxItems": 128,
                  "description": "each at most 8192 bytes"},
    "top_n": {"type": "integer", "minimum": 1, "maximum": 100000, "description": "results; default: all"}
  }
})";

inline constexpr std::string_view kRerankResponse = R"({
  "type": "object", "required": ["model", "release_id", "results", "usage"],
  "properties": {
    "model": {"type": "string"}, "release_id": {"type": "string"},
    "results": {"type": "array", "items": {"type": "object", "required": ["index", "score"], "properties": {
      "index": {"type": "integer", "description": "into documents"},
      "score": {"type": "number", "description": "from 0 to 1; the best document first"}}}},
    "usage": {"type": "object", "properties": {"tokens": {"type": "integer"}}}
  }
})";

inline constexpr std::string_view kAnswerRequest = R"({
  "type": "object", "additionalProperties": false, "required": ["bot"],
  "anyOf": [{"required": ["text"]}, {"required": ["option"]}],
  "properties": {
    "bot": {"type": "string"},
    "conversation": {"type": "string", "maxLength": 256,
                     "description": "of the answer before; absent: a conversation begins"},
    "text": {"type": "string", "description": "at most 8192 bytes"},
    "option": {"type": "string", "maxLength": 256, "description": "the intent of an option that was tapped"},
    "channel": {"type": "string", "maxLength": 256,
                "description": "where the visitor is; default: the conversation's, at its beginning web"},
    "visitor": {"type": "string", "minLength": 1, "maxLength": 128,
                "description": "who asks, as you name them: by this name their conversations are deleted"}
  }
})";

inline constexpr std::string_view kAnswerResponse = R"({
  "type": "object", "required": ["decision", "text", "score", "intent", "sources", "options", "trace_id", "conversation"],
  "properties": {
    "decision": {"enum": ["answer", "clarify", "refuse", "handoff"]},
    "text": {"type": "string"}, "score": {"type": "number"}, "intent": {"type": "string"},
    "lang": {"enum": ["zh", "en"]},
    "sources": {"type": "array", "description": "of an approved text its source; of a text out of documents its sentences",
      "items": {"oneOf": [{"type": "string"}, {"type": "object",
        "required": ["document", "version", "begin", "end", "title", "date", "score"], "properties": {
          "document": {"type": "string"}, "version": {"type": "integer"},
          "begin": {"type": "integer", "description": "bytes of that version's text"}, "end": {"type": "integer"},
          "title": {"type": "string"}, "date": {"type": "string", "format": "date"}, "score": {"type": "number"},
          "page": {"type": "integer", "minimum": 1, "description": "of a document that has pages"}}}]}},
    "options": {"type": "array", "items": {"type": "object", "properties": {
      "intent": {"type": "string"}, "title": {"type": "string"}}}},
    "trace_id": {"type": "string"}, "bot": {"type": "string"}, "release_id": {"type": "string"},
    "conversation": {"type": "string", "description": "where the next message goes"},
    "began_anew": {"const": true, "description": "the conversation sent is over; this is another one"},
    "slot": {"type": "string", "description": "clarify: the value that is asked for"},
    "usage": {"type": "object", "properties": {"tokens": {"type": "integer"}}}
  }
})";

inline constexpr std::string_view kFeedbackRequest = R"({
  "type": "object", "additionalProperties": false, "required": ["trace_id"],
  "properties": {
    "trace_id": {"type": "string"}, "rating": {"enum": [1, -1]},
    "correction": {"type": "string", "description": "the right label"}, "reason": {"type": "string"}
  }
})";

inline constexpr std::string_view kFeedbackResponse = R"({
  "type": "object", "required": ["id", "trace_id"],
  "properties": {"id": {"type": "string"}, "trace_id": {"type": "string"},
                 "rating": {"enum": [1, -1]}, "correction": {"type": "string"}}
})";

inline constexpr std::string_view kVisitorRequest = R"({
  "type": "object", "additionalProperties": false, "required": ["bot"],
  "dependentRequired": {"user_id": ["expires_at", "signature"], "expires_at": ["user_id"], "signature": ["user_id"]},
  "properties": {
    "bot": {"type": "string"},
    "user_id": {"type": "string", "maxLength": 256, "description": "who the visitor is, as the shop knows them"},
    "expires_at": {"type": "integer", "description": "end of the signature, seconds since 1970; at most 24 hours away"},
    "signature": {"type": "string",
                  "description": "hex HMAC-SHA256 with the bot's identity secret of bot, user_id, expires_at, one a line"}
  }
})";

inline constexpr std::string_view kVisitorResponse = R"({
  "type": "object", "required": ["token", "bot", "expires_at"],
  "properties": {
    "token": {"type": "string", "description": "send it as header yupu-visitor with /v1/answer and /v1/feedback"},
    "bot": {"type": "string"}, "expires_at": {"type": "string", "format": "date-time"}
  }
})";

inline constexpr std::string_view kWidgetResponse = R"({
  "type": "object", "required": ["bot", "title", "accent", "examples"],
  "properties": {
    "bot": {"type": "string"},
    "title": {"type": "object", "properties": {"zh": {"type": "string"}, "en": {"type": "string"}}},
    "accent": {"type": "string", "description": "#rrggbb"},
    "examples": {"type": "array", "items": {"type": "string"}, "description": "questions to begin with"}
  }
})";

inline constexpr std::string_view kModelsResponse = R"({
  "type": "object", "required": ["object", "data"],
  "properties": {
    "object": {"const": "list"},
    "data": {"type": "array", "items": {"type": "object", "required": ["id", "kind", "labels", "release_id"],
      "properties": {
        "id": {"type": "string"}, "object": {"const": "model"}, "kind": {"enum": ["model", "bot"]},
        "created": {"type": "integer", "description": "Unix time at which it was loaded"},
        "owned_by": {"const": "yupu"}, "loaded_at": {"type": "string"},
        "model": {"type": "string", "description": "of a bot: the model that reads for it"},
        "release_id": {"type": "string"}, "labels": {"type": "array", "items": {"type": "string"}},
        "dimensions": {"type": "integer", "description": "of a model that gives vectors"},
        "titles": {"type": "object"}, "examples": {"type": "array", "items": {"type": "string"}}}}}
  }
})";

inline constexpr std::string_view kMonthQuery = R"({
  "type": "object", "properties": {"month": {"type": "string", "description": "YYYY-MM; default: the running one"}}
})";

inline constexpr std::string_view kUsageResponse = R"({
  "type": "object", "required": ["tenant_id", "month", "plan", "calls", "tokens", "price", "price_ufen", "lines"],
  "properties": {
    "tenant_id": {"type": "string"}, "month": {"type": "string"}, "plan": {"type": "string"},
    "calls": {"type": "integer"}, "tokens": {"type": "integer"},
    "price": {"type": "string"}, "price_ufen": {"type": "integer", "description": "10^-6 fen"},
    "quota_tokens": {"type": ["integer", "null"]}, "quota_ufen": {"type": ["integer", "null"]},
    "lines": {"type": "array", "items": {"type": "object",
      "required": ["meter", "model", "calls", "tokens", "price", "price_ufen"], "properties": {
        "meter": {"type": "string"}, "model": {"type": "string"}, "calls": {"type": "integer"},
        "tokens": {"type": "integer"}, "price": {"type": "string"}, "price_ufen": {"type": "integer"}}}}
  }
})";

inline constexpr std::string_view kBalanceResponse = R"({
  "type": "object", "required": ["tenant_id", "owed", "owed_ufen", "currency"],
  "properties": {
    "tenant_id": {"type": "string"}, "owed": {"type": "string"}, "owed_ufen": {"type": "integer"},
    "currency": {"const": "CNY"},
    "accounts": {"type": "object", "additionalProperties": {"type": "integer"}, "description": "ufen, by kind"}
  }
})";

inline constexpr std::string_view kInvoicesResponse = R"({
  "type": "object", "required": ["data"],
  "properties": {"data": {"type": "array", "items": {"type": "object",
    "required": ["id", "tenant_id", "month", "kind", "state", "currency", "net_fen", "vat_fen", "total_fen", "lines"],
    "properties": {
      "id": {"type": "string"}, "tenant_id": {"type": "string"}, "month": {"type": "string"},
      "kind": {"type": "string"}, "state": {"enum": ["draft", "open"]}, "number": {"type": ["string", "null"]},
      "currency": {"const": "CNY"}, "net_ufen": {"type": "integer"}, "net_fen": {"type": "integer"},
      "vat_ppm": {"type": "integer"}, "vat_fen": {"type": "integer"}, "total_fen": {"type": "integer"},
      "lines": {"type": "array", "items": {"type": "object",
        "required": ["meter", "model", "calls", "tokens", "amount_ufen", "amount_fen"], "properties": {
          "meter": {"type": "string"}, "model": {"type": "string"}, "calls": {"type": "integer"},
          "tokens": {"type": "integer"}, "amount_ufen": {"type": "integer"}, "amount_fen": {"type": "integer"}}}},
      "sha256": {"type": "string"}, "made_at": {"type": "string"}}}}}
})";

}  // namespace yupu::serving
