#include "products/monitor/board/push_routes.h"

#include <functional>
#include <utility>
#include <vector>

#include "http/door.h"
#include "http/problem.h"
#include "serving/body_fields.h"

namespace yupu::monitor {
namespace {

constexpr std::size_t kSourceBytesMax = 200;
constexpr int kFullRetry_s = 5;
constexpr std::int64_t kSecondsPerMinute = 60;

constexpr http::RouteInfo kRoute = {
    .method = "POST",
    .pattern = "/v1/monitor/documents",
    .scope = "agent",
    .summary = "documents of another program: taken in within a second or so; 429 where too many come",
    .request_schema =
        R"({"type": "object", "additionalProperties": false, "required": ["documents"], "properties": {
  "source": {"type": "string", "description": "what they are counted under, behind push:; absent: api"},
  "documents": {"type": "array", "minItems": 1, "maxItems": 500, "items": {"type": "object", "additionalProperties": false,
    "properties": {"title": {"type": "string"}, "text": {"type": "string"}, "url": {"type": "string"},
      "guid": {"type": "string", "description": "what its source calls it"}, "publisher": {"type": "string"},
      "published": {"type": "string", "description": "like 2026-11-27T08:30:00+08:00"}, "received": {"type": "string"},
      "sentiment": {"enum": ["negative", "neutral", "positive"], "description": "required where no model reads them"}}}}}})",
    .response_schema =
        R"({"type": "object", "required": ["accepted", "refused"], "properties": {"accepted": {"type": "integer"},
  "refused": {"type": "array", "items": {"type": "object", "properties": {
    "index": {"type": "integer", "description": "of the document, from 0"},
    "reason": {"enum": ["malformed", "empty", "too_large", "url", "published", "received", "sentiment"]},
    "detail": {"type": "string"}}}}}})"};

}  // namespace

PushRoutes::PushRoutes(store::Store& store, const Clock& clock, std::string monitor, const TopicDictionary& topics,
                       SentimentFrom from, InboxOptions options, BoardRoutes::Person person)
    : store_(store),
      clock_(clock),
      monitor_(std::move(monitor)),
      topics_(topics),
      from_(from),
      options_(options),
      person_(std::move(person)) {}

void PushRoutes::add_routes(http::Router& router) {
  router.add(kRoute, http::behind(person_, std::bind_front(&PushRoutes::push, this)));
}

Result<http::Response> PushRoutes::push(const http::Request& request, const std::string&) {
  YUPU_ASSIGN_OR_RETURN(const Json body, serving::parse_object(request.body, {"source", "documents"}));
  YUPU_ASSIGN_OR_RETURN(std::string source, serving::optional_string(body, "source", kSourceBytesMax));
  if (source.empty()) source = "api";
  if (!body.contains("documents") || !body.at("documents").is_array())
    return invalid_argument("documents is missing: a list", "documents");
  std::vector<std::string> rows;
  for (const Json& document : body.at("documents")) rows.push_back(to_text(document));
  const std::int64_t now_ns = clock_.now_ns();
  const auto receipt = put_in_inbox(
      store_, monitor_, topics_, {.source = "push:" + source, .rows = rows, .now_ns = now_ns, .from = from_}, options_);
  if (receipt.status().code() == Code::kResourceExhausted) {
    const std::int64_t left_s = kSecondsPerMinute - now_ns / kSecondNs % kSecondsPerMinute;
    const bool is_quota = receipt.status().field() == "minute";
    return http::problem(receipt.status(), request.request_id, is_quota ? static_cast<int>(left_s) : kFullRetry_s);
  }
  if (!receipt.ok()) return receipt.status();
  Json refused = Json::array();
  for (const InboxRefusal& refusal : receipt->refused)
    refused.push_back({{"index", refusal.index}, {"reason", refusal.reason}, {"detail", refusal.detail}});
  return http::unkept_json(to_text({{"accepted", receipt->accepted}, {"refused", std::move(refused)}}));
}

}  // namespace yupu::monitor
