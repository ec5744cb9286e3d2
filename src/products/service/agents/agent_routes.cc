#include "products/service/agents/agent_routes.h"

#include <functional>
#include <memory>
#include <utility>

#include "http/door.h"
#include "products/service/agents/briefing.h"
#include "products/service/agents/inbox.h"
#include "serving/body_fields.h"
#include "text/personal/mask.h"

namespace yupu::products {
namespace {

constexpr std::string_view kBearer = "Bearer ";
constexpr std::size_t kIdBytesMax = 256;

constexpr std::string_view kAgentSchema = R"({
  "type": "object", "required": ["name", "skills", "limit"],
  "properties": {"id": {"type": "string"}, "name": {"type": "string"}, "limit": {"type": "integer"},
    "manager": {"type": "boolean", "description": "may also decide what the shop says"},
    "skills": {"type": "array", "items": {"type": "string"}}, "created": {"type": "string"}}
})";
constexpr std::string_view kClaimRequest = R"({
  "type": "object", "additionalProperties": false,
  "properties": {"conversation": {"type": "string", "description": "absent: the first that waits"}}
})";
constexpr std::string_view kConversationSchema = R"({
  "type": "object", "required": ["conversation"], "properties": {"conversation": {"type": "string"}}
})";
constexpr std::string_view kReadResponse = R"({
  "type": "object", "required": ["conversation", "messages", "summary", "suggestions"],
  "properties": {
    "conversation": {"type": "object"}, "mine": {"type": "boolean"},
    "messages": {"type": "array", "items": {"type": "object", "properties": {
      "conversation": {"type": "string"}, "sequence": {"type": "integer"},
      "author": {"enum": ["visitor", "bot", "person"]}, "agent": {"type": "string"}, "message_id": {"type": "string"},
      "trace_id": {"type": "string", "description": "of the visitor's and the bot's"},
      "text": {"type": "string"}, "created": {"type": "string"}}}},
    "summary": {"type": "object", "properties": {
      "first": {"type": "string"}, "last": {"type": "array", "items": {"type": "string"}},
      "why": {"enum": ["asked", "unsure", "slot", ""]}, "intents": {"type": "array", "items": {"type": "object"}},
      "slots": {"type": "object"}, "triggers": {"type": "array", "items": {"type": "string"}},
      "priority": {"type": "integer"}}},
    "suggestions": {"type": "array", "items": {"type": "object", "properties": {
      "intent": {"type": "string"}, "title": {"type": "string"}, "text": {"type": "string"},
      "score": {"type": "number"}, "source": {"type": "string"}}}}
  }
})";
constexpr std::string_view kSayRequest = R"({
  "type": "object", "additionalProperties": false, "required": ["message_id", "text"],
  "properties": {
    "message_id": {"type": "string", "maxLength": 256, "description": "new for each message; sent again, it is said once"},
    "text": {"type": "string", "description": "at most 8192 bytes"}
  }
})";
constexpr std::string_view kSayResponse = R"({
  "type": "object", "required": ["conversation", "sequence"],
  "properties": {"conversation": {"type": "string"}, "sequence": {"type": "integer"},
                 "was_known": {"type": "boolean", "description": "it had been said before"}}
})";
constexpr std::string_view kCloseRequest = R"({
  "type": "object", "additionalProperties": false, "required": ["to"],
  "properties": {"to": {"enum": ["bot", "end"], "description": "bot: it goes on with the bot; end: it is over"}}
})";
constexpr std::string_view kHandRequest = R"({
  "type": "object", "additionalProperties": false, "required": ["to"],
  "properties": {"to": {"type": "string", "description": "an agent's name; empty: back to the queue"}}
})";
constexpr std::string_view kCorrectRequest = R"({
  "type": "object", "additionalProperties": false, "required": ["trace_id", "correction"],
  "properties": {
    "trace_id": {"type": "string", "description": "of a message of this conversation"},
    "correction": {"type": "string", "description": "the intent the visitor meant, or out_of_scope"},
    "reason": {"type": "string"}
  }
})";
constexpr std::string_view kCorrectResponse = R"({
  "type": "object", "required": ["id", "trace_id", "correction"],
  "properties": {"id": {"type": "string"}, "trace_id": {"type": "string"}, "correction": {"type": "string"}}
})";

Result<http::Response> reply(const Json& json) { return http::unkept_json(to_text(json)); }

const std::string& id_of(const http::Request& request) { return request.params.at("id"); }

}  // namespace

struct AgentRoutes::RouteRow {
  http::RouteInfo info;
  Result<http::Response> (AgentRoutes::*handler)(const http::Request&, const Agent&);
};

