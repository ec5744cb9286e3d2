#include "serving/service.h"

#include <algorithm>
#include <utility>

#include "base/check.h"
#include "base/ids.h"
#include "http/problem.h"
#include "serving/chat_schemas.h"
#include "serving/paid_call.h"
#include "serving/service_schemas.h"
#include "text/personal/mask.h"

namespace yupu::serving {
namespace {

constexpr std::string_view kBearer = "Bearer ";

// What pages of a public bot's origins call, beside the routes of service_visitors.cc.
bool is_for_visitors(std::string_view pattern) { return pattern == "/v1/answer" || pattern == "/v1/feedback"; }

OrderedJson label_json(const ModelCard& card, const LabelScore& scored) {
  OrderedJson json = {{"label", scored.label}, {"score", scored.score}};
  if (!card.label_thresholds.empty()) json["said"] = scored.said;
  return json;
}

}  // namespace

struct Service::RouteRow {
  http::RouteInfo info;
  http::Response (Service::*handler)(const http::Request&);
};

constexpr Service::RouteRow Service::kRoutes[] = {
    {{.method = "POST",
      .pattern = "/v1/classify",
      .scope = "inference",
      .summary = "labels with scores for texts",
      .request_schema = kClassifyRequest,
      .response_schema = kClassifyResponse},
     &Service::classify},
    {{.method = "POST",
      .pattern = "/v1/embeddings",
      .scope = "inference",
      .summary = "a vector for each text, as OpenAI's clients ask for it",
      .request_schema = kEmbeddingsRequest,
      .response_schema = kEmbeddingsResponse},
     &Service::embeddings},
    {{.method = "POST",
      .pattern = "/v1/rerank",
      .scope = "inference",
      .summary = "documents in the order in which they answer a query",
      .request_schema = kRerankRequest,
      .response_schema = kRerankResponse},
     &Service::rerank},
    {{.method = "POST",
      .pattern = "/v1/answer",
      .scope = "inference",
      .summary = "a bot's answer to a visitor",
      .request_schema = kAnswerRequest,
      .response_schema = kAnswerResponse},
     &Service::answer},
    {{.method = "POST",
      .pattern = "/v1/chat/completions",
      .scope = "inference",
      .summary = "a bot's answer to a visitor, as OpenAI's clients ask for it",
      .request_schema = kChatRequest,
      .response_schema = kChatResponse,
      .event_schema = kChatEvent},
     &Service::chat},
    {{.method = "POST",
      .pattern = "/v1/feedback",
      .scope = "feedback",
      .summary = "what somebody thinks of an answer",
      .request_schema = kFeedbackRequest,
      .response_schema = kFeedbackResponse},
     &Service::feedback},
    {{.method = "GET",
      .pattern = "/v1/models",
      .scope = "read",
      .summary = "models and bots that answer now",
      .response_schema = kModelsResponse},
     &Service::models},
    {{.method = "GET",
      .pattern = "/v1/usage",
      .scope = "read",
      .summary = "the caller's usage",
      .query_schema = kMonthQuery,
      .response_schema = kUsageResponse},
     &Service::usage},
    {{.method = "GET",
      .pattern = "/v1/balance",
      .scope = "read",
      .summary = "the caller's balance",
      .response_schema = kBalanceResponse},
     &Service::balance},
    {{.method = "GET",
      .pattern = "/v1/invoices",
      .scope = "read",
      .summary = "the caller's invoices",
      .response_schema = kInvoicesResponse},
     &Service::invoices},
    {{.method = "GET",
      .pattern = "/healthz",
      .scope = "",
      .summary = "the process is alive",
      .response_schema = kHealthResponse,
      .quick = true},
     &Service::healthz},
    {{.method = "GET",
      .pattern = "/readyz",
      .scope = "",
      .summary = "200 when calls can be answered, else 503",
      .response_schema = kHealthResponse,
      .quick = true},
     &Service::readyz},
    {{.method = "GET", .pattern = "/metrics", .scope = "", .summary = "Prometheus text", .quick = true},
     &Service::metrics},
};

Service::Service(const Clock& clock, store::Store& store, handoff::Admission& admission, ModelHost& host,
                 EngineWorker& engine, Metrics& metrics, ServiceOptions options, ServiceHooks hooks)
    : clock_(clock),
      store_(store),
      admission_(admission),
      host_(host),
      engine_(engine),
      metrics_(metrics),
      options_(std::move(options)),
      hooks_(std::move(hooks)),
      idempotency_(store),
      demo_rate_(options_.demo_rate) {
  if (options_.public_bot) door_ = std::make_unique<VisitorDoor>(store, clock, *options_.public_bot);
}

void Service::add_bot(std::unique_ptr<const Bot> bot) {
  const std::string name = bot->name();
  CHECK(bots_.emplace(name, std::move(bot)).second, "bot added twice: " + name);
}

void Service::add_routes(http::Router& router) {
  for (const RouteRow& row : kRoutes) {
    http::Handler handler = [this, member = row.handler](const http::Request& request) {
      return (this->*member)(request);
    };
    if (is_for_visitors(row.info.pattern)) {
      add_shared_route(router, row.info, std::move(handler));
    } else {
      router.add(row.info, std::move(handler));
    }
  }
  add_visitor_routes(router);
}

http::Response Service::failed(const http::Request& request, const Status& status) {
  if (status.code() == Code::kPaymentRequired || status.code() == Code::kUnauthenticated) {
    metrics_.count_refusal(code_name(status.code()));
  }
  return http::problem(status, request.request_id);
}

Service::Access Service::admit(const http::Request& request, std::string_view scope, bool demo_allowed,
                               bool demo_counted) {
  const std::string* header = request.headers.find("authorization");
  const std::string* token = request.headers.find(kVisitorHeader);
  const auto refused = [&](const Status& status) { return Access{.caller = {}, .refusal = failed(request, status)}; };
  if (token != nullptr && demo_counted) {
    if (header == nullptr) return admit_visitor(request, *token, scope);
    return refused(invalid_argument("send an API key or a visitor's token, not both", std::string(kVisitorHeader)));
  }
  if (header == nullptr) {
    if (!demo_allowed || !options_.demo_caller) {
      return refused(Status(Code::kUnauthenticated, "no API key; send 'Authorization: Bearer yp_...'"));
    }
    if (demo_counted) {
      const std::int64_t wait_ns = demo_rate_.wait_ns(request.remote, clock_.monotonic_ns());
      if (wait_ns > 0) return {.caller = {}, .refusal = too_often(request, wait_ns, "demo_rate")};
    }
    const Result<handoff::Caller> demo = options_.demo_caller();
    if (!demo.ok()) return refused(demo.status());
    return {.caller = *demo, .refusal = {}};
  }
  if (header->size() <= kBearer.size() ||
      !http::equal_ignoring_case(std::string_view(*header).substr(0, kBearer.size()), kBearer)) {
    return refused(Status(Code::kUnauthenticated, "Authorization is not 'Bearer yp_...'"));
  }
  const Result<handoff::Caller> caller = admission_.authenticate(std::string_view(*header).substr(kBearer.size()));
  if (!caller.ok()) return refused(caller.status());
  if (!caller->may(scope)) {
    return refused(Status(Code::kPermissionDenied, "this key is not for '" + std::string(scope) + "'"));
  }
  return {.caller = *caller, .refusal = {}, .by_key = true};
}

http::Response Service::classify(const http::Request& request) {
  const Access access = admit(request, "inference", false, false);
  if (!access.caller) return access.refusal;
  Result<ClassifyBody> parsed = parse_classify(request.body, options_.limits);
  if (!parsed.ok()) return failed(request, parsed.status());
  const ClassifyBody& body = *parsed;
  if (!host_.knows(body.model)) return failed(request, no_such_model(body.model));
  const auto decide = [&](const LoadedModel& model, const EngineRows& rows, std::int64_t tokens) {
    const auto scored = scored_rows(model, rows);
    Decided decided;
    decided.body["model"] = model.name;
    decided.body["release_id"] = model.release_id;
    OrderedJson& results = decided.body["results"] = OrderedJson::array();
    for (std::size_t i = 0; i < scored.size(); ++i) {
      const std::vector<LabelScore>& ranked = scored[i].ranked;
      const std::string_view decision = decision_of(model.model->card(), scored[i]);
      const std::string trace_id = random_id("tr");
      OrderedJson labels = OrderedJson::array();
      const auto count = static_cast<std::size_t>(body.top_k.value_or(options_.top_k));
      for (std::size_t k = 0; k < ranked.size(); ++k) {
        if (k < count || ranked[k].said) labels.push_back(label_json(model.model->card(), ranked[k]));
      }
      results.push_back({{"index", i}, {"trace_id", trace_id}, {"decision", decision}, {"labels", labels}});
      decided.traces.push_back({.trace_id = trace_id,
                                .text = body.inputs[i],
                                .decision = std::string(decision),
                                .label = ranked.front().label,
                                .score = ranked.front().score,
                                .body = {{"request_id", request.request_id}, {"labels", Json(labels)}}});
    }
    decided.body["usage"] = {{"tokens", tokens}};
    return decided;
  };
  const Result<http::Response> response = paid_call(request, *access.caller,
                                                    {.route = "/v1/classify",
                                                     .meter = "classify_tokens",
                                                     .product = body.model,
                                                     .model = body.model,
                                                     .texts = body.inputs,
                                                     .decide = decide});
  return response.ok() ? *response : failed(request, response.status());
}

http::Response Service::feedback(const http::Request& request) {
  const Access access = admit(request, "feedback", true, true);
  if (!access.caller) return access.refusal;
  return answered(request, access, take_feedback(request, access));
}

// Labels of the model that gave this answer; none when it is not loaded any more.
Result<std::vector<std::string>> Service::labels_of_trace(const std::string& tenant_id, const std::string& trace_id) {
  std::string name;
  YUPU_RETURN_IF_ERROR(store_.read([&](store::Transaction& transaction) -> Status {
    YUPU_ASSIGN_OR_RETURN(
        const std::vector<store::Row> rows,
        transaction.query("SELECT model FROM trace WHERE trace_id = ? AND tenant_id = ?", {trace_id, tenant_id}));
    if (rows.empty()) return Status(Code::kNotFound, "no answer with this trace_id", "trace_id");
    name = rows[0].text(0);
    return {};
  }));
  const auto model = host_.find(name);
  return model == nullptr ? std::vector<std::string>() : model->model->card().labels;
}

Result<http::Response> Service::take_feedback(const http::Request& request, const Access& access) {
  const handoff::Caller& caller = *access.caller;
  if (!hooks_.feedback) return not_found("feedback is not taken here");
  YUPU_ASSIGN_OR_RETURN(FeedbackBody body, parse_feedback(request.body, options_.limits));
  YUPU_RETURN_IF_ERROR(check_trace(access, body.trace_id));
  YUPU_ASSIGN_OR_RETURN(const std::vector<std::string> labels, labels_of_trace(caller.tenant_id, body.trace_id));
  YUPU_ASSIGN_OR_RETURN(const Idempotency::Claim claim,
                        idempotency_.claim(caller.tenant_id, request.headers.get("idempotency-key"),
                                           "/v1/feedback" + (access.visitor ? access.visitor->id : ""), request.body));
  if (claim.stored()) return http::json_response(claim.stored()->status, claim.stored()->response);
  handoff::Feedback said;
  said.tenant_id = caller.tenant_id;
  said.trace_id = std::move(body.trace_id);
  said.rating = body.rating;
  said.correction = std::move(body.correction);
  said.reason = text::mask_personal_data(body.reason, options_.mask);
  YUPU_ASSIGN_OR_RETURN(const handoff::Feedback stored, hooks_.feedback(std::move(said), labels));
  OrderedJson out{{"id", stored.id}, {"trace_id", stored.trace_id}};
  if (stored.rating) out["rating"] = *stored.rating;
  if (stored.correction) out["correction"] = *stored.correction;
  const std::string text = out.dump();
  if (!request.headers.get("idempotency-key").empty()) {
    YUPU_RETURN_IF_ERROR(store_.write(
        [&](store::Transaction& transaction) { return claim.keep(transaction, 200, text, clock_.now_ns()); }));
  }
  return http::json_response(200, text);
}

}  // namespace yupu::serving
