// Bodies of requests and answers, to and from JSON.  Made by sdk/generate.py from /openapi.json: do not edit.
// clang-format off
#include "yupu/types.h"

namespace yupu::client {

void to_json(Json& json, const ClassifyRequest& value) {
  json = Json::object();
  put(json, "model", value.model);
  put(json, "input", value.input);
  put(json, "top_k", value.top_k);
}
void from_json(const Json& json, ClassifyRequest& value) {
  take(json, "model", value.model);
  take(json, "input", value.input);
  take(json, "top_k", value.top_k);
}

void to_json(Json& json, const ClassifyResponseResultLabel& value) {
  json = Json::object();
  put(json, "label", value.label);
  put(json, "score", value.score);
  put(json, "said", value.said);
}
void from_json(const Json& json, ClassifyResponseResultLabel& value) {
  take(json, "label", value.label);
  take(json, "score", value.score);
  take(json, "said", value.said);
}

void to_json(Json& json, const ClassifyResponseResult& value) {
  json = Json::object();
  put(json, "index", value.index);
  put(json, "trace_id", value.trace_id);
  put(json, "decision", value.decision);
  put(json, "labels", value.labels);
}
void from_json(const Json& json, ClassifyResponseResult& value) {
  take(json, "index", value.index);
  take(json, "trace_id", value.trace_id);
  take(json, "decision", value.decision);
  take(json, "labels", value.labels);
}

void to_json(Json& json, const ClassifyResponseUsage& value) {
  json = Json::object();
  put(json, "tokens", value.tokens);
}
void from_json(const Json& json, ClassifyResponseUsage& value) {
  take(json, "tokens", value.tokens);
}

void to_json(Json& json, const ClassifyResponse& value) {
  json = Json::object();
  put(json, "model", value.model);
  put(json, "release_id", value.release_id);
  put(json, "results", value.results);
  put(json, "usage", value.usage);
}
void from_json(const Json& json, ClassifyResponse& value) {
  take(json, "model", value.model);
  take(json, "release_id", value.release_id);
  take(json, "results", value.results);
  take(json, "usage", value.usage);
}

void to_json(Json& json, const EmbeddingsRequest& value) {
  json = Json::object();
  put(json, "model", value.model);
  put(json, "input", value.input);
  put(json, "encoding_format", value.encoding_format);
  put(json, "dimensions", value.dimensions);
  put(json, "user", value.user);
}
void from_json(const Json& json, EmbeddingsRequest& value) {
  take(json, "model", value.model);
  take(json, "input", value.input);
  take(json, "encoding_format", value.encoding_format);
  take(json, "dimensions", value.dimensions);
  take(json, "user", value.user);
}

void to_json(Json& json, const EmbeddingsResponseData& value) {
  json = Json::object();
  put(json, "object", value.object);
  put(json, "index", value.index);
  put(json, "embedding", value.embedding);
}
void from_json(const Json& json, EmbeddingsResponseData& value) {
  take(json, "object", value.object);
  take(json, "index", value.index);
  take(json, "embedding", value.embedding);
}

void to_json(Json& json, const EmbeddingsResponseUsage& value) {
  json = Json::object();
  put(json, "prompt_tokens", value.prompt_tokens);
  put(json, "total_tokens", value.total_tokens);
}
void from_json(const Json& json, EmbeddingsResponseUsage& value) {
  take(json, "prompt_tokens", value.prompt_tokens);
  take(json, "total_tokens", value.total_tokens);
}

void to_json(Json& json, const EmbeddingsResponse& value) {
  json = Json::object();
  put(json, "object", value.object);
  put(json, "model", value.model);
  put(json, "data", value.data);
  put(json, "usage", value.usage);
}
void from_json(const Json& json, EmbeddingsResponse& value) {
  take(json, "object", value.object);
  take(json, "model", value.model);
  take(json, "data", value.data);
  take(json, "usage", value.usage);
}

void to_json(Json& json, const RerankRequest& value) {
  json = Json::object();
  put(json, "model", value.model);
  put(json, "query", value.query);
  put(json, "documents", value.documents);
  put(json, "top_n", value.top_n);
}
void from_json(const Json& json, RerankRequest& value) {
  take(json, "model", value.model);
  take(json, "query", value.query);
  take(json, "documents", value.documents);
  take(json, "top_n", value.top_n);
}

void to_json(Json& json, const RerankResponseResult& value) {
  json = Json::object();
  put(json, "index", value.index);
  put(json, "score", value.score);
}
void from_json(const Json& json, RerankResponseResult& value) {
  take(json, "index", value.index);
  take(json, "score", value.score);
}

void to_json(Json& json, const RerankResponseUsage& value) {
  json = Json::object();
  put(json, "tokens", value.tokens);
}
void from_json(const Json& json, RerankResponseUsage& value) {
  take(json, "tokens", value.tokens);
}

void to_json(Json& json, const RerankResponse& value) {
  json = Json::object();
  put(json, "model", value.model);
  put(json, "release_id", value.release_id);
  put(json, "results", value.results);
  put(json, "usage", value.usage);
}
void from_json(const Json& json, RerankResponse& value) {
  take(json, "model", value.model);
  take(json, "release_id", value.release_id);
  take(json, "results", value.results);
  take(json, "usage", value.usage);
}

void to_json(Json& json, const AnswerRequest& value) {
  json = Json::object();
  put(json, "bot", value.bot);
  put(json, "conversation", value.conversation);
  put(json, "text", value.text);
  put(json, "option", value.option);
  put(json, "channel", value.channel);
  put(json, "visitor", value.visitor);
}
void from_json(const Json& json, AnswerRequest& value) {
  take(json, "bot", value.bot);
  take(json, "conversation", value.conversation);
  take(json, "text", value.text);
  take(json, "option", value.option);
  take(json, "channel", value.channel);
  take(json, "visitor", value.visitor);
}

void to_json(Json& json, const AnswerResponseSource& value) {
  json = Json::object();
  put(json, "document", value.document);
  put(json, "version", value.version);
  put(json, "begin", value.begin);
  put(json, "end", value.end);
  put(json, "title", value.title);
  put(json, "date", value.date);
  put(json, "score", value.score);
  put(json, "page", value.page);
}
void from_json(const Json& json, AnswerResponseSource& value) {
  take(json, "document", value.document);
  take(json, "version", value.version);
  take(json, "begin", value.begin);
  take(json, "end", value.end);
  take(json, "title", value.title);
  take(json, "date", value.date);
  take(json, "score", value.score);
  take(json, "page", value.page);
}

void to_json(Json& json, const AnswerResponseOption& value) {
  json = Json::object();
  put(json, "intent", value.intent);
  put(json, "title", value.title);
}
void from_json(const Json& json, AnswerResponseOption& value) {
  take(json, "intent", value.intent);
  take(json, "title", value.title);
}

void to_json(Json& json, const AnswerResponseUsage& value) {
  json = Json::object();
  put(json, "tokens", value.tokens);
}
void from_json(const Json& json, AnswerResponseUsage& value) {
  take(json, "tokens", value.tokens);
}

void to_json(Json& json, const AnswerResponse& value) {
  json = Json::object();
  put(json, "decision", value.decision);
  put(json, "text", value.text);
  put(json, "score", value.score);
  put(json, "intent", value.intent);
  put(json, "lang", value.lang);
  put(json, "sources", value.sources);
  put(json, "options", value.options);
  put(json, "trace_id", value.trace_id);
  put(json, "bot", value.bot);
  put(json, "release_id", value.release_id);
  put(json, "conversation", value.conversation);
  put(json, "began_anew", value.began_anew);
  put(json, "slot", value.slot);
  put(json, "usage", value.usage);
}
void from_json(const Json& json, AnswerResponse& value) {
  take(json, "decision", value.decision);
  take(json, "text", value.text);
  take(json, "score", value.score);
  take(json, "intent", value.intent);
  take(json, "lang", value.lang);
  take(json, "sources", value.sources);
  take(json, "options", value.options);
  take(json, "trace_id", value.trace_id);
  take(json, "bot", value.bot);
  take(json, "release_id", value.release_id);
  take(json, "conversation", value.conversation);
  take(json, "began_anew", value.began_anew);
  take(json, "slot", value.slot);
  take(json, "usage", value.usage);
}

void to_json(Json& json, const ChatCompletionsRequestMessage& value) {
  json = Json::object();
  put(json, "role", value.role);
  put(json, "content", value.content);
  put(json, "name", value.name);
  put(json, "refusal", value.refusal);
}
void from_json(const Json& json, ChatCompletionsRequestMessage& value) {
  take(json, "role", value.role);
  take(json, "content", value.content);
  take(json, "name", value.name);
  take(json, "refusal", value.refusal);
}

void to_json(Json& json, const ChatCompletionsRequestStreamOptions& value) {
  json = Json::object();
  put(json, "include_usage", value.include_usage);
}
void from_json(const Json& json, ChatCompletionsRequestStreamOptions& value) {
  take(json, "include_usage", value.include_usage);
}

void to_json(Json& json, const ChatCompletionsRequestMetadata& value) {
  json = Json::object();
  put(json, "conversation", value.conversation);
  put(json, "option", value.option);
  put(json, "channel", value.channel);
}
void from_json(const Json& json, ChatCompletionsRequestMetadata& value) {
  take(json, "conversation", value.conversation);
  take(json, "option", value.option);
  take(json, "channel", value.channel);
}

void to_json(Json& json, const ChatCompletionsRequestResponseFormat& value) {
  json = Json::object();
  put(json, "type", value.type);
}
void from_json(const Json& json, ChatCompletionsRequestResponseFormat& value) {
  take(json, "type", value.type);
}

void to_json(Json& json, const ChatCompletionsRequest& value) {
  json = Json::object();
  put(json, "model", value.model);
  put(json, "messages", value.messages);
  put(json, "stream", value.stream);
  put(json, "stream_options", value.stream_options);
  put(json, "metadata", value.metadata);
  put(json, "n", value.n);
  put(json, "logprobs", value.logprobs);
  put(json, "store", value.store);
  put(json, "response_format", value.response_format);
  put(json, "temperature", value.temperature);
  put(json, "top_p", value.top_p);
  put(json, "presence_penalty", value.presence_penalty);
  put(json, "frequency_penalty", value.frequency_penalty);
  put(json, "seed", value.seed);
  put(json, "user", value.user);
}
void from_json(const Json& json, ChatCompletionsRequest& value) {
  take(json, "model", value.model);
  take(json, "messages", value.messages);
  take(json, "stream", value.stream);
  take(json, "stream_options", value.stream_options);
  take(json, "metadata", value.metadata);
  take(json, "n", value.n);
  take(json, "logprobs", value.logprobs);
  take(json, "store", value.store);
  take(json, "response_format", value.response_format);
  take(json, "temperature", value.temperature);
  take(json, "top_p", value.top_p);
  take(json, "presence_penalty", value.presence_penalty);
  take(json, "frequency_penalty", value.frequency_penalty);
  take(json, "seed", value.seed);
  take(json, "user", value.user);
}

void to_json(Json& json, const ChatCompletionsRequestMessageContent& value) {
  json = Json::object();
  put(json, "type", value.type);
  put(json, "text", value.text);
}
void from_json(const Json& json, ChatCompletionsRequestMessageContent& value) {
  take(json, "type", value.type);
  take(json, "text", value.text);
}

void to_json(Json& json, const ChatCompletionsResponseChoiceMessage& value) {
  json = Json::object();
  put(json, "role", value.role);
  put(json, "content", value.content);
  put(json, "refusal", value.refusal);
}
void from_json(const Json& json, ChatCompletionsResponseChoiceMessage& value) {
  take(json, "role", value.role);
  take(json, "content", value.content);
  take(json, "refusal", value.refusal);
}

void to_json(Json& json, const ChatCompletionsResponseChoice& value) {
  json = Json::object();
  put(json, "index", value.index);
  put(json, "message", value.message);
  put(json, "logprobs", value.logprobs);
  put(json, "finish_reason", value.finish_reason);
}
void from_json(const Json& json, ChatCompletionsResponseChoice& value) {
  take(json, "index", value.index);
  take(json, "message", value.message);
  take(json, "logprobs", value.logprobs);
  take(json, "finish_reason", value.finish_reason);
}

void to_json(Json& json, const ChatCompletionsResponseUsage& value) {
  json = Json::object();
  put(json, "prompt_tokens", value.prompt_tokens);
  put(json, "completion_tokens", value.completion_tokens);
  put(json, "total_tokens", value.total_tokens);
}
void from_json(const Json& json, ChatCompletionsResponseUsage& value) {
  take(json, "prompt_tokens", value.prompt_tokens);
  take(json, "completion_tokens", value.completion_tokens);
  take(json, "total_tokens", value.total_tokens);
}

void to_json(Json& json, const ChatCompletionsResponse& value) {
  json = Json::object();
  put(json, "id", value.id);
  put(json, "object", value.object);
  put(json, "created", value.created);
  put(json, "model", value.model);
  put(json, "system_fingerprint", value.system_fingerprint);
  put(json, "choices", value.choices);
  put(json, "usage", value.usage);
  put(json, "yupu", value.yupu);
}
void from_json(const Json& json, ChatCompletionsResponse& value) {
  take(json, "id", value.id);
  take(json, "object", value.object);
  take(json, "created", value.created);
  take(json, "model", value.model);
  take(json, "system_fingerprint", value.system_fingerprint);
  take(json, "choices", value.choices);
  take(json, "usage", value.usage);
  take(json, "yupu", value.yupu);
}

void to_json(Json& json, const ChatCompletionsEventChoiceDelta& value) {
  json = Json::object();
  put(json, "role", value.role);
  put(json, "content", value.content);
}
void from_json(const Json& json, ChatCompletionsEventChoiceDelta& value) {
  take(json, "role", value.role);
  take(json, "content", value.content);
}

void to_json(Json& json, const ChatCompletionsEventChoice& value) {
  json = Json::object();
  put(json, "index", value.index);
  put(json, "delta", value.delta);
  put(json, "logprobs", value.logprobs);
  put(json, "finish_reason", value.finish_reason);
}
void from_json(const Json& json, ChatCompletionsEventChoice& value) {
  take(json, "index", value.index);
  take(json, "delta", value.delta);
  take(json, "logprobs", value.logprobs);
  take(json, "finish_reason", value.finish_reason);
}

void to_json(Json& json, const ChatCompletionsEventUsage& value) {
  json = Json::object();
  put(json, "prompt_tokens", value.prompt_tokens);
  put(json, "completion_tokens", value.completion_tokens);
  put(json, "total_tokens", value.total_tokens);
}
void from_json(const Json& json, ChatCompletionsEventUsage& value) {
  take(json, "prompt_tokens", value.prompt_tokens);
  take(json, "completion_tokens", value.completion_tokens);
  take(json, "total_tokens", value.total_tokens);
}

void to_json(Json& json, const ChatCompletionsEvent& value) {
  json = Json::object();
  put(json, "id", value.id);
  put(json, "object", value.object);
  put(json, "created", value.created);
  put(json, "model", value.model);
  put(json, "system_fingerprint", value.system_fingerprint);
  put(json, "choices", value.choices);
  put(json, "usage", value.usage);
  put(json, "yupu", value.yupu);
}
void from_json(const Json& json, ChatCompletionsEvent& value) {
  take(json, "id", value.id);
  take(json, "object", value.object);
  take(json, "created", value.created);
  take(json, "model", value.model);
  take(json, "system_fingerprint", value.system_fingerprint);
  take(json, "choices", value.choices);
  take(json, "usage", value.usage);
  take(json, "yupu", value.yupu);
}

void to_json(Json& json, const FeedbackRequest& value) {
  json = Json::object();
  put(json, "trace_id", value.trace_id);
  put(json, "rating", value.rating);
  put(json, "correction", value.correction);
  put(json, "reason", value.reason);
}
void from_json(const Json& json, FeedbackRequest& value) {
  take(json, "trace_id", value.trace_id);
  take(json, "rating", value.rating);
  take(json, "correction", value.correction);
  take(json, "reason", value.reason);
}

void to_json(Json& json, const FeedbackResponse& value) {
  json = Json::object();
  put(json, "id", value.id);
  put(json, "trace_id", value.trace_id);
  put(json, "rating", value.rating);
  put(json, "correction", value.correction);
}
void from_json(const Json& json, FeedbackResponse& value) {
  take(json, "id", value.id);
  take(json, "trace_id", value.trace_id);
  take(json, "rating", value.rating);
  take(json, "correction", value.correction);
}

void to_json(Json& json, const ModelsResponseData& value) {
  json = Json::object();
  put(json, "id", value.id);
  put(json, "object", value.object);
  put(json, "kind", value.kind);
  put(json, "created", value.created);
  put(json, "owned_by", value.owned_by);
  put(json, "loaded_at", value.loaded_at);
  put(json, "model", value.model);
  put(json, "release_id", value.release_id);
  put(json, "labels", value.labels);
  put(json, "dimensions", value.dimensions);
  put(json, "titles", value.titles);
  put(json, "examples", value.examples);
}
void from_json(const Json& json, ModelsResponseData& value) {
  take(json, "id", value.id);
  take(json, "object", value.object);
  take(json, "kind", value.kind);
  take(json, "created", value.created);
  take(json, "owned_by", value.owned_by);
  take(json, "loaded_at", value.loaded_at);
  take(json, "model", value.model);
  take(json, "release_id", value.release_id);
  take(json, "labels", value.labels);
  take(json, "dimensions", value.dimensions);
  take(json, "titles", value.titles);
  take(json, "examples", value.examples);
}

void to_json(Json& json, const ModelsResponse& value) {
  json = Json::object();
  put(json, "object", value.object);
  put(json, "data", value.data);
}
void from_json(const Json& json, ModelsResponse& value) {
  take(json, "object", value.object);
  take(json, "data", value.data);
}

void to_json(Json& json, const UsageQuery& value) {
  json = Json::object();
  put(json, "month", value.month);
}
void from_json(const Json& json, UsageQuery& value) {
  take(json, "month", value.month);
}

void to_json(Json& json, const UsageResponseLine& value) {
  json = Json::object();
  put(json, "meter", value.meter);
  put(json, "model", value.model);
  put(json, "calls", value.calls);
  put(json, "tokens", value.tokens);
  put(json, "price", value.price);
  put(json, "price_ufen", value.price_ufen);
}
void from_json(const Json& json, UsageResponseLine& value) {
  take(json, "meter", value.meter);
  take(json, "model", value.model);
  take(json, "calls", value.calls);
  take(json, "tokens", value.tokens);
  take(json, "price", value.price);
  take(json, "price_ufen", value.price_ufen);
}

void to_json(Json& json, const UsageResponse& value) {
  json = Json::object();
  put(json, "tenant_id", value.tenant_id);
  put(json, "month", value.month);
  put(json, "plan", value.plan);
  put(json, "calls", value.calls);
  put(json, "tokens", value.tokens);
  put(json, "price", value.price);
  put(json, "price_ufen", value.price_ufen);
  put(json, "quota_tokens", value.quota_tokens);
  put(json, "quota_ufen", value.quota_ufen);
  put(json, "lines", value.lines);
}
void from_json(const Json& json, UsageResponse& value) {
  take(json, "tenant_id", value.tenant_id);
  take(json, "month", value.month);
  take(json, "plan", value.plan);
  take(json, "calls", value.calls);
  take(json, "tokens", value.tokens);
  take(json, "price", value.price);
  take(json, "price_ufen", value.price_ufen);
  take(json, "quota_tokens", value.quota_tokens);
  take(json, "quota_ufen", value.quota_ufen);
  take(json, "lines", value.lines);
}

void to_json(Json& json, const BalanceResponse& value) {
  json = Json::object();
  put(json, "tenant_id", value.tenant_id);
  put(json, "owed", value.owed);
  put(json, "owed_ufen", value.owed_ufen);
  put(json, "currency", value.currency);
  put(json, "accounts", value.accounts);
}
void from_json(const Json& json, BalanceResponse& value) {
  take(json, "tenant_id", value.tenant_id);
  take(json, "owed", value.owed);
  take(json, "owed_ufen", value.owed_ufen);
  take(json, "currency", value.currency);
  take(json, "accounts", value.accounts);
}

void to_json(Json& json, const InvoicesResponseDataLine& value) {
  json = Json::object();
  put(json, "meter", value.meter);
  put(json, "model", value.model);
  put(json, "calls", value.calls);
  put(json, "tokens", value.tokens);
  put(json, "amount_ufen", value.amount_ufen);
  put(json, "amount_fen", value.amount_fen);
}
void from_json(const Json& json, InvoicesResponseDataLine& value) {
  take(json, "meter", value.meter);
  take(json, "model", value.model);
  take(json, "calls", value.calls);
  take(json, "tokens", value.tokens);
  take(json, "amount_ufen", value.amount_ufen);
  take(json, "amount_fen", value.amount_fen);
}

void to_json(Json& json, const InvoicesResponseData& value) {
  json = Json::object();
  put(json, "id", value.id);
  put(json, "tenant_id", value.tenant_id);
  put(json, "month", value.month);
  put(json, "kind", value.kind);
  put(json, "state", value.state);
  put(json, "number", value.number);
  put(json, "currency", value.currency);
  put(json, "net_ufen", value.net_ufen);
  put(json, "net_fen", value.net_fen);
  put(json, "vat_ppm", value.vat_ppm);
  put(json, "vat_fen", value.vat_fen);
  put(json, "total_fen", value.total_fen);
  put(json, "lines", value.lines);
  put(json, "sha256", value.sha256);
  put(json, "made_at", value.made_at);
}
void from_json(const Json& json, InvoicesResponseData& value) {
  take(json, "id", value.id);
  take(json, "tenant_id", value.tenant_id);
  take(json, "month", value.month);
  take(json, "kind", value.kind);
  take(json, "state", value.state);
  take(json, "number", value.number);
  take(json, "currency", value.currency);
  take(json, "net_ufen", value.net_ufen);
  take(json, "net_fen", value.net_fen);
  take(json, "vat_ppm", value.vat_ppm);
  take(json, "vat_fen", value.vat_fen);
  take(json, "total_fen", value.total_fen);
  take(json, "lines", value.lines);
  take(json, "sha256", value.sha256);
  take(json, "made_at", value.made_at);
}

void to_json(Json& json, const InvoicesResponse& value) {
  json = Json::object();
  put(json, "data", value.data);
}
void from_json(const Json& json, InvoicesResponse& value) {
  take(json, "data", value.data);
}

void to_json(Json& json, const HealthzResponse& value) {
  json = Json::object();
  put(json, "status", value.status);
}
void from_json(const Json& json, HealthzResponse& value) {
  take(json, "status", value.status);
}

void to_json(Json& json, const ReadyzResponse& value) {
  json = Json::object();
  put(json, "status", value.status);
}
void from_json(const Json& json, ReadyzResponse& value) {
  take(json, "status", value.status);
}

void to_json(Json& json, const WidgetResponseTitle& value) {
  json = Json::object();
  put(json, "zh", value.zh);
  put(json, "en", value.en);
}
void from_json(const Json& json, WidgetResponseTitle& value) {
  take(json, "zh", value.zh);
  take(json, "en", value.en);
}

void to_json(Json& json, const WidgetResponse& value) {
  json = Json::object();
  put(json, "bot", value.bot);
  put(json, "title", value.title);
  put(json, "accent", value.accent);
  put(json, "examples", value.examples);
}
void from_json(const Json& json, WidgetResponse& value) {
  take(json, "bot", value.bot);
  take(json, "title", value.title);
  take(json, "accent", value.accent);
  take(json, "examples", value.examples);
}

void to_json(Json& json, const VisitorsRequest& value) {
  json = Json::object();
  put(json, "bot", value.bot);
  put(json, "user_id", value.user_id);
  put(json, "expires_at", value.expires_at);
  put(json, "signature", value.signature);
}
void from_json(const Json& json, VisitorsRequest& value) {
  take(json, "bot", value.bot);
  take(json, "user_id", value.user_id);
  take(json, "expires_at", value.expires_at);
  take(json, "signature", value.signature);
}

void to_json(Json& json, const VisitorsResponse& value) {
  json = Json::object();
  put(json, "token", value.token);
  put(json, "bot", value.bot);
  put(json, "expires_at", value.expires_at);
}
void from_json(const Json& json, VisitorsResponse& value) {
  take(json, "token", value.token);
  take(json, "bot", value.bot);
  take(json, "expires_at", value.expires_at);
}

void to_json(Json& json, const EventsRequest& value) {
  json = Json::object();
  put(json, "id", value.id);
  put(json, "user", value.user);
  put(json, "item", value.item);
  put(json, "kind", value.kind);
  put(json, "time", value.time);
  put(json, "value", value.value);
  put(json, "impression", value.impression);
  put(json, "position", value.position);
  put(json, "surface", value.surface);
  put(json, "events", value.events);
}
void from_json(const Json& json, EventsRequest& value) {
  take(json, "id", value.id);
  take(json, "user", value.user);
  take(json, "item", value.item);
  take(json, "kind", value.kind);
  take(json, "time", value.time);
  take(json, "value", value.value);
  take(json, "impression", value.impression);
  take(json, "position", value.position);
  take(json, "surface", value.surface);
  take(json, "events", value.events);
}

void to_json(Json& json, const EventsResponse& value) {
  json = Json::object();
  put(json, "added", value.added);
  put(json, "known", value.known);
}
void from_json(const Json& json, EventsResponse& value) {
  take(json, "added", value.added);
  take(json, "known", value.known);
}

void to_json(Json& json, const ItemsRequest& value) {
  json = Json::object();
  put(json, "id", value.id);
  put(json, "title", value.title);
  put(json, "description", value.description);
  put(json, "tags", value.tags);
  put(json, "created", value.created);
  put(json, "price", value.price);
  put(json, "author", value.author);
  put(json, "items", value.items);
}
void from_json(const Json& json, ItemsRequest& value) {
  take(json, "id", value.id);
  take(json, "title", value.title);
  take(json, "description", value.description);
  take(json, "tags", value.tags);
  take(json, "created", value.created);
  take(json, "price", value.price);
  take(json, "author", value.author);
  take(json, "items", value.items);
}

void to_json(Json& json, const ItemsResponse& value) {
  json = Json::object();
  put(json, "added", value.added);
  put(json, "changed", value.changed);
  put(json, "known", value.known);
}
void from_json(const Json& json, ItemsResponse& value) {
  take(json, "added", value.added);
  take(json, "changed", value.changed);
  take(json, "known", value.known);
}

void to_json(Json& json, const RecommendRequest& value) {
  json = Json::object();
  put(json, "user", value.user);
  put(json, "count", value.count);
  put(json, "surface", value.surface);
  put(json, "exclude", value.exclude);
  put(json, "context", value.context);
  put(json, "explain", value.explain);
  put(json, "sponsored", value.sponsored);
}
void from_json(const Json& json, RecommendRequest& value) {
  take(json, "user", value.user);
  take(json, "count", value.count);
  take(json, "surface", value.surface);
  take(json, "exclude", value.exclude);
  take(json, "context", value.context);
  take(json, "explain", value.explain);
  take(json, "sponsored", value.sponsored);
}

void to_json(Json& json, const RecommendResponseItemReason& value) {
  json = Json::object();
  put(json, "kind", value.kind);
  put(json, "item", value.item);
  put(json, "title", value.title);
  put(json, "share", value.share);
}
void from_json(const Json& json, RecommendResponseItemReason& value) {
  take(json, "kind", value.kind);
  take(json, "item", value.item);
  take(json, "title", value.title);
  take(json, "share", value.share);
}

void to_json(Json& json, const RecommendResponseItem& value) {
  json = Json::object();
  put(json, "id", value.id);
  put(json, "title", value.title);
  put(json, "score", value.score);
  put(json, "position", value.position);
  put(json, "flags", value.flags);
  put(json, "reason", value.reason);
}
void from_json(const Json& json, RecommendResponseItem& value) {
  take(json, "id", value.id);
  take(json, "title", value.title);
  take(json, "score", value.score);
  take(json, "position", value.position);
  take(json, "flags", value.flags);
  take(json, "reason", value.reason);
}

void to_json(Json& json, const RecommendResponseSponsoredLabel& value) {
  json = Json::object();
  put(json, "zh", value.zh);
  put(json, "en", value.en);
}
void from_json(const Json& json, RecommendResponseSponsoredLabel& value) {
  take(json, "zh", value.zh);
  take(json, "en", value.en);
}

void to_json(Json& json, const RecommendResponseSponsored& value) {
  json = Json::object();
  put(json, "id", value.id);
  put(json, "title", value.title);
  put(json, "label", value.label);
}
void from_json(const Json& json, RecommendResponseSponsored& value) {
  take(json, "id", value.id);
  take(json, "title", value.title);
  take(json, "label", value.label);
}

void to_json(Json& json, const RecommendResponse& value) {
  json = Json::object();
  put(json, "impression", value.impression);
  put(json, "fallback", value.fallback);
  put(json, "unknown_user", value.unknown_user);
  put(json, "unknown_context", value.unknown_context);
  put(json, "items", value.items);
  put(json, "sponsored", value.sponsored);
}
void from_json(const Json& json, RecommendResponse& value) {
  take(json, "impression", value.impression);
  take(json, "fallback", value.fallback);
  take(json, "unknown_user", value.unknown_user);
  take(json, "unknown_context", value.unknown_context);
  take(json, "items", value.items);
  take(json, "sponsored", value.sponsored);
}

void to_json(Json& json, const RecommendRerankRequest& value) {
  json = Json::object();
  put(json, "user", value.user);
  put(json, "items", value.items);
  put(json, "surface", value.surface);
  put(json, "context", value.context);
  put(json, "explain", value.explain);
}
void from_json(const Json& json, RecommendRerankRequest& value) {
  take(json, "user", value.user);
  take(json, "items", value.items);
  take(json, "surface", value.surface);
  take(json, "context", value.context);
  take(json, "explain", value.explain);
}

void to_json(Json& json, const RecommendRerankResponseItem& value) {
  json = Json::object();
  put(json, "id", value.id);
  put(json, "title", value.title);
  put(json, "position", value.position);
  put(json, "score", value.score);
  put(json, "flags", value.flags);
  put(json, "reason", value.reason);
}
void from_json(const Json& json, RecommendRerankResponseItem& value) {
  take(json, "id", value.id);
  take(json, "title", value.title);
  take(json, "position", value.position);
  take(json, "score", value.score);
  take(json, "flags", value.flags);
  take(json, "reason", value.reason);
}

void to_json(Json& json, const RecommendRerankResponse& value) {
  json = Json::object();
  put(json, "impression", value.impression);
  put(json, "fallback", value.fallback);
  put(json, "unknown_user", value.unknown_user);
  put(json, "unknown_context", value.unknown_context);
  put(json, "items", value.items);
  put(json, "left_out", value.left_out);
}
void from_json(const Json& json, RecommendRerankResponse& value) {
  take(json, "impression", value.impression);
  take(json, "fallback", value.fallback);
  take(json, "unknown_user", value.unknown_user);
  take(json, "unknown_context", value.unknown_context);
  take(json, "items", value.items);
  take(json, "left_out", value.left_out);
}

void to_json(Json& json, const RecommendSponsoredClickRequest& value) {
  json = Json::object();
  put(json, "impression", value.impression);
}
void from_json(const Json& json, RecommendSponsoredClickRequest& value) {
  take(json, "impression", value.impression);
}

void to_json(Json& json, const RecommendSponsoredClickResponse& value) {
  json = Json::object();
  put(json, "counted", value.counted);
  put(json, "price_ufen", value.price_ufen);
}
void from_json(const Json& json, RecommendSponsoredClickResponse& value) {
  take(json, "counted", value.counted);
  take(json, "price_ufen", value.price_ufen);
}

void to_json(Json& json, const RecommendBoardResponse& value) {
  json = Json::object();
  put(json, "person", value.person);
  put(json, "manager", value.manager);
  put(json, "items", value.items);
  put(json, "users", value.users);
  put(json, "events", value.events);
  put(json, "live", value.live);
}
void from_json(const Json& json, RecommendBoardResponse& value) {
  take(json, "person", value.person);
  take(json, "manager", value.manager);
  take(json, "items", value.items);
  take(json, "users", value.users);
  take(json, "events", value.events);
  take(json, "live", value.live);
}

void to_json(Json& json, const RecommendItemsQuery& value) {
  json = Json::object();
  put(json, "words", value.words);
  put(json, "limit", value.limit);
}
void from_json(const Json& json, RecommendItemsQuery& value) {
  take(json, "words", value.words);
  take(json, "limit", value.limit);
}

void to_json(Json& json, const RecommendItemsResponseItem& value) {
  json = Json::object();
  put(json, "id", value.id);
  put(json, "title", value.title);
  put(json, "tags", value.tags);
  put(json, "users", value.users);
  put(json, "hidden", value.hidden);
}
void from_json(const Json& json, RecommendItemsResponseItem& value) {
  take(json, "id", value.id);
  take(json, "title", value.title);
  take(json, "tags", value.tags);
  take(json, "users", value.users);
  take(json, "hidden", value.hidden);
}

void to_json(Json& json, const RecommendItemsResponse& value) {
  json = Json::object();
  put(json, "found", value.found);
  put(json, "items", value.items);
}
void from_json(const Json& json, RecommendItemsResponse& value) {
  take(json, "found", value.found);
  take(json, "items", value.items);
}

void to_json(Json& json, const RecommendItemsHideRequest& value) {
  json = Json::object();
  put(json, "item", value.item);
  put(json, "hidden", value.hidden);
}
void from_json(const Json& json, RecommendItemsHideRequest& value) {
  take(json, "item", value.item);
  take(json, "hidden", value.hidden);
}

void to_json(Json& json, const RecommendItemsHideResponse& value) {
  json = Json::object();
  put(json, "item", value.item);
  put(json, "hidden", value.hidden);
  put(json, "changed", value.changed);
}
void from_json(const Json& json, RecommendItemsHideResponse& value) {
  take(json, "item", value.item);
  take(json, "hidden", value.hidden);
  take(json, "changed", value.changed);
}

void to_json(Json& json, const RecommendUsersQuery& value) {
  json = Json::object();
  put(json, "words", value.words);
  put(json, "limit", value.limit);
}
void from_json(const Json& json, RecommendUsersQuery& value) {
  take(json, "words", value.words);
  take(json, "limit", value.limit);
}

void to_json(Json& json, const RecommendUsersResponseUser& value) {
  json = Json::object();
  put(json, "id", value.id);
  put(json, "events", value.events);
  put(json, "last", value.last);
}
void from_json(const Json& json, RecommendUsersResponseUser& value) {
  take(json, "id", value.id);
  take(json, "events", value.events);
  take(json, "last", value.last);
}

void to_json(Json& json, const RecommendUsersResponse& value) {
  json = Json::object();
  put(json, "found", value.found);
  put(json, "users", value.users);
}
void from_json(const Json& json, RecommendUsersResponse& value) {
  take(json, "found", value.found);
  take(json, "users", value.users);
}

void to_json(Json& json, const RecommendUsersHistoryQuery& value) {
  json = Json::object();
  put(json, "user", value.user);
  put(json, "limit", value.limit);
}
void from_json(const Json& json, RecommendUsersHistoryQuery& value) {
  take(json, "user", value.user);
  take(json, "limit", value.limit);
}

void to_json(Json& json, const RecommendUsersHistoryResponseEvent& value) {
  json = Json::object();
  put(json, "item", value.item);
  put(json, "title", value.title);
  put(json, "kind", value.kind);
  put(json, "time", value.time);
}
void from_json(const Json& json, RecommendUsersHistoryResponseEvent& value) {
  take(json, "item", value.item);
  take(json, "title", value.title);
  take(json, "kind", value.kind);
  take(json, "time", value.time);
}

void to_json(Json& json, const RecommendUsersHistoryResponse& value) {
  json = Json::object();
  put(json, "user", value.user);
  put(json, "events", value.events);
}
void from_json(const Json& json, RecommendUsersHistoryResponse& value) {
  take(json, "user", value.user);
  take(json, "events", value.events);
}

void to_json(Json& json, const RecommendPreviewRequest& value) {
  json = Json::object();
  put(json, "user", value.user);
  put(json, "count", value.count);
  put(json, "context", value.context);
  put(json, "exclude", value.exclude);
}
void from_json(const Json& json, RecommendPreviewRequest& value) {
  take(json, "user", value.user);
  take(json, "count", value.count);
  take(json, "context", value.context);
  take(json, "exclude", value.exclude);
}

void to_json(Json& json, const RecommendPreviewResponse& value) {
  json = Json::object();
  put(json, "arm", value.arm);
  put(json, "release", value.release);
  put(json, "fallback", value.fallback);
  put(json, "unknown_user", value.unknown_user);
  put(json, "items", value.items);
}
void from_json(const Json& json, RecommendPreviewResponse& value) {
  take(json, "arm", value.arm);
  take(json, "release", value.release);
  take(json, "fallback", value.fallback);
  take(json, "unknown_user", value.unknown_user);
  take(json, "items", value.items);
}

void to_json(Json& json, const GetRecommendRulesResponsePin& value) {
  json = Json::object();
  put(json, "item", value.item);
  put(json, "position", value.position);
  put(json, "surface", value.surface);
}
void from_json(const Json& json, GetRecommendRulesResponsePin& value) {
  take(json, "item", value.item);
  take(json, "position", value.position);
  take(json, "surface", value.surface);
}

void to_json(Json& json, const GetRecommendRulesResponse& value) {
  json = Json::object();
  put(json, "pin", value.pin);
  put(json, "lift", value.lift);
  put(json, "half_life_days", value.half_life_days);
  put(json, "caps", value.caps);
  put(json, "blocked_tags", value.blocked_tags);
  put(json, "blocked_words", value.blocked_words);
  put(json, "unnamed_tags", value.unnamed_tags);
  put(json, "explore", value.explore);
}
void from_json(const Json& json, GetRecommendRulesResponse& value) {
  take(json, "pin", value.pin);
  take(json, "lift", value.lift);
  take(json, "half_life_days", value.half_life_days);
  take(json, "caps", value.caps);
  take(json, "blocked_tags", value.blocked_tags);
  take(json, "blocked_words", value.blocked_words);
  take(json, "unnamed_tags", value.unnamed_tags);
  take(json, "explore", value.explore);
}

void to_json(Json& json, const PostRecommendRulesRequestPin& value) {
  json = Json::object();
  put(json, "item", value.item);
  put(json, "position", value.position);
  put(json, "surface", value.surface);
}
void from_json(const Json& json, PostRecommendRulesRequestPin& value) {
  take(json, "item", value.item);
  take(json, "position", value.position);
  take(json, "surface", value.surface);
}

void to_json(Json& json, const PostRecommendRulesRequest& value) {
  json = Json::object();
  put(json, "pin", value.pin);
  put(json, "lift", value.lift);
  put(json, "half_life_days", value.half_life_days);
  put(json, "caps", value.caps);
  put(json, "blocked_tags", value.blocked_tags);
  put(json, "blocked_words", value.blocked_words);
  put(json, "unnamed_tags", value.unnamed_tags);
  put(json, "explore", value.explore);
}
void from_json(const Json& json, PostRecommendRulesRequest& value) {
  take(json, "pin", value.pin);
  take(json, "lift", value.lift);
  take(json, "half_life_days", value.half_life_days);
  take(json, "caps", value.caps);
  take(json, "blocked_tags", value.blocked_tags);
  take(json, "blocked_words", value.blocked_words);
  take(json, "unnamed_tags", value.unnamed_tags);
  take(json, "explore", value.explore);
}

void to_json(Json& json, const PostRecommendRulesResponsePin& value) {
  json = Json::object();
  put(json, "item", value.item);
  put(json, "position", value.position);
  put(json, "surface", value.surface);
}
void from_json(const Json& json, PostRecommendRulesResponsePin& value) {
  take(json, "item", value.item);
  take(json, "position", value.position);
  take(json, "surface", value.surface);
}

void to_json(Json& json, const PostRecommendRulesResponse& value) {
  json = Json::object();
  put(json, "pin", value.pin);
  put(json, "lift", value.lift);
  put(json, "half_life_days", value.half_life_days);
  put(json, "caps", value.caps);
  put(json, "blocked_tags", value.blocked_tags);
  put(json, "blocked_words", value.blocked_words);
  put(json, "unnamed_tags", value.unnamed_tags);
  put(json, "explore", value.explore);
}
void from_json(const Json& json, PostRecommendRulesResponse& value) {
  take(json, "pin", value.pin);
  take(json, "lift", value.lift);
  take(json, "half_life_days", value.half_life_days);
  take(json, "caps", value.caps);
  take(json, "blocked_tags", value.blocked_tags);
  take(json, "blocked_words", value.blocked_words);
  take(json, "unnamed_tags", value.unnamed_tags);
  take(json, "explore", value.explore);
}

void to_json(Json& json, const RecommendMetricsQuery& value) {
  json = Json::object();
  put(json, "days", value.days);
}
void from_json(const Json& json, RecommendMetricsQuery& value) {
  take(json, "days", value.days);
}

void to_json(Json& json, const RecommendMetricsResponseDay& value) {
  json = Json::object();
  put(json, "day", value.day);
  put(json, "clicks", value.clicks);
  put(json, "clicked", value.clicked);
  put(json, "positive", value.positive);
}
void from_json(const Json& json, RecommendMetricsResponseDay& value) {
  take(json, "day", value.day);
  take(json, "clicks", value.clicks);
  take(json, "clicked", value.clicked);
  take(json, "positive", value.positive);
}

void to_json(Json& json, const RecommendMetricsResponseExplored& value) {
  json = Json::object();
  put(json, "position", value.position);
  put(json, "lists", value.lists);
  put(json, "clicks", value.clicks);
}
void from_json(const Json& json, RecommendMetricsResponseExplored& value) {
  take(json, "position", value.position);
  take(json, "lists", value.lists);
  take(json, "clicks", value.clicks);
}

void to_json(Json& json, const RecommendMetricsResponse& value) {
  json = Json::object();
  put(json, "join_minutes", value.join_minutes);
  put(json, "clicked", value.clicked);
  put(json, "positive", value.positive);
  put(json, "days", value.days);
  put(json, "explored", value.explored);
  put(json, "experiment", value.experiment);
}
void from_json(const Json& json, RecommendMetricsResponse& value) {
  take(json, "join_minutes", value.join_minutes);
  take(json, "clicked", value.clicked);
  take(json, "positive", value.positive);
  take(json, "days", value.days);
  take(json, "explored", value.explored);
  take(json, "experiment", value.experiment);
}

void to_json(Json& json, const RecommendHealthQuery& value) {
  json = Json::object();
  put(json, "days", value.days);
}
void from_json(const Json& json, RecommendHealthQuery& value) {
  take(json, "days", value.days);
}

void to_json(Json& json, const RecommendHealthResponseFunnel& value) {
  json = Json::object();
  put(json, "step", value.step);
  put(json, "lists", value.lists);
  put(json, "users", value.users);
}
void from_json(const Json& json, RecommendHealthResponseFunnel& value) {
  take(json, "step", value.step);
  take(json, "lists", value.lists);
  take(json, "users", value.users);
}

void to_json(Json& json, const RecommendHealthResponseSourceOutcome& value) {
  json = Json::object();
  put(json, "outcome", value.outcome);
  put(json, "count", value.count);
  put(json, "last", value.last);
  put(json, "detail", value.detail);
}
void from_json(const Json& json, RecommendHealthResponseSourceOutcome& value) {
  take(json, "outcome", value.outcome);
  take(json, "count", value.count);
  take(json, "last", value.last);
  take(json, "detail", value.detail);
}

void to_json(Json& json, const RecommendHealthResponseSource& value) {
  json = Json::object();
  put(json, "source", value.source);
  put(json, "read", value.read);
  put(json, "outcomes", value.outcomes);
}
void from_json(const Json& json, RecommendHealthResponseSource& value) {
  take(json, "source", value.source);
  take(json, "read", value.read);
  take(json, "outcomes", value.outcomes);
}

void to_json(Json& json, const RecommendHealthResponseCost& value) {
  json = Json::object();
  put(json, "stage", value.stage);
  put(json, "lists", value.lists);
  put(json, "p50_ms", value.p50_ms);
  put(json, "p95_ms", value.p95_ms);
  put(json, "p99_ms", value.p99_ms);
}
void from_json(const Json& json, RecommendHealthResponseCost& value) {
  take(json, "stage", value.stage);
  take(json, "lists", value.lists);
  take(json, "p50_ms", value.p50_ms);
  take(json, "p95_ms", value.p95_ms);
  take(json, "p99_ms", value.p99_ms);
}

void to_json(Json& json, const RecommendHealthResponse& value) {
  json = Json::object();
  put(json, "funnel", value.funnel);
  put(json, "record", value.record);
  put(json, "events", value.events);
  put(json, "sources", value.sources);
  put(json, "drift", value.drift);
  put(json, "cost", value.cost);
}
void from_json(const Json& json, RecommendHealthResponse& value) {
  take(json, "funnel", value.funnel);
  take(json, "record", value.record);
  take(json, "events", value.events);
  take(json, "sources", value.sources);
  take(json, "drift", value.drift);
  take(json, "cost", value.cost);
}

void to_json(Json& json, const RecommendReleasesResponse& value) {
  json = Json::object();
  put(json, "live", value.live);
  put(json, "releases", value.releases);
  put(json, "changes", value.changes);
}
void from_json(const Json& json, RecommendReleasesResponse& value) {
  take(json, "live", value.live);
  take(json, "releases", value.releases);
  take(json, "changes", value.changes);
}

void to_json(Json& json, const RecommendRollbackRequest& value) {
  json = Json::object();
  put(json, "reason", value.reason);
}
void from_json(const Json& json, RecommendRollbackRequest& value) {
  take(json, "reason", value.reason);
}

void to_json(Json& json, const RecommendRollbackResponse& value) {
  json = Json::object();
  put(json, "live", value.live);
}
void from_json(const Json& json, RecommendRollbackResponse& value) {
  take(json, "live", value.live);
}

}  // namespace yupu::client