constexpr AgentRoutes::RouteRow AgentRoutes::kRoutes[] = {
    {{.method = "GET",
      .pattern = "/v1/agent/events",
      .scope = "agent",
      .summary = "server-sent events: hello, assigned, message, released, queue; who listens is on duty"},
     &AgentRoutes::events},
    {{.method = "GET",
      .pattern = "/v1/agent/me",
      .scope = "agent",
      .summary = "the agent whose token this is",
      .response_schema = kAgentSchema},
     &AgentRoutes::me},
    {{.method = "POST",
      .pattern = "/v1/agent/claim",
      .scope = "agent",
      .summary = "takes a conversation that waits",
      .request_schema = kClaimRequest,
      .response_schema = kConversationSchema},
     &AgentRoutes::claim},
    {{.method = "GET",
      .pattern = "/v1/agent/conversations/{id}",
      .scope = "agent",
      .summary = "what was said, a summary, and replies that may fit",
      .response_schema = kReadResponse},
     &AgentRoutes::read},
    {{.method = "POST",
      .pattern = "/v1/agent/conversations/{id}/say",
      .scope = "agent",
      .summary = "a message to the visitor",
      .request_schema = kSayRequest,
      .response_schema = kSayResponse},
     &AgentRoutes::say},
    {{.method = "POST",
      .pattern = "/v1/agent/conversations/{id}/close",
      .scope = "agent",
      .summary = "gives the conversation back to the bot, or ends it",
      .request_schema = kCloseRequest,
      .response_schema = kConversationSchema},
     &AgentRoutes::close},
    {{.method = "POST",
      .pattern = "/v1/agent/conversations/{id}/hand",
      .scope = "agent",
      .summary = "gives the conversation to another agent, or back to the queue",
      .request_schema = kHandRequest,
      .response_schema = kConversationSchema},
     &AgentRoutes::hand},
    {{.method = "POST",
      .pattern = "/v1/agent/conversations/{id}/correct",
      .scope = "agent",
      .summary = "what a visitor meant, where the bot took it for something else: the next round learns it",
      .request_schema = kCorrectRequest,
      .response_schema = kCorrectResponse},
     &AgentRoutes::correct},
};

Result<Agent> agent_of_request(store::Store& store, const http::Request& request) {
  const std::string_view header = request.headers.get("authorization");
  if (header.size() <= kBearer.size() || !http::equal_ignoring_case(header.substr(0, kBearer.size()), kBearer))
    return Status(Code::kUnauthenticated, "no agent's token; send 'Authorization: Bearer ya_...'");
  return agent_of_token(store, header.substr(kBearer.size()));
}

handoff::Door agent_door(store::Store& store) {
  return [&store](const http::Request& request) -> Result<handoff::Person> {
    YUPU_ASSIGN_OR_RETURN(Agent agent, agent_of_request(store, request));
    return handoff::Person{.id = std::move(agent.id),
                           .tenant_id = std::move(agent.tenant_id),
                           .name = std::move(agent.name),
                           .is_manager = agent.is_manager};
  };
}

void AgentRoutes::add_routes(http::Router& router) {
  const auto door = [this](const http::Request& request) { return agent_of_request(store_, request); };
  for (const RouteRow& row : kRoutes) {
    router.add(row.info, http::behind(door, std::bind_front(row.handler, this)));
  }
}

const Bot* AgentRoutes::bot_of(const Conversation& conversation) const {
  const auto found = bots_.find(conversation.bot);
  return found == bots_.end() ? nullptr : found->second;
}

Result<http::Response> AgentRoutes::events(const http::Request& request, const Agent& agent) {
  auto stream = std::make_shared<http::EventStream>();
  // HEAD and those who have hung up already follow nothing.
  if (request.method != "GET" || request.client_gone()) return http::event_stream_response(std::move(stream));
  static_cast<void>(stream->send({.name = "hello", .data = to_text(agent.to_json())}));
  desk_.follow_as_agent(agent, stream);
  return http::event_stream_response(std::move(stream));
}

Result<http::Response> AgentRoutes::me(const http::Request&, const Agent& agent) { return reply(agent.to_json()); }

Result<http::Response> AgentRoutes::claim(const http::Request& request, const Agent& agent) {
  YUPU_ASSIGN_OR_RETURN(const Json body, serving::parse_object(request.body, {"conversation"}));
  YUPU_ASSIGN_OR_RETURN(const std::string wanted, serving::optional_string(body, "conversation", kIdBytesMax));
  YUPU_ASSIGN_OR_RETURN(const std::string claimed, claim_conversation(store_, agent, wanted));
  desk_.ring();
  return reply({{"conversation", claimed}});
}

