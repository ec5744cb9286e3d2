#include "products/service/agents/visitor_routes.h"

#include <charconv>
#include <memory>
#include <utility>

#include "http/door.h"
#include "http/problem.h"
#include "products/service/agents/tickets.h"
#include "serving/body_fields.h"

namespace yupu::products {
namespace {

constexpr std::size_t kContactBytesMax = 256;

constexpr std::string_view kMessagesResponse = R"({
  "type": "object", "required": ["messages", "state"],
  "properties": {
    "messages": {"type": "array", "items": {"type": "object", "properties": {
      "conversation": {"type": "string"}, "sequence": {"type": "integer"},
      "author": {"enum": ["visitor", "bot", "person"]}, "agent": {"type": "string"},
      "text": {"type": "string"}, "created": {"type": "string"}}}},
    "state": {"type": "object", "properties": {
      "state": {"enum": ["bot", "waiting", "with", "offline", "closed"]},
      "place": {"type": "integer"}, "agent": {"type": "string"}}}
  }
})";
constexpr std::string_view kContactRequest = R"({
  "type": "object", "additionalProperties": false, "required": ["contact"],
  "properties": {
    "contact": {"type": "string", "maxLength": 256, "description": "an address or a number"},
    "text": {"type": "string", "description": "what it is about; at most 8192 bytes"}
  }
})";
constexpr std::string_view kContactResponse = R"({
  "type": "object", "required": ["conversation"], "properties": {"conversation": {"type": "string"}}
})";
constexpr std::string_view kRatingRequest = R"({
  "type": "object", "additionalProperties": false, "required": ["score"],
  "properties": {
    "score": {"type": "integer", "minimum": 1, "maximum": 5, "description": "5: content; given again, the last one counts"},
    "reason": {"type": "string", "description": "at most 4096 bytes"}
  }
})";
constexpr std::string_view kRatingResponse = R"({
  "type": "object", "required": ["conversation", "score"],
  "properties": {"conversation": {"type": "string"}, "score": {"type": "integer"}, "id": {"type": "string"}}
})";

// `after` of the query, or where a stream that broke off had come to; -1: from the beginning.
Result<std::int64_t> after_of(const http::Request& request) {
  std::string_view text = request.headers.get("last-event-id");
  if (text.empty()) {
    const auto found = request.query.find("after");
    if (found == request.query.end()) return std::int64_t{-1};
    text = found->second;
  }
  std::int64_t after = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), after);
  if (error != std::errc() || end != text.data() + text.size() || after < -1)
    return invalid_argument("after is not the sequence of a message", "after");
  return after;
}

}  // namespace

struct VisitorRoutes::RouteRow {
  http::RouteInfo info;
  Result<http::Response> (VisitorRoutes::*handler)(const http::Request&, const Conversation&);
};

constexpr VisitorRoutes::RouteRow VisitorRoutes::kRoutes[] = {
    {{.method = "GET",
      .pattern = "/v1/conversations/{id}/events",
      .scope = "inference",
      .summary = "server-sent events: message (those after ?after= or Last-Event-ID), state"},
     &VisitorRoutes::events},
    {{.method = "GET",
      .pattern = "/v1/conversations/{id}/messages",
      .scope = "inference",
      .summary = "what was said after ?after=, and how the conversation stands",
      .response_schema = kMessagesResponse},
     &VisitorRoutes::messages},
    {{.method = "POST",
      .pattern = "/v1/conversations/{id}/contact",
      .scope = "inference",
      .summary = "the offline form: how to reach the visitor",
      .request_schema = kContactRequest,
      .response_schema = kContactResponse},
     &VisitorRoutes::contact},
    {{.method = "POST",
      .pattern = "/v1/conversations/{id}/rating",
      .scope = "inference",
      .summary = "how content the visitor was with the conversation, from 1 to 5",
      .request_schema = kRatingRequest,
      .response_schema = kRatingResponse},
     &VisitorRoutes::rating},
};

