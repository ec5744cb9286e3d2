// Visitors of a public bot: how they come in, what is theirs, and what browsers need to let pages of other origins ask
// (CORS, as the Fetch standard has it).
//
//   GET /v1/widget -> POST /v1/visitors -> a token, in a header -> POST /v1/answer, /v1/feedback: of that bot, and of
//   that visitor's conversations alone; so are the routes of other rooms that are added by add_shared_route
#include <utility>

#include "http/problem.h"
#include "serving/service.h"
#include "serving/service_schemas.h"

namespace yupu::serving {
namespace {

constexpr std::int64_t kNsPerSecond = 1'000'000'000;

http::Response no_store(http::Response response) {
  response.headers.add("cache-control", "no-store");
  return response;
}

}  // namespace

void Service::add_visitor_routes(http::Router& router) {
  struct Row {
    http::RouteInfo info;
    http::Response (Service::*handler)(const http::Request&);
  };
  constexpr Row kRows[] = {
      {{.method = "GET",
        .pattern = "/v1/widget",
        .scope = "",
        .summary = "title, colour and first questions of a public bot (?bot=)",
        .response_schema = kWidgetResponse,
        .quick = true},
       &Service::widget},
      {{.method = "POST",
        .pattern = "/v1/visitors",
        .scope = "",
        .summary = "a visitor's token for a public bot, for pages of its origins",
        .request_schema = kVisitorRequest,
        .response_schema = kVisitorResponse},
       &Service::visitors},
  };
  for (const Row& row : kRows) {
    add_shared_route(router, row.info,
                     [this, member = row.handler](const http::Request& request) { return (this->*member)(request); });
  }
}

void Service::add_shared_route(http::Router& router, const http::RouteInfo& info, http::Handler handler) {
  router.add(info, [this, inner = std::move(handler)](const http::Request& request) {
    return shared(request, inner(request));
  });
  router.add({.method = "OPTIONS", .pattern = info.pattern, .scope = "", .summary = "", .quick = true},
             [this, method = info.method](const http::Request& request) {
               return shared(request, preflight(request, method));
             });
}

http::Response Service::widget(const http::Request& request) {
  const auto bot = request.query.find("bot");
  if (bot == request.query.end() || bot->second.empty())
    return failed(request, invalid_argument("say which bot: /v1/widget?bot=NAME", "bot"));
  if (door_ == nullptr || door_->bot().name != bot->second)
    return failed(request, Status(Code::kNotFound, "no public bot of this name", "bot"));
  if (const Status from = door_->check_origin(request, false); !from.ok()) return failed(request, from);
  return no_store(http::json_response(200, door_->about().dump()));
}

http::Response Service::visitors(const http::Request& request) {
  const Result<VisitorBody> body = parse_visitor(request.body);
  if (!body.ok()) return failed(request, body.status());
  if (door_ == nullptr || door_->bot().name != body->bot)
    return failed(request, Status(Code::kNotFound, "no public bot of this name", "bot"));
  if (const Status from = door_->check_origin(request, true); !from.ok()) return failed(request, from);
  const std::int64_t wait_ns = door_->wait_for_address_ns(request.remote);
  if (wait_ns > 0) return too_often(request, wait_ns, "visitor_rate");
  const Result<VisitorToken> made = door_->begin(body->identity);
  if (!made.ok()) return failed(request, made.status());
  const OrderedJson json{{"token", made->token}, {"bot", body->bot}, {"expires_at", format_utc(made->expires_ns)}};
  return no_store(http::json_response(200, json.dump()));
}

http::Response Service::preflight(const http::Request& request, std::string_view method) {
  const std::string* origin = request.headers.find("origin");
  if (door_ == nullptr || origin == nullptr || !door_->lists(*origin)) {
    return failed(request, Status(Code::kPermissionDenied, "pages of this origin may not call this", "Origin"));
  }
  http::Response response{.status = 204, .headers = {}, .body = {}};
  response.headers.add("access-control-allow-methods", method);
  response.headers.add("access-control-allow-headers", "content-type, idempotency-key, last-event-id, yupu-visitor");
  response.headers.add("access-control-max-age", "600");
  return response;
}

http::Response Service::shared(const http::Request& request, http::Response response) const {
  if (door_ == nullptr) return response;
  response.headers.add("vary", "origin");
  const std::string* origin = request.headers.find("origin");
  if (origin == nullptr || !door_->lists(*origin)) return response;
  response.headers.add("access-control-allow-origin", *origin);
  response.headers.add("access-control-expose-headers", "retry-after, x-request-id, yupu-visitor");
  return response;
}

Service::Access Service::admit_visitor(const http::Request& request, const std::string& token, std::string_view scope) {
  const auto refused = [&](const Status& status) { return Access{.caller = {}, .refusal = failed(request, status)}; };
  if (door_ == nullptr) return refused(Status(Code::kUnauthenticated, "no bot here is open to visitors"));
  if (const Status from = door_->check_origin(request, false); !from.ok()) return refused(from);
  // Before the store is asked, so that a flood of guesses does not reach it.
  std::int64_t wait_ns = door_->wait_for_address_ns(request.remote);
  if (wait_ns > 0) return {.caller = {}, .refusal = too_often(request, wait_ns, "visitor_rate")};
  Result<Visitor> visitor = door_->tokens().find(token);
  if (!visitor.ok()) return refused(visitor.status());
  wait_ns = door_->wait_for_visitor_ns(*visitor);
  if (wait_ns > 0) return {.caller = {}, .refusal = too_often(request, wait_ns, "visitor_rate")};
  const Result<handoff::Caller> payer = door_->bot().payer();
  // Nothing is wrong with the visitor's token: 401 would send them for another one, again and again.
  if (!payer.ok() || !payer->may(scope))
    return refused(unavailable("the key that pays for this bot's visitors is not taken"));
  if (payer->tenant_id != visitor->tenant_id)
    return refused(Status(Code::kUnauthenticated, "the visitor's token is another tenant's", "yupu-visitor"));
  Result<std::optional<VisitorToken>> next = door_->tokens().follow(token, *visitor);
  if (!next.ok()) return refused(next.status());
  Access access{.caller = *payer, .refusal = {}};
  access.visitor = std::move(visitor).value();
  if (*next) access.next_token = (*next)->token;
  return access;
}

http::Response Service::too_often(const http::Request& request, std::int64_t wait_ns, std::string_view what) {
  metrics_.count_refusal(what);
  const Status status(Code::kResourceExhausted, "too many questions; try again shortly");
  return http::problem(status, request.request_id, static_cast<int>((wait_ns + kNsPerSecond - 1) / kNsPerSecond));
}

Status Service::check_conversation(const Access& access, const std::string& conversation) {
  if (access.by_key || conversation.empty()) return {};
  YUPU_ASSIGN_OR_RETURN(const std::optional<std::string> owner,
                        owner_of_conversation(store_, access.caller->tenant_id, conversation));
  const bool theirs = access.visitor ? owner == access.visitor->id : !owner;
  if (theirs) return {};
  return {Code::kNotFound, "no such conversation with this bot", "conversation"};
}

Service::Access Service::admit_to_conversation(const http::Request& request, const std::string& conversation) {
  Access access = admit(request, "inference", true, true);
  if (!access.caller) return access;
  const Status theirs = check_conversation(access, conversation);
  if (theirs.ok()) return access;
  return {.caller = {}, .refusal = failed(request, theirs)};
}

Status Service::check_trace(const Access& access, const std::string& trace_id) {
  if (access.by_key) return {};
  const Status none(Code::kNotFound, "no answer with this trace_id", "trace_id");
  std::string conversation;
  YUPU_RETURN_IF_ERROR(store_.read([&](store::Transaction& transaction) -> Status {
    YUPU_ASSIGN_OR_RETURN(const auto rows,
                          transaction.query("SELECT body FROM trace WHERE trace_id = ? AND tenant_id = ?",
                                            {trace_id, access.caller->tenant_id}));
    if (rows.empty()) return none;
    YUPU_ASSIGN_OR_RETURN(const Json body, parse_json(rows[0].text(0)));
    conversation = body.value("conversation", "");
    return {};
  }));
  if (access.visitor && conversation.empty()) return none;  // of /v1/classify: nothing that was said to a visitor
  const Status theirs = check_conversation(access, conversation);
  return theirs.code() == Code::kNotFound ? none : theirs;
}

http::Response Service::answered(const http::Request& request, const Access& access,
                                 const Result<http::Response>& response) {
  http::Response out = response.ok() ? *response : failed(request, response.status());
  if (!access.next_token.empty()) out.headers.add(kVisitorHeader, access.next_token);
  return out;
}

}  // namespace yupu::serving