Result<http::Response> AgentRoutes::read(const http::Request& request, const Agent& agent) {
  Json json;
  YUPU_RETURN_IF_ERROR(store_.read([&](store::Transaction& transaction) -> Status {
    YUPU_ASSIGN_OR_RETURN(const Conversation conversation,
                          get_conversation(transaction, agent.tenant_id, id_of(request)));
    const Moment moment{.now_ns = clock_.now_ns(), .channel = conversation.channel};
    YUPU_ASSIGN_OR_RETURN(json, briefing(transaction, conversation, bot_of(conversation), moment));
    YUPU_ASSIGN_OR_RETURN(AgentNames names, agent_names(transaction, agent.tenant_id));
    YUPU_ASSIGN_OR_RETURN(const auto messages, messages_after(transaction, agent.tenant_id, conversation.id, -1));
    json["messages"] = Json::array();
    for (const Message& message : messages) {
      Json line = message_json(conversation.id, message, names);
      if (message.author != "person") line["trace_id"] = message.trace_id;  // what a correction names
      json["messages"].push_back(std::move(line));
    }
    YUPU_ASSIGN_OR_RETURN(const auto holder, holder_of(transaction, conversation.id));
    json["conversation"] = conversation.to_json();
    json["conversation"]["lang"] = conversation.state.lang;
    json["conversation"]["agent"] = holder ? names[*holder] : std::string();
    json["mine"] = holder && *holder == agent.id;
    return {};
  }));
  return reply(json);
}

Result<http::Response> AgentRoutes::say(const http::Request& request, const Agent& agent) {
  YUPU_ASSIGN_OR_RETURN(const Json body, serving::parse_object(request.body, {"message_id", "text"}));
  YUPU_ASSIGN_OR_RETURN(const std::string message_id, serving::required_string(body, "message_id", kIdBytesMax));
  if (!body.contains("text")) return invalid_argument("text is missing", "text");
  YUPU_ASSIGN_OR_RETURN(const std::string text, serving::text_of(body.at("text"), "text", limits_));
  YUPU_ASSIGN_OR_RETURN(const SaidMessage said, say_as_agent(store_, clock_, agent, id_of(request), message_id,
                                                             text::mask_personal_data(text, mask_)));
  desk_.note_change(said.conversation);
  return reply({{"conversation", said.conversation.id}, {"sequence", said.sequence}, {"was_known", said.was_known}});
}

Result<http::Response> AgentRoutes::close(const http::Request& request, const Agent& agent) {
  YUPU_ASSIGN_OR_RETURN(const Json body, serving::parse_object(request.body, {"to"}));
  YUPU_ASSIGN_OR_RETURN(const std::string to, serving::required_string(body, "to", kIdBytesMax));
  if (to != "bot" && to != "end") return invalid_argument("to is neither 'bot' nor 'end'", "to");
  YUPU_RETURN_IF_ERROR(settle_as_agent(store_, agent, id_of(request),
                                       to == "bot" ? ConversationStatus::kBot : ConversationStatus::kClosed));
  desk_.ring();
  return reply({{"conversation", id_of(request)}});
}

Result<http::Response> AgentRoutes::hand(const http::Request& request, const Agent& agent) {
  YUPU_ASSIGN_OR_RETURN(const Json body, serving::parse_object(request.body, {"to"}));
  if (!body.contains("to")) return invalid_argument("to is missing", "to");
  YUPU_ASSIGN_OR_RETURN(const std::string to, serving::optional_string(body, "to", kIdBytesMax));
  YUPU_RETURN_IF_ERROR(hand_over_to(store_, agent, id_of(request), to));
  desk_.ring();
  return reply({{"conversation", id_of(request)}});
}

Result<http::Response> AgentRoutes::correct(const http::Request& request, const Agent& agent) {
  YUPU_ASSIGN_OR_RETURN(const Json body, serving::parse_object(request.body, {"trace_id", "correction", "reason"}));
  Correction correction;
  YUPU_ASSIGN_OR_RETURN(correction.trace_id, serving::required_string(body, "trace_id", kIdBytesMax));
  YUPU_ASSIGN_OR_RETURN(correction.intent, serving::required_string(body, "correction", kIdBytesMax));
  YUPU_ASSIGN_OR_RETURN(correction.reason, serving::optional_string(body, "reason", limits_.text_bytes_max));
  YUPU_ASSIGN_OR_RETURN(const handoff::Feedback stored,
                        correct_as_agent(store_, agent, id_of(request), std::move(correction), take_));
  return reply({{"id", stored.id}, {"trace_id", stored.trace_id}, {"correction", stored.correction.value_or("")}});
}

}  // namespace yupu::products
