// The HTTP routes of serving, and the way of one paid call:
//
//   key -> scope -> body -> Idempotency-Key -> tokens -> hold -> engine -> decide -> capture (charge + trace + stored
//   answer, one transaction) -> answer.  Whatever fails after the hold gives it back: nothing is charged.
//
// Serving knows neither commerce nor feedback nor products: compose passes them in (Admission, ServiceHooks, Bot).
// Billing unit: token ids of the text as the model reads it, special tokens included.
// Threads: handlers run on many request threads; the add_ members before the server starts.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/json.h"
#include "handoff/admission.h"
#include "handoff/types.h"
#include "http/router.h"
#include "http/server.h"
#include "serving/bot.h"
#include "serving/engine_worker.h"
#include "serving/idempotency.h"
#include "serving/metrics.h"
#include "serving/model_host.h"
#include "serving/rate_limit.h"
#include "serving/request_body.h"
#include "serving/visitors/visitor_door.h"
#include "store/store.h"
#include "text/personal/personal_data.h"

namespace yupu::serving {

class Shadow;

struct ServiceOptions {
  BodyLimits limits = {};
  // Whom the demo page's calls (no Authorization header) are charged to. Empty: such calls are refused with 401.
  // Asked on every call, so that a revoked demo key stops at once.
  std::function<Result<handoff::Caller>()> demo_caller = {};
  RateLimitOptions demo_rate = {};           // per address of a visitor, for answer and feedback together
  std::int64_t top_k = 5;                    // labels of /v1/classify when the caller does not say
  std::optional<PublicBot> public_bot = {};  // the bot whose visitors need no key; absent: every call needs one
  // Personal data that is kept without: by traces and reasons of feedback; by stored answers of Idempotency-Keys, whose
  // replay then says "[phone]" where the answer did not. The answer itself is never masked.
  text::PersonalKinds mask = {};
  text::PersonalKinds mask_stored_answers = {};
  text::PersonalKinds mask_read = {};  // in what a model of labels reads, where it has learned from masked texts
};

// The caller's own figures, from rooms serving does not know. An empty function: the route answers 404.
struct ServiceHooks {
  using Query = std::map<std::string, std::string>;
  using View = std::function<Result<Json>(const handoff::Caller& caller, const Query& query)>;
  View usage = {};     // GET /v1/usage?month=
  View balance = {};   // GET /v1/balance
  View invoices = {};  // GET /v1/invoices
  // A label for an earlier question, of the visitor who asked it: in the transaction of the call that brought it.
  std::function<Status(store::Transaction& transaction, handoff::Feedback label,
                       const std::vector<std::string>& known_labels)>
      label = {};
  // Stores it and returns it with its id. `known_labels`: of the model that answered, when it is still loaded.
  std::function<Result<handoff::Feedback>(handoff::Feedback feedback, const std::vector<std::string>& known_labels)>
      feedback = {};
};

class Service {
 public:
  Service(const Clock& clock, store::Store& store, handoff::Admission& admission, ModelHost& host, EngineWorker& engine,
          Metrics& metrics, ServiceOptions options, ServiceHooks hooks);

  void add_bot(std::unique_ptr<const Bot> bot);
  // Hears of every question that is answered; outlives the calls.
  void set_shadow(Shadow& shadow) { shadow_ = &shadow; }
  void add_routes(http::Router& router);
  // For /metrics; nullptr before the server is destroyed.
  void set_server(const http::Server* server) { server_ = server; }
  // /readyz answers 503 from now on: load balancers look elsewhere before the server stops.
  void set_draining() { draining_ = true; }