void VisitorRoutes::add_routes(const Add& add) {
  for (const RouteRow& row : kRoutes) {
    add(row.info, [this, handler = row.handler](const http::Request& request) {
      const serving::Service::Access access = door_(request);
      if (!access.caller) return access.refusal;
      const Result<Conversation> conversation =
          get_conversation(store_, access.caller->tenant_id, request.params.at("id"));
      if (!conversation.ok()) return http::problem(conversation.status(), request.request_id);
      const Result<http::Response> response = (this->*handler)(request, *conversation);
      http::Response out = response.ok() ? *response : http::problem(response.status(), request.request_id);
      if (!access.next_token.empty()) out.headers.add(serving::kVisitorHeader, access.next_token);
      return out;
    });
  }
}

Result<http::Response> VisitorRoutes::events(const http::Request& request, const Conversation& conversation) {
  YUPU_ASSIGN_OR_RETURN(const std::int64_t after, after_of(request));
  auto stream = std::make_shared<http::EventStream>();
  if (request.method == "GET" && !request.client_gone()) desk_.follow_as_visitor(conversation, after, stream);
  return http::event_stream_response(std::move(stream));
}

Result<http::Response> VisitorRoutes::messages(const http::Request& request, const Conversation& conversation) {
  YUPU_ASSIGN_OR_RETURN(const std::int64_t after, after_of(request));
  Json messages = Json::array();
  YUPU_RETURN_IF_ERROR(store_.read([&](store::Transaction& transaction) -> Status {
    YUPU_ASSIGN_OR_RETURN(const AgentNames names, agent_names(transaction, conversation.tenant_id));
    YUPU_ASSIGN_OR_RETURN(const auto found,
                          messages_after(transaction, conversation.tenant_id, conversation.id, after));
    for (const Message& message : found) messages.push_back(message_json(conversation.id, message, names));
    return {};
  }));
  Json state{{"state", conversation.status == ConversationStatus::kClosed ? "closed" : "bot"}};
  if (conversation.status == ConversationStatus::kWaiting) {
    YUPU_ASSIGN_OR_RETURN(state, desk_.state_of(conversation));
  }
  return http::unkept_json(to_text({{"messages", std::move(messages)}, {"state", std::move(state)}}));
}

Result<http::Response> VisitorRoutes::contact(const http::Request& request, const Conversation& conversation) {
  YUPU_ASSIGN_OR_RETURN(const Json body, serving::parse_object(request.body, {"contact", "text"}));
  if (!body.contains("contact")) return invalid_argument("contact is missing", "contact");
  YUPU_ASSIGN_OR_RETURN(const std::string contact,
                        serving::text_of(body.at("contact"), "contact", {.text_bytes_max = kContactBytesMax}));
  YUPU_ASSIGN_OR_RETURN(const std::string text, serving::optional_string(body, "text", limits_.text_bytes_max));
  YUPU_RETURN_IF_ERROR(keep_ticket(store_, {.tenant_id = conversation.tenant_id,
                                            .conversation_id = conversation.id,
                                            .contact = contact,
                                            .text = text,
                                            .created_ns = clock_.now_ns()}));
  return http::json_response(200, to_text({{"conversation", conversation.id}}));
}

Result<http::Response> VisitorRoutes::rating(const http::Request& request, const Conversation& conversation) {
  YUPU_ASSIGN_OR_RETURN(const Json body, serving::parse_object(request.body, {"score", "reason"}));
  const auto score = body.find("score");
  if (score == body.end()) return invalid_argument("score is missing", "score");
  const std::int64_t given = score->is_number_integer() ? score->get<std::int64_t>() : 0;
  if (given < 1 || given > 5) return invalid_argument("score is not a whole number from 1 to 5", "score");
  YUPU_ASSIGN_OR_RETURN(std::string reason, serving::optional_string(body, "reason", limits_.text_bytes_max));
  YUPU_ASSIGN_OR_RETURN(const handoff::Feedback stored,
                        rate_conversation(store_, conversation, static_cast<int>(given), std::move(reason), take_));
  return http::json_response(
      200, to_text({{"conversation", conversation.id}, {"score", stored.satisfaction.value_or(0)}, {"id", stored.id}}));
}

}  // namespace yupu::products
