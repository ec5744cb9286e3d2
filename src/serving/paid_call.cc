#include "serving/paid_call.h"

#include <chrono>
#include <utility>

#include <fmt/format.h>

#include "base/check.h"
#include "text/personal/mask.h"
#include "text/personal/mask_json.h"

namespace yupu::serving {
namespace {

constexpr int kDecisionsMax = 16;  // of one call that others overtake

// Gives the reservation back unless the call was charged.
class HoldGuard {
 public:
  HoldGuard(handoff::Admission& admission, handoff::Hold hold) : admission_(admission), hold_(std::move(hold)) {}
  ~HoldGuard() {
    if (!charged_) admission_.release(hold_);
  }
  HoldGuard(const HoldGuard&) = delete;
  HoldGuard& operator=(const HoldGuard&) = delete;
  const handoff::Hold& hold() const { return hold_; }
  void charged() { charged_ = true; }

 private:
  handoff::Admission& admission_;
  handoff::Hold hold_;
  bool charged_ = false;
};

// Every string of it; ids are of no kind.
template <class J>
void mask_strings(J& json, text::PersonalKinds kinds) {
  text::mask_json(
      json, [kinds](std::string_view said) { return text::mask_personal_data(said, kinds); }, false);
}

TraceRow masked(TraceRow row, text::PersonalKinds kinds) {
  if (kinds.empty()) return row;
  row.text = text::mask_personal_data(row.text, kinds);
  mask_strings(row.body, kinds);
  return row;
}

std::string dumped(const OrderedJson& body) { return body.dump(-1, ' ', false, OrderedJson::error_handler_t::replace); }

Status insert_trace(store::Transaction& transaction, const TraceRow& row, const handoff::Caller& caller,
                    const std::string& route, const LoadedModel& model, std::int64_t now_ns) {
  return transaction
      .execute(
          "INSERT INTO trace (trace_id, tenant_id, route, model, release_id, text, decision, label, score, body, "
          "created_ns) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
          {row.trace_id, caller.tenant_id, route, model.name, model.release_id, row.text, row.decision, row.label,
           row.score, to_text(row.body), now_ns})
      .status();
}

std::string server_timing(const CallTimings& timings) {
  const auto ms = [](std::int64_t ns) { return static_cast<double>(ns) / 1e6; };
  return fmt::format("tokenize;dur={:.3f}, queue;dur={:.3f}, engine;dur={:.3f}", ms(timings.tokenize_ns),
                     ms(timings.queue_ns), ms(timings.engine_ns));
}

// What a model of this kind gives, and by which route.
std::string_view right_route(ModelCard::Kind kind) {
  switch (kind) {
    case ModelCard::Kind::kScores:
      return "labels: POST /v1/classify";
    case ModelCard::Kind::kVectors:
      return "vectors: POST /v1/embeddings";
    case ModelCard::Kind::kRelevance:
      return "documents their order: POST /v1/rerank";
  }
  return {};
}

Status check_kind(const LoadedModel& model, ModelCard::Kind gives, std::optional<std::int64_t> width) {
  const ModelCard& card = model.model->card();
  if (card.kind() != gives)
    return invalid_argument(fmt::format("model '{}' gives {}", model.name, right_route(card.kind())), "model");
  if (!width || *width == card.embedding_width) return {};
  return invalid_argument("the vectors of model '" + model.name + "' have " + std::to_string(card.embedding_width) +
                              " numbers, and are not cut",
                          "dimensions");
}

}  // namespace

std::vector<ScoredText> scored_rows(const LoadedModel& model, const EngineRows& rows) {
  std::vector<ScoredText> scored;
  for (const std::vector<float>& row : rows) scored.push_back(scored_text(model.model->card(), row));
  return scored;
}

Status no_such_model(const std::string& name) {
  return {Code::kNotFound, "no model '" + name + "'; GET /v1/models lists them", "model"};
}

Result<http::Response> Service::paid_call(const http::Request& request, const handoff::Caller& caller,
                                          const PaidCall& call) {
  YUPU_ASSIGN_OR_RETURN(const Idempotency::Claim claim,
                        idempotency_.claim(caller.tenant_id, request.headers.get("idempotency-key"),
                                           call.route + call.on_behalf, request.body));
  if (claim.stored()) {
    http::Response replay = http::json_response(claim.stored()->status, claim.stored()->response);
    replay.headers.add("idempotent-replayed", "true");
    return replay;
  }
  // Pinned until the answer is out; of a pool, loaded now if it has to be.
  Result<std::shared_ptr<const LoadedModel>> acquired = host_.acquire(call.model, request.deadline_ns, request.gone);
  if (acquired.status().code() == Code::kNotFound) {
    return unavailable("model " + call.model + " is not loaded yet; try again shortly");
  }
  YUPU_ASSIGN_OR_RETURN(const std::shared_ptr<const LoadedModel> model, std::move(acquired));

  YUPU_RETURN_IF_ERROR(check_kind(*model, call.gives, call.width));

  CallTimings timings;
  std::int64_t mark_ns = clock_.monotonic_ns();
  // The engine's share of the model is a share of the pin.
  EngineCall ask{.model = std::shared_ptr<TextModel>(model, model->model.get()),
                 .texts = {},
                 .deadline_ns = request.deadline_ns,
                 .gone = request.gone};
  std::int64_t tokens = 0;
  for (const std::string& said : call.texts) {
    const bool labels = call.gives == ModelCard::Kind::kScores;
    const std::string text = labels ? text::mask_personal_data(said, options_.mask_read) : said;
    ask.texts.push_back(call.query ? model->model->encode_pair(*call.query, text) : model->model->encode(text));
    tokens += static_cast<std::int64_t>(ask.texts.back().ids.size());
  }
  timings.tokenize_ns = clock_.monotonic_ns() - mark_ns;

  handoff::Usage use{.request_id = request.request_id,
                     .meter = call.meter,
                     .model = call.product,
                     .release_id = model->release_id,
                     .tokens = tokens,
                     .occurred_ns = clock_.now_ns()};
  YUPU_ASSIGN_OR_RETURN(handoff::Hold held, admission_.hold(caller, use));
  HoldGuard guard(admission_, std::move(held));

  YUPU_ASSIGN_OR_RETURN(const EngineOutcome outcome, engine_.run(std::move(ask)));
  timings.queue_ns = outcome.queue_ns;
  timings.engine_ns = outcome.engine_ns;
  std::string body;
  for (int attempt = 1;; ++attempt) {
    YUPU_ASSIGN_OR_RETURN(const Decided decided, call.decide(*model, outcome.logits, tokens));
    body = dumped(decided.body);
    std::string stored = body;
    if (!options_.mask_stored_answers.empty()) {
      OrderedJson kept = decided.body;
      mask_strings(kept, options_.mask_stored_answers);
      stored = dumped(kept);
    }
    if (request.client_gone()) {
      metrics_.count_refusal("client_gone");
      return unavailable("the client has gone");
    }
    const std::int64_t now_ns = clock_.now_ns();
    bool overtaken = false;
    const Result<Money> price = admission_.capture(guard.hold(), use, [&](store::Transaction& transaction) -> Status {
      if (decided.keep) {
        const Status kept = decided.keep(transaction);
        overtaken = kept.code() == Code::kConflict;
        YUPU_RETURN_IF_ERROR(kept);
      }
      for (const TraceRow& row : decided.traces) {
        YUPU_RETURN_IF_ERROR(insert_trace(transaction, masked(row, options_.mask), caller, call.route, *model, now_ns));
      }
      return claim.keep(transaction, 200, stored, now_ns, decided.subject);
    });
    if (price.ok()) break;
    if (!overtaken || attempt == kDecisionsMax) return price.status();
  }
  guard.charged();
  metrics_.count_call(timings);
  http::Response response = http::json_response(200, body);
  response.headers.add("server-timing", server_timing(timings));
  return response;
}

}  // namespace yupu::serving