  // Who asks, or what to tell them instead.
  struct Access {
    std::optional<handoff::Caller> caller;
    http::Response refusal;
    bool by_key = false;  // else by a visitor's token, or by the demo page, which has neither
    std::optional<Visitor> visitor = {};
    std::string next_token = {};  // of the visitor; goes with the answer
  };
  // For routes of other rooms: who asks, if the conversation may be theirs, with the credentials and limits of
  // /v1/answer.
  Access admit_to_conversation(const http::Request& request, const std::string& conversation);
  // Adds a route that pages of the public bot's origins may call too, and the answer to browsers that ask about it
  // first (CORS). REQUIRES: no other shared route has this pattern.
  void add_shared_route(http::Router& router, const http::RouteInfo& info, http::Handler handler);
  // The same for routes that want an API key of this scope, and nothing else.
  Access admit_key(const http::Request& request, std::string_view scope) { return admit(request, scope, false, false); }
  // POST /v1/answer on the account of this caller, for a message that came another way (products/service/connectors).
  // REQUIRES: the caller may "inference"; request_id and deadline_ns are set.
  http::Response answer_as(const http::Request& request, const handoff::Caller& caller);

 private:
  struct PaidCall;
  struct BotCall;  // bot_call.h
  struct Decided;
  struct RouteRow;
  static const RouteRow kRoutes[];

  http::Response classify(const http::Request& request);
  http::Response embeddings(const http::Request& request);  // service_embeddings.cc
  http::Response rerank(const http::Request& request);      // service_rerank.cc
  http::Response answer(const http::Request& request);      // service_answer.cc
  http::Response answer_for(const http::Request& request, const Access& access);
  http::Response chat(const http::Request& request);  // service_chat.cc
  http::Response feedback(const http::Request& request);
  http::Response models(const http::Request& request);
  http::Response usage(const http::Request& request);
  http::Response balance(const http::Request& request);
  http::Response invoices(const http::Request& request);
  http::Response healthz(const http::Request& request);
  http::Response readyz(const http::Request& request);
  http::Response metrics(const http::Request& request);
  http::Response widget(const http::Request& request);  // service_visitors.cc, from here
  http::Response visitors(const http::Request& request);
  http::Response preflight(const http::Request& request, std::string_view method);
  void add_visitor_routes(http::Router& router);
  Access admit_visitor(const http::Request& request, const std::string& token, std::string_view scope);
  http::Response too_often(const http::Request& request, std::int64_t wait_ns, std::string_view what);
  // kNotFound: the conversation (empty: a new one), or the one the trace belongs to, is not theirs.
  Status check_conversation(const Access& access, const std::string& conversation);
  Status check_trace(const Access& access, const std::string& trace_id);
  http::Response answered(const http::Request& request, const Access& access, const Result<http::Response>& response);
  http::Response shared(const http::Request& request, http::Response response) const;

  Access admit(const http::Request& request, std::string_view scope, bool demo_allowed, bool demo_counted);
  http::Response view(const http::Request& request, const ServiceHooks::View& hook);
  Result<http::Response> paid_call(const http::Request& request, const handoff::Caller& caller, const PaidCall& call);
  // A visitor's message to a bot: answered, charged, kept. In service_answer.cc.
  http::Response ask_bot(const http::Request& request, const Access& access, BotCall call);
  Result<http::Response> take_feedback(const http::Request& request, const Access& access);
  Result<std::vector<std::string>> labels_of_trace(const std::string& tenant_id, const std::string& trace_id);
  http::Response failed(const http::Request& request, const Status& status);

  const Clock& clock_;
  store::Store& store_;
  handoff::Admission& admission_;
  ModelHost& host_;
  EngineWorker& engine_;
  Metrics& metrics_;
  const ServiceOptions options_;
  const ServiceHooks hooks_;
  Idempotency idempotency_;
  RateLimit demo_rate_;
  std::unique_ptr<VisitorDoor> door_;  // null: no bot is public
  std::map<std::string, std::unique_ptr<const Bot>, std::less<>> bots_;
  std::atomic<Shadow*> shadow_{nullptr};  // null: nothing reads beside
  std::atomic<const http::Server*> server_{nullptr};
  std::atomic<bool> draining_{false};
};

}  // namespace yupu::serving
