// Bodies of requests and answers.  Made by sdk/generate.py from /openapi.json: do not edit.
// clang-format off
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "yupu/json.h"

namespace yupu::client {

struct ClassifyRequest {
  std::string model;
  // text, or up to 64; each at most 8192 bytes
  Json input;
  std::optional<std::int64_t> top_k;
};
void to_json(Json& json, const ClassifyRequest& value);
void from_json(const Json& json, ClassifyRequest& value);

struct ClassifyResponseResultLabel {
  std::optional<std::string> label;
  std::optional<double> score;
  // of a model of any number of labels: whether the label's score reaches its threshold; those that do are all
  // listed
  std::optional<bool> said;
};
void to_json(Json& json, const ClassifyResponseResultLabel& value);
void from_json(const Json& json, ClassifyResponseResultLabel& value);

struct ClassifyResponseResult {
  std::optional<std::int64_t> index;
  std::optional<std::string> trace_id;
  // by the model's thresholds; refuse: also when the text is out of its scope
  std::optional<std::string> decision;
  std::optional<std::vector<ClassifyResponseResultLabel>> labels;
};
void to_json(Json& json, const ClassifyResponseResult& value);
void from_json(const Json& json, ClassifyResponseResult& value);

struct ClassifyResponseUsage {
  std::optional<std::int64_t> tokens;
};
void to_json(Json& json, const ClassifyResponseUsage& value);
void from_json(const Json& json, ClassifyResponseUsage& value);

struct ClassifyResponse {
  std::string model;
  std::string release_id;
  std::vector<ClassifyResponseResult> results;
  ClassifyResponseUsage usage;
};
void to_json(Json& json, const ClassifyResponse& value);
void from_json(const Json& json, ClassifyResponse& value);

struct EmbeddingsRequest {
  std::string model;
  // text, or up to 64; each at most 8192 bytes
  Json input;
  // base64: of the little-endian f32 bytes
  std::optional<std::string> encoding_format;
  // what the vectors have; they are not cut
  std::optional<std::int64_t> dimensions;
  // taken and not used
  std::optional<std::string> user;
};
void to_json(Json& json, const EmbeddingsRequest& value);
void from_json(const Json& json, EmbeddingsRequest& value);

struct EmbeddingsResponseData {
  std::string object;
  std::int64_t index = 0;
  Json embedding;
};
void to_json(Json& json, const EmbeddingsResponseData& value);
void from_json(const Json& json, EmbeddingsResponseData& value);

struct EmbeddingsResponseUsage {
  std::int64_t prompt_tokens = 0;
  std::int64_t total_tokens = 0;
};
void to_json(Json& json, const EmbeddingsResponseUsage& value);
void from_json(const Json& json, EmbeddingsResponseUsage& value);

struct EmbeddingsResponse {
  std::string object;
  std::string model;
  std::vector<EmbeddingsResponseData> data;
  EmbeddingsResponseUsage usage;
};
void to_json(Json& json, const EmbeddingsResponse& value);
void from_json(const Json& json, EmbeddingsResponse& value);

struct RerankRequest {
  std::string model;
  // at most 8192 bytes
  std::string query;
  // each at most 8192 bytes
  std::vector<std::string> documents;
  // results; default: all
  std::optional<std::int64_t> top_n;
};
void to_json(Json& json, const RerankRequest& value);
void from_json(const Json& json, RerankRequest& value);

struct RerankResponseResult {
  // into documents
  std::int64_t index = 0;
  // from 0 to 1; the best document first
  double score = 0;
};
void to_json(Json& json, const RerankResponseResult& value);
void from_json(const Json& json, RerankResponseResult& value);

struct RerankResponseUsage {
  std::optional<std::int64_t> tokens;
};
void to_json(Json& json, const RerankResponseUsage& value);
void from_json(const Json& json, RerankResponseUsage& value);

struct RerankResponse {
  std::string model;
  std::string release_id;
  std::vector<RerankResponseResult> results;
  RerankResponseUsage usage;
};
void to_json(Json& json, const RerankResponse& value);
void from_json(const Json& json, RerankResponse& value);

struct AnswerRequest {
  std::string bot;
  // of the answer before; absent: a conversation begins
  std::optional<std::string> conversation;
  // at most 8192 bytes
  std::optional<std::string> text;
  // the intent of an option that was tapped
  std::optional<std::string> option;
  // where the visitor is; default: the conversation's, at its beginning web
  std::optional<std::string> channel;
  // who asks, as you name them: by this name their conversations are deleted
  std::optional<std::string> visitor;
};
void to_json(Json& json, const AnswerRequest& value);
void from_json(const Json& json, AnswerRequest& value);

struct AnswerResponseSource {
  std::string document;
  std::int64_t version = 0;
  // bytes of that version's text
  std::int64_t begin = 0;
  std::int64_t end = 0;
  std::string title;
  std::string date;
  double score = 0;
  // of a document that has pages
  std::optional<std::int64_t> page;
};
void to_json(Json& json, const AnswerResponseSource& value);
void from_json(const Json& json, AnswerResponseSource& value);

struct AnswerResponseOption {
  std::optional<std::string> intent;
  std::optional<std::string> title;
};
void to_json(Json& json, const AnswerResponseOption& value);
void from_json(const Json& json, AnswerResponseOption& value);

struct AnswerResponseUsage {
  std::optional<std::int64_t> tokens;
};
void to_json(Json& json, const AnswerResponseUsage& value);
void from_json(const Json& json, AnswerResponseUsage& value);

struct AnswerResponse {
  std::string decision;
  std::string text;
  double score = 0;
  std::string intent;
  std::optional<std::string> lang;
  // of an approved text its source; of a text out of documents its sentences
  std::vector<Json> sources;
  std::vector<AnswerResponseOption> options;
  std::string trace_id;
  std::optional<std::string> bot;
  std::optional<std::string> release_id;
  // where the next message goes
  std::string conversation;
  // the conversation sent is over; this is another one
  std::optional<bool> began_anew;
  // clarify: the value that is asked for
  std::optional<std::string> slot;
  std::optional<AnswerResponseUsage> usage;
};
void to_json(Json& json, const AnswerResponse& value);
void from_json(const Json& json, AnswerResponse& value);

struct ChatCompletionsRequestMessage {
  // only what the user says is read: the bot's words are the shop's
  std::string role;
  // of the user at most 8192 bytes
  Json content;
  std::optional<std::string> name;
  std::optional<std::string> refusal;
};
void to_json(Json& json, const ChatCompletionsRequestMessage& value);
void from_json(const Json& json, ChatCompletionsRequestMessage& value);

struct ChatCompletionsRequestStreamOptions {
  std::optional<bool> include_usage;
};
void to_json(Json& json, const ChatCompletionsRequestStreamOptions& value);
void from_json(const Json& json, ChatCompletionsRequestStreamOptions& value);

struct ChatCompletionsRequestMetadata {
  // yupu.conversation of the answer before: the last message of the user goes on with it. Absent: the messages are
  // the conversation, and are all read and charged
  std::optional<std::string> conversation;
  // the intent of an option that was tapped
  std::optional<std::string> option;
  // where the visitor is
  std::optional<std::string> channel;
};
void to_json(Json& json, const ChatCompletionsRequestMetadata& value);
void from_json(const Json& json, ChatCompletionsRequestMetadata& value);

struct ChatCompletionsRequestResponseFormat {
  std::optional<std::string> type;
};
void to_json(Json& json, const ChatCompletionsRequestResponseFormat& value);
void from_json(const Json& json, ChatCompletionsRequestResponseFormat& value);

struct ChatCompletionsRequest {
  // the bot
  std::string model;
  // at most 64 of the user where metadata names no conversation
  std::vector<ChatCompletionsRequestMessage> messages;
  std::optional<bool> stream;
  std::optional<ChatCompletionsRequestStreamOptions> stream_options;
  std::optional<ChatCompletionsRequestMetadata> metadata;
  std::optional<std::int64_t> n;
  std::optional<bool> logprobs;
  std::optional<bool> store;
  std::optional<ChatCompletionsRequestResponseFormat> response_format;
  // taken and not used, as the five below: nothing is sampled
  std::optional<double> temperature;
  std::optional<double> top_p;
  std::optional<double> presence_penalty;
  std::optional<double> frequency_penalty;
  std::optional<std::int64_t> seed;
  std::optional<std::string> user;
};
void to_json(Json& json, const ChatCompletionsRequest& value);
void from_json(const Json& json, ChatCompletionsRequest& value);

struct ChatCompletionsRequestMessageContent {
  std::string type;
  std::string text;
};
void to_json(Json& json, const ChatCompletionsRequestMessageContent& value);
void from_json(const Json& json, ChatCompletionsRequestMessageContent& value);

struct ChatCompletionsResponseChoiceMessage {
  std::string role;
  // the text; options follow it, '- title' a line
  std::string content;
  Json refusal;
};
void to_json(Json& json, const ChatCompletionsResponseChoiceMessage& value);
void from_json(const Json& json, ChatCompletionsResponseChoiceMessage& value);

struct ChatCompletionsResponseChoice {
  std::int64_t index = 0;
  ChatCompletionsResponseChoiceMessage message;
  Json logprobs;
  std::string finish_reason;
};
void to_json(Json& json, const ChatCompletionsResponseChoice& value);
void from_json(const Json& json, ChatCompletionsResponseChoice& value);

struct ChatCompletionsResponseUsage {
  std::int64_t prompt_tokens = 0;
  std::int64_t completion_tokens = 0;
  std::int64_t total_tokens = 0;
};
void to_json(Json& json, const ChatCompletionsResponseUsage& value);
void from_json(const Json& json, ChatCompletionsResponseUsage& value);

struct ChatCompletionsResponse {
  // the trace_id
  std::string id;
  std::string object;
  std::int64_t created = 0;
  std::string model;
  // the release_id
  std::optional<std::string> system_fingerprint;
  std::vector<ChatCompletionsResponseChoice> choices;
  ChatCompletionsResponseUsage usage;
  AnswerResponse yupu;
};
void to_json(Json& json, const ChatCompletionsResponse& value);
void from_json(const Json& json, ChatCompletionsResponse& value);

struct ChatCompletionsEventChoiceDelta {
  std::optional<std::string> role;
  std::optional<std::string> content;
};
void to_json(Json& json, const ChatCompletionsEventChoiceDelta& value);
void from_json(const Json& json, ChatCompletionsEventChoiceDelta& value);

struct ChatCompletionsEventChoice {
  std::int64_t index = 0;
  ChatCompletionsEventChoiceDelta delta;
  Json logprobs;
  Json finish_reason;
};
void to_json(Json& json, const ChatCompletionsEventChoice& value);
void from_json(const Json& json, ChatCompletionsEventChoice& value);

struct ChatCompletionsEventUsage {
  std::optional<std::int64_t> prompt_tokens;
  std::optional<std::int64_t> completion_tokens;
  std::optional<std::int64_t> total_tokens;
};
void to_json(Json& json, const ChatCompletionsEventUsage& value);
void from_json(const Json& json, ChatCompletionsEventUsage& value);

struct ChatCompletionsEvent {
  std::string id;
  std::string object;
  std::int64_t created = 0;
  std::string model;
  std::optional<std::string> system_fingerprint;
  std::vector<ChatCompletionsEventChoice> choices;
  // asked for by stream_options.include_usage: of the last event
  std::optional<ChatCompletionsEventUsage> usage;
  std::optional<AnswerResponse> yupu;
};
void to_json(Json& json, const ChatCompletionsEvent& value);
void from_json(const Json& json, ChatCompletionsEvent& value);

struct FeedbackRequest {
  std::string trace_id;
  std::optional<std::int64_t> rating;
  // the right label
  std::optional<std::string> correction;
  std::optional<std::string> reason;
};
void to_json(Json& json, const FeedbackRequest& value);
void from_json(const Json& json, FeedbackRequest& value);

struct FeedbackResponse {
  std::string id;
  std::string trace_id;
  std::optional<std::int64_t> rating;
  std::optional<std::string> correction;
};
void to_json(Json& json, const FeedbackResponse& value);
void from_json(const Json& json, FeedbackResponse& value);

struct ModelsResponseData {
  std::string id;
  std::optional<std::string> object;
  std::string kind;
  // Unix time at which it was loaded
  std::optional<std::int64_t> created;
  std::optional<std::string> owned_by;
  std::optional<std::string> loaded_at;
  // of a bot: the model that reads for it
  std::optional<std::string> model;
  std::string release_id;
  std::vector<std::string> labels;
  // of a model that gives vectors
  std::optional<std::int64_t> dimensions;
  std::optional<std::map<std::string, Json>> titles;
  std::optional<std::vector<std::string>> examples;
};
void to_json(Json& json, const ModelsResponseData& value);
void from_json(const Json& json, ModelsResponseData& value);

struct ModelsResponse {
  std::string object;
  std::vector<ModelsResponseData> data;
};
void to_json(Json& json, const ModelsResponse& value);
void from_json(const Json& json, ModelsResponse& value);

struct UsageQuery {
  // YYYY-MM; default: the running one
  std::optional<std::string> month;
};
void to_json(Json& json, const UsageQuery& value);
void from_json(const Json& json, UsageQuery& value);

struct UsageResponseLine {
  std::string meter;
  std::string model;
  std::int64_t calls = 0;
  std::int64_t tokens = 0;
  std::string price;
  std::int64_t price_ufen = 0;
};
void to_json(Json& json, const UsageResponseLine& value);
void from_json(const Json& json, UsageResponseLine& value);

struct UsageResponse {
  std::string tenant_id;
  std::string month;
  std::string plan;
  std::int64_t calls = 0;
  std::int64_t tokens = 0;
  std::string price;
  // 10^-6 fen
  std::int64_t price_ufen = 0;
  std::optional<std::int64_t> quota_tokens;
  std::optional<std::int64_t> quota_ufen;
  std::vector<UsageResponseLine> lines;
};
void to_json(Json& json, const UsageResponse& value);
void from_json(const Json& json, UsageResponse& value);

struct BalanceResponse {
  std::string tenant_id;
  std::string owed;
  std::int64_t owed_ufen = 0;
  std::string currency;
  // ufen, by kind
  std::optional<std::map<std::string, std::int64_t>> accounts;
};
void to_json(Json& json, const BalanceResponse& value);
void from_json(const Json& json, BalanceResponse& value);

struct InvoicesResponseDataLine {
  std::string meter;
  std::string model;
  std::int64_t calls = 0;
  std::int64_t tokens = 0;
  std::int64_t amount_ufen = 0;
  std::int64_t amount_fen = 0;
};
void to_json(Json& json, const InvoicesResponseDataLine& value);
void from_json(const Json& json, InvoicesResponseDataLine& value);

struct InvoicesResponseData {
  std::string id;
  std::string tenant_id;
  std::string month;
  std::string kind;
  std::string state;
  std::optional<std::string> number;
  std::string currency;
  std::optional<std::int64_t> net_ufen;
  std::int64_t net_fen = 0;
  std::optional<std::int64_t> vat_ppm;
  std::int64_t vat_fen = 0;
  std::int64_t total_fen = 0;
  std::vector<InvoicesResponseDataLine> lines;
  std::optional<std::string> sha256;
  std::optional<std::string> made_at;
};
void to_json(Json& json, const InvoicesResponseData& value);
void from_json(const Json& json, InvoicesResponseData& value);

struct InvoicesResponse {
  std::vector<InvoicesResponseData> data;
};
void to_json(Json& json, const InvoicesResponse& value);
void from_json(const Json& json, InvoicesResponse& value);

struct HealthzResponse {
  std::string status;
};
void to_json(Json& json, const HealthzResponse& value);
void from_json(const Json& json, HealthzResponse& value);

struct ReadyzResponse {
  std::string status;
};
void to_json(Json& json, const ReadyzResponse& value);
void from_json(const Json& json, ReadyzResponse& value);

struct WidgetResponseTitle {
  std::optional<std::string> zh;
  std::optional<std::string> en;
};
void to_json(Json& json, const WidgetResponseTitle& value);
void from_json(const Json& json, WidgetResponseTitle& value);

struct WidgetResponse {
  std::string bot;
  WidgetResponseTitle title;
  // #rrggbb
  std::string accent;
  // questions to begin with
  std::vector<std::string> examples;
};
void to_json(Json& json, const WidgetResponse& value);
void from_json(const Json& json, WidgetResponse& value);

struct VisitorsRequest {
  std::string bot;
  // who the visitor is, as the shop knows them
  std::optional<std::string> user_id;
  // end of the signature, seconds since 1970; at most 24 hours away
  std::optional<std::int64_t> expires_at;
  // hex HMAC-SHA256 with the bot's identity secret of bot, user_id, expires_at, one a line
  std::optional<std::string> signature;
};
void to_json(Json& json, const VisitorsRequest& value);
void from_json(const Json& json, VisitorsRequest& value);

struct VisitorsResponse {
  // send it as header yupu-visitor with /v1/answer and /v1/feedback
  std::string token;
  std::string bot;
  std::string expires_at;
};
void to_json(Json& json, const VisitorsResponse& value);
void from_json(const Json& json, VisitorsResponse& value);

struct EventsRequest {
  // the sender's; sent again, it is counted once
  std::optional<std::string> id;
  std::optional<std::string> user;
  std::optional<std::string> item;
  std::optional<std::string> kind;
  // whole seconds since 1970, or 2026-11-27T08:30:00+08:00; late and in any order
  Json time;
  // a price, seconds, stars: the sender's
  std::optional<double> value;
  // the list it came from
  std::optional<std::string> impression;
  // where in it the item stood
  std::optional<std::int64_t> position;
  // where it was shown
  std::optional<std::string> surface;
  std::optional<std::vector<std::map<std::string, Json>>> events;
};
void to_json(Json& json, const EventsRequest& value);
void from_json(const Json& json, EventsRequest& value);

struct EventsResponse {
  std::int64_t added = 0;
  // were there already
  std::int64_t known = 0;
};
void to_json(Json& json, const EventsResponse& value);
void from_json(const Json& json, EventsResponse& value);

struct ItemsRequest {
  std::optional<std::string> id;
  std::optional<std::string> title;
  std::optional<std::string> description;
  std::optional<std::vector<std::string>> tags;
  // since when it can be had; whole seconds since 1970, or 2026-11-27T08:30:00+08:00
  Json created;
  // in the shop's own unit, the same for all items
  std::optional<double> price;
  // who made it, or its brand
  std::optional<std::string> author;
  std::optional<std::vector<std::map<std::string, Json>>> items;
};
void to_json(Json& json, const ItemsRequest& value);
void from_json(const Json& json, ItemsRequest& value);

struct ItemsResponse {
  std::int64_t added = 0;
  std::int64_t changed = 0;
  std::int64_t known = 0;
};
void to_json(Json& json, const ItemsResponse& value);
void from_json(const Json& json, ItemsResponse& value);

struct RecommendRequest {
  // unknown: the fallback answers, and says so
  std::string user;
  std::optional<std::int64_t> count;
  // where the list is shown; kept with it
  std::optional<std::string> surface;
  std::optional<std::vector<std::string>> exclude;
  // items the user looks at now
  std::optional<std::vector<std::string>> context;
  std::optional<bool> explain;
  // false: nothing that somebody pays for
  std::optional<bool> sponsored;
};
void to_json(Json& json, const RecommendRequest& value);
void from_json(const Json& json, RecommendRequest& value);

struct RecommendResponseItemReason {
  std::optional<std::string> kind;
  std::optional<std::string> item;
  std::optional<std::string> title;
  std::optional<double> share;
};
void to_json(Json& json, const RecommendResponseItemReason& value);
void from_json(const Json& json, RecommendResponseItemReason& value);

struct RecommendResponseItem {
  std::optional<std::string> id;
  std::optional<std::string> title;
  std::optional<double> score;
  std::optional<std::int64_t> position;
  std::optional<std::vector<std::string>> flags;
  std::optional<RecommendResponseItemReason> reason;
};
void to_json(Json& json, const RecommendResponseItem& value);
void from_json(const Json& json, RecommendResponseItem& value);

struct RecommendResponseSponsoredLabel {
  std::optional<std::string> zh;
  std::optional<std::string> en;
};
void to_json(Json& json, const RecommendResponseSponsoredLabel& value);
void from_json(const Json& json, RecommendResponseSponsoredLabel& value);

struct RecommendResponseSponsored {
  std::optional<std::string> id;
  std::optional<std::string> title;
  std::optional<RecommendResponseSponsoredLabel> label;
};
void to_json(Json& json, const RecommendResponseSponsored& value);
void from_json(const Json& json, RecommendResponseSponsored& value);

struct RecommendResponse {
  std::string impression;
  // nothing is known of the user: what most touched lately, and new things
  bool fallback = false;
  std::optional<bool> unknown_user;
  std::optional<std::vector<std::string>> unknown_context;
  std::vector<RecommendResponseItem> items;
  // absent: nobody's; to be shown apart, with its label
  std::optional<RecommendResponseSponsored> sponsored;
};
void to_json(Json& json, const RecommendResponse& value);
void from_json(const Json& json, RecommendResponse& value);

struct RecommendRerankRequest {
  std::string user;
  // ids; of what may be unknown, objects as in a file of items, whose text is read then
  std::vector<Json> items;
  std::optional<std::string> surface;
  std::optional<std::vector<std::string>> context;
  std::optional<bool> explain;
};
void to_json(Json& json, const RecommendRerankRequest& value);
void from_json(const Json& json, RecommendRerankRequest& value);

struct RecommendRerankResponseItem {
  std::optional<std::string> id;
  std::optional<std::string> title;
  std::optional<std::int64_t> position;
  // absent: there was nothing to score it by
  std::optional<double> score;
  std::optional<std::vector<std::string>> flags;
  std::optional<std::map<std::string, Json>> reason;
};
void to_json(Json& json, const RecommendRerankResponseItem& value);
void from_json(const Json& json, RecommendRerankResponseItem& value);

struct RecommendRerankResponse {
  std::string impression;
  bool fallback = false;
  std::optional<bool> unknown_user;
  std::optional<std::vector<std::string>> unknown_context;
  std::vector<RecommendRerankResponseItem> items;
  // taken down, or blocked by a rule
  std::optional<std::vector<std::string>> left_out;
};
void to_json(Json& json, const RecommendRerankResponse& value);
void from_json(const Json& json, RecommendRerankResponse& value);

struct RecommendSponsoredClickRequest {
  // of the list whose sponsored item was clicked
  std::string impression;
};
void to_json(Json& json, const RecommendSponsoredClickRequest& value);
void from_json(const Json& json, RecommendSponsoredClickRequest& value);

struct RecommendSponsoredClickResponse {
  // false: it was counted before
  bool counted = false;
  // 10^-6 fen, to whom the campaign belongs
  std::optional<std::int64_t> price_ufen;
};
void to_json(Json& json, const RecommendSponsoredClickResponse& value);
void from_json(const Json& json, RecommendSponsoredClickResponse& value);

struct RecommendBoardResponse {
  // who asks
  std::string person;
  // may change the rules and go back to another release
  bool manager = false;
  std::int64_t items = 0;
  std::int64_t users = 0;
  std::int64_t events = 0;
  // the release that serves; empty: none
  std::string live;
};
void to_json(Json& json, const RecommendBoardResponse& value);
void from_json(const Json& json, RecommendBoardResponse& value);

struct RecommendItemsQuery {
  // what the id or the title has in it; absent: everything
  std::optional<std::string> words;
  // 50
  std::optional<std::int64_t> limit;
};
void to_json(Json& json, const RecommendItemsQuery& value);
void from_json(const Json& json, RecommendItemsQuery& value);

struct RecommendItemsResponseItem {
  std::optional<std::string> id;
  // empty: events alone name it
  std::optional<std::string> title;
  std::optional<std::vector<std::string>> tags;
  std::optional<std::int64_t> users;
  std::optional<bool> hidden;
};
void to_json(Json& json, const RecommendItemsResponseItem& value);
void from_json(const Json& json, RecommendItemsResponseItem& value);

struct RecommendItemsResponse {
  std::int64_t found = 0;
  std::vector<RecommendItemsResponseItem> items;
};
void to_json(Json& json, const RecommendItemsResponse& value);
void from_json(const Json& json, RecommendItemsResponse& value);

struct RecommendItemsHideRequest {
  std::string item;
  // absent: false, it is shown again
  std::optional<bool> hidden;
};
void to_json(Json& json, const RecommendItemsHideRequest& value);
void from_json(const Json& json, RecommendItemsHideRequest& value);

struct RecommendItemsHideResponse {
  std::optional<std::string> item;
  std::optional<bool> hidden;
  std::optional<bool> changed;
};
void to_json(Json& json, const RecommendItemsHideResponse& value);
void from_json(const Json& json, RecommendItemsHideResponse& value);

struct RecommendUsersQuery {
  // what the id or the title has in it; absent: everything
  std::optional<std::string> words;
  // 50
  std::optional<std::int64_t> limit;
};
void to_json(Json& json, const RecommendUsersQuery& value);
void from_json(const Json& json, RecommendUsersQuery& value);

struct RecommendUsersResponseUser {
  std::optional<std::string> id;
  std::optional<std::int64_t> events;
  std::optional<std::string> last;
};
void to_json(Json& json, const RecommendUsersResponseUser& value);
void from_json(const Json& json, RecommendUsersResponseUser& value);

struct RecommendUsersResponse {
  std::int64_t found = 0;
  std::vector<RecommendUsersResponseUser> users;
};
void to_json(Json& json, const RecommendUsersResponse& value);
void from_json(const Json& json, RecommendUsersResponse& value);

struct RecommendUsersHistoryQuery {
  std::string user;
  // 50
  std::optional<std::int64_t> limit;
};
void to_json(Json& json, const RecommendUsersHistoryQuery& value);
void from_json(const Json& json, RecommendUsersHistoryQuery& value);

struct RecommendUsersHistoryResponseEvent {
  std::optional<std::string> item;
  std::optional<std::string> title;
  std::optional<std::string> kind;
  std::optional<std::string> time;
};
void to_json(Json& json, const RecommendUsersHistoryResponseEvent& value);
void from_json(const Json& json, RecommendUsersHistoryResponseEvent& value);

struct RecommendUsersHistoryResponse {
  std::string user;
  std::vector<RecommendUsersHistoryResponseEvent> events;
};
void to_json(Json& json, const RecommendUsersHistoryResponse& value);
void from_json(const Json& json, RecommendUsersHistoryResponse& value);

struct RecommendPreviewRequest {
  std::string user;
  std::optional<std::int64_t> count;
  std::optional<std::vector<std::string>> context;
  std::optional<std::vector<std::string>> exclude;
};
void to_json(Json& json, const RecommendPreviewRequest& value);
void from_json(const Json& json, RecommendPreviewRequest& value);

struct RecommendPreviewResponse {
  std::optional<std::string> arm;
  std::optional<std::string> release;
  std::optional<bool> fallback;
  std::optional<bool> unknown_user;
  std::vector<std::map<std::string, Json>> items;
};
void to_json(Json& json, const RecommendPreviewResponse& value);
void from_json(const Json& json, RecommendPreviewResponse& value);

struct GetRecommendRulesResponsePin {
  std::string item;
  std::optional<std::int64_t> position;
  // absent: every one
  std::optional<std::string> surface;
};
void to_json(Json& json, const GetRecommendRulesResponsePin& value);
void from_json(const Json& json, GetRecommendRulesResponsePin& value);

struct GetRecommendRulesResponse {
  std::optional<std::vector<GetRecommendRulesResponsePin>> pin;
  // by tag: -1 to 1, added to relevance
  std::optional<std::map<std::string, double>> lift;
  // of relevance, by the item's age; 0: none
  std::optional<double> half_life_days;
  // by tag, or by author:* for every tag that begins so: how many of a list
  std::optional<std::map<std::string, std::int64_t>> caps;
  std::optional<std::vector<std::string>> blocked_tags;
  std::optional<std::vector<std::string>> blocked_words;
  // items that no reason names
  std::optional<std::vector<std::string>> unnamed_tags;
  // of places, to what little is known of
  std::optional<double> explore;
};
void to_json(Json& json, const GetRecommendRulesResponse& value);
void from_json(const Json& json, GetRecommendRulesResponse& value);

struct PostRecommendRulesRequestPin {
  std::string item;
  std::optional<std::int64_t> position;
  // absent: every one
  std::optional<std::string> surface;
};
void to_json(Json& json, const PostRecommendRulesRequestPin& value);
void from_json(const Json& json, PostRecommendRulesRequestPin& value);

struct PostRecommendRulesRequest {
  std::optional<std::vector<PostRecommendRulesRequestPin>> pin;
  // by tag: -1 to 1, added to relevance
  std::optional<std::map<std::string, double>> lift;
  // of relevance, by the item's age; 0: none
  std::optional<double> half_life_days;
  // by tag, or by author:* for every tag that begins so: how many of a list
  std::optional<std::map<std::string, std::int64_t>> caps;
  std::optional<std::vector<std::string>> blocked_tags;
  std::optional<std::vector<std::string>> blocked_words;
  // items that no reason names
  std::optional<std::vector<std::string>> unnamed_tags;
  // of places, to what little is known of
  std::optional<double> explore;
};
void to_json(Json& json, const PostRecommendRulesRequest& value);
void from_json(const Json& json, PostRecommendRulesRequest& value);

struct PostRecommendRulesResponsePin {
  std::string item;
  std::optional<std::int64_t> position;
  // absent: every one
  std::optional<std::string> surface;
};
void to_json(Json& json, const PostRecommendRulesResponsePin& value);
void from_json(const Json& json, PostRecommendRulesResponsePin& value);

struct PostRecommendRulesResponse {
  std::optional<std::vector<PostRecommendRulesResponsePin>> pin;
  // by tag: -1 to 1, added to relevance
  std::optional<std::map<std::string, double>> lift;
  // of relevance, by the item's age; 0: none
  std::optional<double> half_life_days;
  // by tag, or by author:* for every tag that begins so: how many of a list
  std::optional<std::map<std::string, std::int64_t>> caps;
  std::optional<std::vector<std::string>> blocked_tags;
  std::optional<std::vector<std::string>> blocked_words;
  // items that no reason names
  std::optional<std::vector<std::string>> unnamed_tags;
  // of places, to what little is known of
  std::optional<double> explore;
};
void to_json(Json& json, const PostRecommendRulesResponse& value);
void from_json(const Json& json, PostRecommendRulesResponse& value);

struct RecommendMetricsQuery {
  // back from today; 30
  std::optional<std::int64_t> days;
};
void to_json(Json& json, const RecommendMetricsQuery& value);
void from_json(const Json& json, RecommendMetricsQuery& value);

struct RecommendMetricsResponseDay {
  std::optional<std::string> day;
  std::optional<std::int64_t> clicks;
  std::optional<std::map<std::string, Json>> clicked;
  std::optional<std::map<std::string, Json>> positive;
};
void to_json(Json& json, const RecommendMetricsResponseDay& value);
void from_json(const Json& json, RecommendMetricsResponseDay& value);

struct RecommendMetricsResponseExplored {
  std::optional<std::int64_t> position;
  std::optional<std::int64_t> lists;
  std::optional<std::int64_t> clicks;
};
void to_json(Json& json, const RecommendMetricsResponseExplored& value);
void from_json(const Json& json, RecommendMetricsResponseExplored& value);

struct RecommendMetricsResponse {
  std::optional<std::int64_t> join_minutes;
  std::optional<std::map<std::string, Json>> clicked;
  std::optional<std::map<std::string, Json>> positive;
  std::vector<RecommendMetricsResponseDay> days;
  // places that were drawn, and clicks there
  std::optional<std::vector<RecommendMetricsResponseExplored>> explored;
  // both arms of the one that runs, and challenger minus champion
  std::optional<std::map<std::string, Json>> experiment;
};
void to_json(Json& json, const RecommendMetricsResponse& value);
void from_json(const Json& json, RecommendMetricsResponse& value);

struct RecommendHealthQuery {
  // back from today; 30
  std::optional<std::int64_t> days;
};
void to_json(Json& json, const RecommendHealthQuery& value);
void from_json(const Json& json, RecommendHealthQuery& value);

struct RecommendHealthResponseFunnel {
  std::optional<std::string> step;
  std::optional<std::int64_t> lists;
  std::optional<std::int64_t> users;
};
void to_json(Json& json, const RecommendHealthResponseFunnel& value);
void from_json(const Json& json, RecommendHealthResponseFunnel& value);

struct RecommendHealthResponseSourceOutcome {
  std::optional<std::string> outcome;
  std::optional<std::int64_t> count;
  std::optional<std::string> last;
  std::optional<std::string> detail;
};
void to_json(Json& json, const RecommendHealthResponseSourceOutcome& value);
void from_json(const Json& json, RecommendHealthResponseSourceOutcome& value);

struct RecommendHealthResponseSource {
  std::optional<std::string> source;
  std::optional<std::string> read;
  std::optional<std::vector<RecommendHealthResponseSourceOutcome>> outcomes;
};
void to_json(Json& json, const RecommendHealthResponseSource& value);
void from_json(const Json& json, RecommendHealthResponseSource& value);

struct RecommendHealthResponseCost {
  std::optional<std::string> stage;
  std::optional<std::int64_t> lists;
  std::optional<double> p50_ms;
  std::optional<double> p95_ms;
  std::optional<double> p99_ms;
};
void to_json(Json& json, const RecommendHealthResponseCost& value);
void from_json(const Json& json, RecommendHealthResponseCost& value);

struct RecommendHealthResponse {
  // lists with at least that of one of their items
  std::vector<RecommendHealthResponseFunnel> funnel;
  // how many items are without a title, a text, tags, ...; users
  std::map<std::string, Json> record;
  // of the days: all, told a day late, naming the list they came from
  std::map<std::string, Json> events;
  // of topics that are read: what became of their messages, since the beginning
  std::vector<RecommendHealthResponseSource> sources;
  // the last 7 days beside the 28 before: stability indices
  std::map<std::string, Json> drift;
  // of every tenant's last 1000 lists, since the start
  std::vector<RecommendHealthResponseCost> cost;
};
void to_json(Json& json, const RecommendHealthResponse& value);
void from_json(const Json& json, RecommendHealthResponse& value);

struct RecommendReleasesResponse {
  std::string live;
  std::vector<std::map<std::string, Json>> releases;
  std::optional<std::vector<std::map<std::string, Json>>> changes;
};
void to_json(Json& json, const RecommendReleasesResponse& value);
void from_json(const Json& json, RecommendReleasesResponse& value);

struct RecommendRollbackRequest {
  std::optional<std::string> reason;
};
void to_json(Json& json, const RecommendRollbackRequest& value);
void from_json(const Json& json, RecommendRollbackRequest& value);

struct RecommendRollbackResponse {
  // the release that serves from now on
  std::string live;
};
void to_json(Json& json, const RecommendRollbackResponse& value);
void from_json(const Json& json, RecommendRollbackResponse& value);

}  // namespace yupu::client
